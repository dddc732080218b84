import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import type { PendingSubquery } from '../bind/environment.ts'
import { call, column, conjunction, conjuncts, literal, mapExpression } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { isCorrelated, type Sides, sidesOf, tryDecorrelate } from './decorrelate.ts'
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
  const sides = conjuncts(test).map(sidesOf)
  if (simple !== undefined && negated && !correlated && sides.length > 0 && !sides.includes(undefined))
    return rowNotAmong(left, plan, conjuncts(test), sides as Sides[], args)
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

/**
 * (a, b) NOT IN (SELECT x, y …): the rows with no row on the right of which no comparison is false. Rows without NULLs on either side are
 * looked up by their values; each left row is compared with the right rows that have a NULL, and each left row that has one with all right
 * rows: there a key says that the left row has one.
 */
function rowNotAmong(
  left: Plan,
  right: Plan,
  tests: readonly Expression[],
  sides: readonly Sides[],
  args: readonly Expression[],
): Plan {
  const width = schemaOf(left).length
  const both = (e: Expression): Expression => overBoth(e, args, width)
  const equalities = tests.map(both)
  const possible = equalities.map(test => call('coalesce', [test, literal(true, BOOL)], BOOL))
  const isNull = (e: Expression): Expression => call('is null', [e], BOOL)
  const some = (list: readonly Expression[]): Expression =>
    list.length === 1 ? list[0]! : call('or', list, BOOL)
  const withNull: Plan = {
    op: 'filter',
    input: right,
    predicate: some(sides.map(side => isNull(side.inner))),
  }
  const leftHasNull = some(sides.map(side => isNull(both(side.outer))))
  const always = call('is not null', [isNull(both(sides[0]!.inner))], BOOL)
  const unequal = joinOn('anti', left, right, conjunction(equalities))
  const unlike = joinOn('anti', unequal, withNull, conjunction(possible))
  const key = call('=(bool, bool) -> bool', [leftHasNull, always], BOOL)
  return joinOn('anti', unlike, right, conjunction([key, ...possible]))
}

/** A condition of a subquery over (columns of the input, its own columns), with its arguments put in. */
export function overBoth(c: Expression, args: readonly Expression[], width: number): Expression {
  return mapExpression(c, leaf => {
    if (leaf.kind === 'column') return { ...leaf, index: leaf.index + width }
    const target = outerTarget(leaf)
    return target === undefined ? leaf : args[target.index]!
  })
}
