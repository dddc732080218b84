import { type Bound, isBounded, type RowBound } from '../../storage/row-bounds.ts'
import type { Expression, OperatorSpec } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { OperatorContext } from '../contract.ts'
import { columnsOf } from '../expression/columns-of.ts'
import { higherMark, lowerMark, type Marks } from './marks.ts'
import { type MarkOf, risingMark } from './rising-marks.ts'

type Spec = Extract<OperatorSpec, { kind: 'join' }>
type Call = Extract<Expression, { kind: 'call' }>

/** Rows of side `side` match no later row of the other one once their `column` is below what `from` says of its marks. */
interface Limit {
  readonly side: 0 | 1
  readonly column: number
  readonly from: MarkOf
}

export interface JoinBounds {
  /** Rows of each side below these match nothing any more, and they are not taken back either. */
  readonly bounds: readonly [readonly RowBound[], readonly RowBound[]]
  readonly marks: Marks
}

/**
 * What marks say of a join's state: equal keys bound each other, and `a.t >= b.t - interval` bounds a.t by the mark of b.t
 * (state cleaning of interval joins). `counted`: a side's rows know how many rows they match, and count them again after
 * recovery: then a row of the other side stays as long as one that it may match.
 */
export function joinBounds(
  spec: Spec,
  inputs: readonly [Schema, Schema],
  counted: readonly boolean[],
  { appendOnly, compile }: Pick<OperatorContext, 'appendOnly' | 'compile'>,
): (marks: readonly [Marks, Marks]) => JoinBounds {
  const limits = [
    ...keyLimits(spec, inputs),
    ...conditionLimits(spec.residual, inputs, compile).filter(({ side }) => !counted[1 - side]),
  ]
  const keys = [spec.leftKeys, spec.rightKeys]
  return marks => {
    const bounds = ([0, 1] as const).map(side => {
      const found = new Map<number, Bound>()
      for (const limit of limits) {
        if (limit.side !== side) continue
        const other = limit.from(marks[1 - side]!)
        const free = appendOnly(side) && !counted[1 - side]
        const bound = free ? other : lowerMark(other, marks[side][limit.column])
        const higher = higherMark(found.get(limit.column), bound)
        if (higher !== undefined) found.set(limit.column, higher)
      }
      return [...found].map(([column, bound]): RowBound => ({ column, bound }))
    }) as [RowBound[], RowBound[]]
    const out = ([0, 1] as const).flatMap(side =>
      inputs[side].map((_, column) => {
        const key = keys[side]!.indexOf(column)
        const mark = marks[side][column]
        return key !== -1
          ? lowerMark(mark, marks[1 - side]![keys[1 - side]![key]!])
          : lowerMark(mark, bounds[side].find(bound => bound.column === column)?.bound)
      }),
    )
    return {
      bounds,
      marks: spec.type === 'semi' || spec.type === 'anti' ? out.slice(0, inputs[0].length) : out,
    }
  }
}

function keyLimits({ leftKeys, rightKeys }: Spec, [left, right]: readonly [Schema, Schema]): Limit[] {
  return leftKeys.flatMap((column, i): Limit[] => {
    const other = rightKeys[i]!
    const { type } = left[column]!
    if (!isBounded(type) || type.name !== right[other]!.type.name) return []
    return [
      { side: 0, column, from: marks => marks[other] },
      { side: 1, column: other, from: marks => marks[column] },
    ]
  })
}

function conditionLimits(
  condition: Expression | undefined,
  inputs: readonly [Schema, Schema],
  compile: OperatorContext['compile'],
): Limit[] {
  if (condition?.kind !== 'call') return []
  if (condition.fn === 'and') return condition.args.flatMap(arg => conditionLimits(arg, inputs, compile))
  return orderings(condition).flatMap(([higher, lower]): Limit[] => {
    if (higher.kind !== 'column' || !isBounded(higher.type) || higher.type.name !== lower.type.name) return []
    const width = inputs[0].length
    const side = higher.index < width ? 0 : 1
    const own = (i: number): boolean => i < width === (side === 0)
    const columns = [...columnsOf(lower)]
    if (columns.length !== 1 || own(columns[0]!)) return []
    const all = [...inputs[0], ...inputs[1]]
    const from = risingMark(lower, all, compile)
    if (from === undefined) return []
    const pad = inputs[0].map(() => undefined)
    return [
      {
        side,
        column: side === 0 ? higher.index : higher.index - width,
        from: marks => from(side === 0 ? [...pad, ...marks] : marks),
      },
    ]
  })
}

/** Pairs (a, b) with a >= b wherever the comparison holds. */
function orderings({ fn, args }: Call): [Expression, Expression][] {
  const [a, b] = args as [Expression, Expression]
  switch (/^(<=|>=|<|>|=)\(/.exec(fn)?.[1]) {
    case '>':
    case '>=':
      return [[a, b]]
    case '<':
    case '<=':
      return [[b, a]]
    case '=':
      return [
        [a, b],
        [b, a],
      ]
    default:
      return []
  }
}
