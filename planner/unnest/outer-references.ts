import type { Expression } from '../../types/job.ts'
import { innerValue } from '../bind/environment.ts'
import { equal, mapExpression, outer } from '../expressions.ts'
import { mapExpressions, type Plan, rewrite } from '../plan.ts'

/** Where an outer reference points. */
export interface OuterTarget {
  readonly index: number
  readonly depth: number
}

/** Target of `outer(index, depth)`; undefined for any other expression. */
export function outerTarget(e: Expression): OuterTarget | undefined {
  if (e.kind !== 'call' || e.fn !== 'outer') return undefined
  const [index, depth] = e.args as [Expression, Expression]
  if (index.kind !== 'column' || depth.kind !== 'column') return undefined
  return { index: index.index, depth: depth.index }
}

/** Every outer reference of the plan, mapped. */
export function mapOuter(plan: Plan, map: (target: OuterTarget, leaf: Expression) => Expression): Plan {
  return rewrite(plan, p => mapExpressions(p, e => mapOuterOf(e, map)))
}

/** Every outer reference of the expression, mapped. */
function mapOuterOf(e: Expression, map: (target: OuterTarget, leaf: Expression) => Expression): Expression {
  return mapExpression(e, leaf => {
    const target = outerTarget(leaf)
    return target === undefined ? leaf : map(target, leaf)
  })
}

/** A subquery whose outer references are numbered: `outer(i, 1)` is `args[i]`, an expression of the enclosing query. */
export interface Numbered {
  readonly plan: Plan
  readonly test?: Expression
  readonly args: readonly Expression[]
}

/** Numbers the outer references of a subquery; in its test, `outer(i, 0)` is needle i. */
export function numberOuter(plan: Plan, test?: Expression, needles: readonly Expression[] = []): Numbered {
  const args: Expression[] = [...needles]
  const number = ({ index, depth }: OuterTarget, leaf: Expression): Expression => {
    if (depth === 0) return outer(index, 1, leaf.type)
    const seen = depth === 1 ? innerValue(index, leaf.type) : outer(index, depth - 1, leaf.type)
    let at = args.findIndex(arg => equal(arg, seen))
    if (at === -1) at = args.push(seen) - 1
    return outer(at, 1, leaf.type)
  }
  const numbered = mapOuter(plan, number)
  return { plan: numbered, args, ...(test && { test: mapOuterOf(test, number) }) }
}

/** The plan seen from `by` queries further in. */
export function deepened(plan: Plan, by: number): Plan {
  return by === 0 ? plan : mapOuter(plan, ({ index, depth }, leaf) => outer(index, depth + by, leaf.type))
}
