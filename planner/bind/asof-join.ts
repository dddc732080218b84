import { SqlError } from '../../types/error.ts'
import type { Expression, JoinType } from '../../types/job.ts'
import type { PgNode } from '../contract.ts'
import { columnsOf, conjuncts, functionName } from '../expressions.ts'
import { joinOn, side, withColumns } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { as, list, names } from './ast.ts'

/** What ON says besides the mark that the dialect left there, and which: a plain join has none. */
export function markedCondition(quals: PgNode | undefined): {
  readonly mark: 'asof' | 'temporal' | undefined
  readonly quals: PgNode | undefined
} {
  const both = as(quals, 'BoolExpr')
  const [first, ...rest] = both?.['boolop'] === 'AND_EXPR' ? list(both['args']) : []
  const mark = names(as(first, 'FuncCall')?.['funcname']).at(-1)
  if (rest.length === 0 || (mark !== 'asof' && mark !== 'temporal')) return { mark: undefined, quals }
  return { mark, quals: rest.length === 1 ? rest[0] : { BoolExpr: { ...both, args: rest } } }
}

/** A left row once each, so that equal ones find their matches apart. */
export function distinguishable(left: Plan): Plan {
  if (left.op === 'scan' && left.key.length > 0) return left
  const partition = schemaOf(left).map((_, i) => i)
  const limit = Number.MAX_SAFE_INTEGER
  return {
    op: 'top-n',
    input: left,
    partition,
    order: [],
    offset: 0,
    limit,
    withTies: false,
    rank: 'row_number',
  }
}

/** Each left row with the nearest right row that fulfils the condition: equalities and one inequality. */
export function asofJoin(type: JoinType, left: Plan, right: Plan, condition: Expression): Plan {
  const width = schemaOf(left).length
  if (type !== 'inner' && type !== 'left')
    throw new SqlError('syntax_error', 'AsOf join type must be INNER or LEFT')
  const near = conjuncts(condition).flatMap(c => nearest(c, width))
  if (near.length !== 1)
    throw new SqlError('invalid_parameter_value', 'AsOf join requires exactly 1 inequality condition')
  if (conjuncts(condition).every(c => c.kind !== 'call' || functionName(c.fn) !== '='))
    throw new SqlError('invalid_parameter_value', 'AsOf join requires at least 1 equal condition')
  const joined = joinOn(type, left, right, condition)
  const { by, descending } = near[0]!
  const needed = withColumns(joined, [by])
  const partition = left.op === 'scan' && left.key.length > 0 ? left.key : schemaOf(left).map((_, i) => i)
  const order = [{ column: needed.at[0]!, descending, nullsFirst: false }]
  return { op: 'top-n', input: needed.plan, partition, order, offset: 0, limit: 1, withTies: false }
}

/** The right side of an inequality between both inputs, and which of its values is near. */
function nearest(c: Expression, width: number): readonly { by: Expression; descending: boolean }[] {
  if (c.kind !== 'call' || !['<', '<=', '>', '>='].includes(functionName(c.fn))) return []
  const [a, b] = c.args as [Expression, Expression]
  if (columnsOf(c).size === 0) return []
  const less = functionName(c.fn).startsWith('<')
  if (side(a, width) === 'left' && side(b, width) === 'right') return [{ by: b, descending: !less }]
  if (side(a, width) === 'right' && side(b, width) === 'left') return [{ by: a, descending: less }]
  return []
}
