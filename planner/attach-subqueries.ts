import { notSupported } from '../types/error.ts'
import type { Expression } from '../types/job.ts'
import { BOOL, INT8 } from '../types/type.ts'
import { equalitySides } from './decorrelate.ts'
import {
  contains,
  type Pending,
  type PendingSubquery,
  placeholderIndex,
  replaceCalls,
} from './environment.ts'
import {
  call,
  column,
  conjunction,
  conjuncts,
  functionName,
  literal,
  mapExpression,
  TRUE,
} from './expressions.ts'
import { joinOn, withColumns } from './join-on.ts'
import { keyOf, type Plan, schemaOf } from './plan.ts'

/** Filters by a predicate; EXISTS and IN among its conjuncts become semi and anti joins. */
export function filterBy(input: Plan, predicate: Expression, pending: Pending): Plan {
  const width = schemaOf(input).length
  let plan = input
  const rest: Expression[] = []
  for (const c of conjuncts(predicate)) {
    const { inner, negated } = stripNot(c)
    const index = placeholderIndex(inner, '$subquery')
    const subquery = index === undefined ? undefined : pending.subqueries[index]!
    const args = inner.kind === 'call' ? inner.args : []
    if (subquery === undefined || subquery.kind === 'scalar' || args.some(a => contains(a, '$subquery')))
      rest.push(c)
    else plan = semiJoin(plan, subquery, args, negated)
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

export function firstColumns(plan: Plan, count: number): Plan {
  const schema = schemaOf(plan).slice(0, count)
  return {
    op: 'project',
    input: plan,
    columns: schema.map((f, i) => column(i, f.type)),
    names: schema.map(f => f.name),
  }
}

function semiJoin(
  left: Plan,
  subquery: PendingSubquery,
  args: readonly Expression[],
  negated: boolean,
): Plan {
  const width = schemaOf(left).length
  // x NOT IN (…) holds when no comparison is true or NULL.
  const conditions = subquery.conditions.map((c, i) => {
    const over = overBoth(c, args, width)
    const strict = negated && subquery.kind === 'in' && i < needleCount(subquery)
    return strict ? call('coalesce', [over, literal(true, BOOL)], BOOL) : over
  })
  return joinOn(negated ? 'anti' : 'semi', left, subquery.plan, conjunction(conditions))
}

/** Conditions of IN come first, one a needle. */
function needleCount(subquery: PendingSubquery): number {
  return subquery.needles ?? 0
}

/** A condition of a subquery over (outer columns ++ its columns). */
function overBoth(c: Expression, args: readonly Expression[], width: number): Expression {
  return mapExpression(c, leaf => {
    if (leaf.kind === 'column') return { ...leaf, index: leaf.index + width }
    if (leaf.kind !== 'call') return leaf
    const at = leaf.args[0]!
    return at.kind === 'column' ? args[at.index]! : leaf
  })
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
    const joined = attachOne(plan, pending.subqueries[index]!, args)
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

interface Attached {
  readonly plan: Plan
  readonly value: Expression
}

function attachOne(input: Plan, subquery: PendingSubquery, args: readonly Expression[]): Attached {
  if (subquery.kind === 'scalar') return attachScalar(input, subquery, args)
  if (subquery.kind === 'exists' && subquery.conditions.length === 0) return attachCount(input, subquery.plan)
  if (subquery.kind === 'in') throw notSupported('IN (subquery) outside of the top level of WHERE')
  const width = schemaOf(input).length
  const sides = subquery.conditions.map(equalitySides)
  const keyed = withColumns(
    subquery.plan,
    sides.map(s => s.inner),
  )
  const distinct: Plan = { op: 'aggregate', input: keyed.plan, groups: keyed.at, calls: [] }
  const keys = schemaOf(distinct)
  const marked: Plan = {
    op: 'project',
    input: distinct,
    columns: [...keys.map((f, i) => column(i, f.type)), TRUE],
    names: [...keys.map(f => f.name), 'found'],
  }
  const condition = conjunction(
    subquery.conditions.map((c, i) => {
      const whole = c as Extract<Expression, { kind: 'call' }>
      return overBoth({ ...whole, args: [column(i, sides[i]!.inner.type), sides[i]!.outer] }, args, width)
    }),
  )
  const value = call('is not null', [column(width + keys.length, BOOL)], BOOL)
  return { plan: joinOn('left', input, marked, condition), value }
}

function attachCount(input: Plan, plan: Plan): Attached {
  const width = schemaOf(input).length
  const counted: Plan = {
    op: 'aggregate',
    input: plan,
    groups: [],
    calls: [{ fn: 'count(*)', args: [], distinct: false, type: INT8 }],
  }
  const value = call('is distinct from', [column(width, INT8), literal(0n, INT8)], BOOL)
  return { plan: joinOn('inner', input, counted, undefined), value }
}

function attachScalar(input: Plan, subquery: PendingSubquery, args: readonly Expression[]): Attached {
  const width = schemaOf(input).length
  const schema = schemaOf(subquery.plan)
  const columns = schema.map((f, i) => column(i, f.type))
  const marked: Plan = {
    op: 'project',
    input: single(subquery),
    columns: [...columns, TRUE],
    names: [...schema.map(f => f.name), 'found'],
  }
  const conditions = conjunction(subquery.conditions.map(c => overBoth(c, args, width)))
  const plan = joinOn('left', input, marked, conditions)
  const found = column(width, subquery.type)
  if (subquery.empty === undefined || subquery.conditions.length === 0) return { plan, value: found }
  const missing = call('is null', [column(width + schema.length, BOOL)], BOOL)
  return { plan, value: call('case', [missing, subquery.empty, found], found.type) }
}

/** At most one row for each value of the correlated columns, checked unless proved. */
function single(subquery: PendingSubquery): Plan {
  const at = subquery.conditions.map(c => {
    const { inner } = equalitySides(c)
    if (inner.kind !== 'column') throw notSupported('a correlated subquery of this form')
    return inner.index
  })
  if (at.length === 0 && isSingle(subquery.plan)) return subquery.plan
  if (at.length > 0 && isGrouped(subquery.plan, at)) return subquery.plan
  if (keyOf(subquery.plan)?.every(k => at.includes(k)) === true) return subquery.plan
  return { op: 'single-row', input: subquery.plan, group: at }
}

function isSingle(plan: Plan): boolean {
  if (plan.op === 'aggregate') return plan.groups.length === 0
  if (plan.op === 'values') return plan.rows.length <= 1
  return (plan.op === 'project' || plan.op === 'filter') && isSingle(plan.input)
}

function isGrouped(plan: Plan, at: readonly number[]): boolean {
  if (plan.op === 'aggregate') return plan.groups.every((_, i) => at.includes(i))
  if (plan.op !== 'project') return false
  const inner = at.map(i => plan.columns[i]!)
  if (!inner.every(c => c.kind === 'column')) return false
  return isGrouped(
    plan.input,
    inner.map(c => (c.kind === 'column' ? c.index : -1)),
  )
}
