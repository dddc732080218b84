import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import type { PendingSubquery } from '../bind/environment.ts'
import { call, column, conjunction, conjuncts, literal, mapExpression } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { isCorrelated, sidesOf, tryDecorrelate } from './decorrelate.ts'
import { dependent, domainOf, joinDomain, range, reordered } from './dependent.ts'
import { outerTarget } from './outer-references.ts'

/** EXISTS and IN as a condition: a semi join, negated an anti join. Undefined where its value is cheaper. */
export function semiJoin(
  left: Plan,
  { kind, plan, test }: PendingSubquery,
  args: readonly Expression[],
  negated: boolean,
): Plan | undefined {
  if (kind === 'scalar') return undefined
  const type = negated ? 'anti' : 'semi'
  const width = schemaOf(left).length
  const correlated = isCorrelated(plan)
  if (!correlated && (kind === 'exists' || (negated && sidesOf(test!) !== undefined))) return undefined
  // x NOT IN (…) holds when no comparison is true or NULL.
  const tests = conjuncts(test && negated ? call('coalesce', [test, literal(true, BOOL)], BOOL) : test)
  const simple = tryDecorrelate(plan)
  if (simple !== undefined) {
    const conditions = [...tests, ...simple.conditions].map(c => overBoth(c, args, width))
    return joinOn(type, left, simple.plan, conjunction(conditions))
  }
  const domain = domainOf(left, args)
  const rows = dependent(plan, domain.distinct)
  const known = schemaOf(domain.wide)
  const at = domain.at.map(i => column(i, known[i]!.type))
  const condition = conjunction(tests.map(c => overBoth(c, at, known.length)))
  return reordered(joinDomain(type, domain, rows, schemaOf(plan).length, condition), range(0, width))
}

/** A condition of a subquery over (columns of the input, its own columns), with its arguments put in. */
export function overBoth(c: Expression, args: readonly Expression[], width: number): Expression {
  return mapExpression(c, leaf => {
    if (leaf.kind === 'column') return { ...leaf, index: leaf.index + width }
    const target = outerTarget(leaf)
    return target === undefined ? leaf : args[target.index]!
  })
}
