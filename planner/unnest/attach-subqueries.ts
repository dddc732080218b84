import type { Expression } from '../../types/job.ts'
import { contains, type Pending, placeholderIndex, replaceCalls } from '../bind/environment.ts'
import { conjunction, conjuncts, functionName } from '../expressions.ts'
import { firstColumns, type Plan, schemaOf } from '../plan.ts'
import { semiJoin } from './semi-join.ts'
import { subqueryValue } from './subquery-value.ts'

/**
 * Filters by a predicate; EXISTS and IN among its conjuncts become semi and anti joins. What reads no subquery goes first, as
 * subqueries may be computed for the distinct values of what is left.
 */
export function filterBy(input: Plan, predicate: Expression, pending: Pending): Plan {
  const width = schemaOf(input).length
  const all = conjuncts(predicate)
  const plain = all.filter(c => !contains(c, '$subquery'))
  const first = plain.length < all.length ? conjunction(plain) : undefined
  let plan: Plan = first === undefined ? input : { op: 'filter', input, predicate: first }
  const rest: Expression[] = []
  for (const c of first === undefined ? all : all.filter(c => contains(c, '$subquery'))) {
    const { inner, negated } = stripNot(c)
    const index = placeholderIndex(inner, '$subquery')
    const subquery = index === undefined ? undefined : pending.subqueries[index]!
    const args = inner.kind === 'call' ? inner.args : []
    const joined =
      subquery === undefined || args.some(a => contains(a, '$subquery'))
        ? undefined
        : semiJoin(plan, subquery, args, negated)
    if (joined === undefined) rest.push(c)
    else plan = joined
  }
  const remaining = conjunction(rest)
  if (remaining === undefined) return plan
  const attached = attach(plan, [remaining], pending)
  const filtered: Plan = { op: 'filter', input: attached.plan, predicate: attached.expressions[0]! }
  return schemaOf(filtered).length === width ? filtered : firstColumns(filtered, width)
}

function stripNot(e: Expression): { inner: Expression; negated: boolean } {
  if (e.kind !== 'call' || functionName(e.fn) !== 'not') return { inner: e, negated: false }
  const { inner, negated } = stripNot(e.args[0]!)
  return { inner, negated: !negated }
}

/** Joins every subquery the expressions name to the input and replaces the placeholders by columns. */
export function attach(
  input: Plan,
  expressions: readonly Expression[],
  pending: Pending,
): { readonly plan: Plan; readonly expressions: readonly Expression[] } {
  let plan = input
  const done = new Map<string, Expression>()
  const replace = (e: Expression): Expression | undefined => {
    const index = placeholderIndex(e, '$subquery')
    if (index === undefined || e.kind !== 'call') return undefined
    const known = done.get(e.fn)
    if (known !== undefined) return known
    const args = e.args.map(arg => replaceCalls(arg, replace))
    const joined = subqueryValue(plan, pending.subqueries[index]!, args)
    plan = joined.plan
    done.set(e.fn, joined.value)
    return joined.value
  }
  return {
    expressions: expressions.map(e => replaceCalls(e, replace)),
    get plan() {
      return plan
    },
  }
}
