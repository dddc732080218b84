import type { AggregateCall, Expression } from '../../types/job.ts'
import { BOOL, INT8 } from '../../types/type.ts'
import type { PendingSubquery } from '../bind/environment.ts'
import { call, column, conjunction, literal, substitute, TRUE } from '../expressions.ts'
import { joinOn, withColumns } from '../join-on.ts'
import { extended, keyOf, type Plan, schemaOf } from '../plan.ts'
import { isCorrelated, type Sides, sidesOf, tryDecorrelate } from './decorrelate.ts'
import { aggregateOfNothing, dependent, domainOf, joinDomain, range, reordered } from './dependent.ts'
import { overBoth } from './semi-join.ts'

/** The input with more columns, over which the value of a subquery is an expression. The input's columns stay where they are. */
export interface Valued {
  readonly plan: Plan
  readonly value: Expression
}

/** Joins a subquery to the input for its value. */
export function subqueryValue(input: Plan, subquery: PendingSubquery, args: readonly Expression[]): Valued {
  switch (subquery.kind) {
    case 'scalar':
      return scalarByKey(input, subquery, args) ?? scalarByDomain(input, subquery, args)
    case 'exists':
      return existsValue(input, subquery, args)
    case 'in':
      return uniformIn(input, subquery, args) ?? inByDomain(input, subquery, args)
  }
}

/** The conditions of a subquery that depends on its enclosing query by nothing but equalities. */
function equalities(
  plan: Plan,
  scalar: boolean,
): { plan: Plan; sides: Sides[]; conditions: readonly Expression[] } | undefined {
  const simple = tryDecorrelate(plan, scalar)
  const sides = simple?.conditions.map(sidesOf) ?? []
  if (simple === undefined || sides.includes(undefined)) return undefined
  return { ...simple, sides: sides.filter(s => s !== undefined) }
}

/** A scalar subquery whose rows are told apart by the columns that it compares with the enclosing query. */
function scalarByKey(
  input: Plan,
  subquery: PendingSubquery,
  args: readonly Expression[],
): Valued | undefined {
  const simple = equalities(subquery.plan, true)
  if (simple === undefined) return undefined
  const { plan, conditions } = simple
  const at = simple.sides.map(s => (s.inner.kind === 'column' ? s.inner.index : -1))
  const alone = at.length === 0
  if (!alone && !isGrouped(plan, at) && keyOf(plan)?.every(k => at.includes(k)) !== true) return undefined
  const single: Plan = alone && !isSingle(plan) ? { op: 'single-row', input: plan, group: [] } : plan
  const schema = schemaOf(plan)
  const marked = extended(single, [TRUE], ['found'])
  const width = schemaOf(input).length
  const joined = joinOn('left', input, marked, conjunction(conditions.map(c => overBoth(c, args, width))))
  const found = column(width, subquery.type)
  const nothing = alone ? undefined : valueOfNothing(subquery.plan)
  if (nothing === undefined) return { plan: joined, value: found }
  const missing = call('is null', [column(width + schema.length, BOOL)], BOOL)
  return { plan: joined, value: call('case', [missing, nothing, found], found.type) }
}

function scalarByDomain(input: Plan, { plan, type }: PendingSubquery, args: readonly Expression[]): Valued {
  const domain = domainOf(input, args)
  const rows = dependent(plan, domain.distinct)
  const group = range(1, 1 + args.length)
  const proved = isSingle(plan) || keyOf(rows)?.every(k => group.includes(k)) === true
  const single: Plan = proved ? rows : { op: 'single-row', input: rows, group }
  const joined = joinDomain('left', domain, single, 1)
  return behindInput(joined, input, domain.wide, [0], type)
}

/** Drops what the domain needed: columns of the input, then the wanted ones of the rows joined to it. */
function behindInput(
  joined: Plan,
  input: Plan,
  wide: Plan,
  wanted: readonly number[],
  type: Expression['type'],
): Valued {
  const width = schemaOf(input).length
  const before = schemaOf(wide).length
  const plan = reordered(joined, [...range(0, width), ...wanted.map(i => before + i)])
  return { plan, value: column(width, type) }
}

function existsValue(input: Plan, { plan }: PendingSubquery, args: readonly Expression[]): Valued {
  const width = schemaOf(input).length
  if (!isCorrelated(plan)) {
    const { plan: joined } = besideTotals(input, plan, [COUNT])
    return { plan: joined, value: column(width, BOOL) }
  }
  const simple = equalities(plan, false)
  if (simple === undefined) {
    const domain = domainOf(input, args)
    const from = schemaOf(plan).length
    const found = distinctMarked(dependent(plan, domain.distinct), range(from, from + args.length))
    const joined = joinDomain('left', domain, found, 0)
    const valued = behindInput(joined, input, domain.wide, [args.length], BOOL)
    return { ...valued, value: call('is not null', [valued.value], BOOL) }
  }
  const keyed = withColumns(
    simple.plan,
    simple.sides.map(s => s.inner),
  )
  const found = distinctMarked(keyed.plan, keyed.at)
  const conditions = simple.conditions.map((c, i): Expression => {
    const { inner, outer } = simple.sides[i]!
    return overBoth({ ...c, args: [column(i, inner.type), outer] } as Expression, args, width)
  })
  const joined = joinOn('left', input, found, conjunction(conditions))
  return { plan: joined, value: call('is not null', [column(width + keyed.at.length, BOOL)], BOOL) }
}

/** The distinct values of the columns, with TRUE behind. */
function distinctMarked(plan: Plan, at: readonly number[]): Plan {
  const input: Plan = { op: 'aggregate', input: reordered(plan, at), groups: at.map((_, i) => i), calls: [] }
  return extended(input, [TRUE], ['found'])
}

const COUNT: AggregateCall = { fn: 'count(*)', args: [], distinct: false, type: INT8 }

/**
 * The input beside one row that tells for each count over the plan whether it is above zero. Grouped once more, so that a count
 * which changes but stays above zero changes nothing.
 */
function besideTotals(input: Plan, plan: Plan, calls: readonly AggregateCall[]): { readonly plan: Plan } {
  const counted: Plan = { op: 'aggregate', input: plan, groups: [], calls }
  const columns = calls.map((_, i) => isSome(column(i, INT8)))
  const flags: Plan = { op: 'project', input: counted, columns, names: calls.map(() => 'some') }
  const settled: Plan = { op: 'aggregate', input: flags, groups: calls.map((_, i) => i), calls: [] }
  return { plan: joinOn('inner', input, settled, undefined) }
}

/** True for a count above zero, false for zero or NULL. */
function isSome(count: Expression): Expression {
  const zero = literal(0n, INT8)
  return call('is distinct from', [call('coalesce', [count, zero], INT8), zero], BOOL)
}

/** x IN (a subquery that is the same for every row): by its distinct values. */
function uniformIn(
  input: Plan,
  { plan, test }: PendingSubquery,
  args: readonly Expression[],
): Valued | undefined {
  const sides = sidesOf(test!)
  if (sides === undefined || isCorrelated(plan)) return undefined
  const width = schemaOf(input).length
  const values: Plan = {
    op: 'project',
    input: plan,
    columns: [sides.inner, call('is null', [sides.inner], BOOL)],
    names: ['value', 'null'],
  }
  const unknown: AggregateCall = { ...COUNT, filter: 1 }
  const { plan: beside } = besideTotals(input, values, [COUNT, unknown])
  const [some, someNull] = [column(width, BOOL), column(width + 1, BOOL)]
  const found = distinctMarked(values, [0])
  const equal = { ...test!, args: [column(0, sides.inner.type), sides.outer] } as Expression
  const joined = joinOn('left', beside, found, overBoth(equal, args, width + 2))
  const needle = overBoth(sides.outer, args, width)
  const isFound = call('is not null', [column(width + 3, BOOL)], BOOL)
  const nothing = call('is not distinct from', [some, FALSE], BOOL)
  const unsure = call('or', [call('is null', [needle], BOOL), someNull], BOOL)
  return { plan: joined, value: threeValued([isFound, TRUE], [nothing, FALSE], [unsure, UNKNOWN]) }
}

const FALSE = literal(false, BOOL)
const UNKNOWN = literal(null, BOOL)

function threeValued(...cases: readonly (readonly [Expression, Expression])[]): Expression {
  return call('case', [...cases.flat(), FALSE], BOOL)
}

/** Any test of the rows of any subquery: true when one passes, else NULL when one may, else false. */
function inByDomain(input: Plan, { plan, test }: PendingSubquery, args: readonly Expression[]): Valued {
  const domain = domainOf(input, args)
  const inner = schemaOf(plan).length
  const known = schemaOf(domain.distinct)
  const rows = dependent(plan, domain.distinct)
  const place = known.map((f, i) => column(inner + i, f.type))
  const tested = overBoth(test!, place, 0)
  const verdict: Plan = {
    op: 'project',
    input: rows,
    columns: [...place, tested, call('is null', [tested], BOOL)],
    names: [...known.map(f => f.name), 'passes', 'unknown'],
  }
  const counted: Plan = {
    op: 'aggregate',
    input: verdict,
    groups: known.map((_, i) => i),
    calls: [
      { ...COUNT, filter: known.length },
      { ...COUNT, filter: known.length + 1 },
    ],
  }
  const width = schemaOf(input).length
  const joined = joinDomain('left', domain, counted, 0)
  const { plan: done } = behindInput(joined, input, domain.wide, [known.length, known.length + 1], BOOL)
  const passes = isSome(column(width, INT8))
  const unknown = isSome(column(width + 1, INT8))
  return { plan: done, value: threeValued([passes, TRUE], [unknown, UNKNOWN]) }
}

export function isSingle(plan: Plan): boolean {
  if (plan.op === 'aggregate') return plan.groups.length === 0
  if (plan.op === 'values') return plan.rows.length <= 1
  if ((plan.op === 'top-n' && plan.partition.length === 0) || plan.op === 'sort')
    return plan.limit !== undefined && plan.limit <= 1 && !plan.withTies
  return (plan.op === 'project' || plan.op === 'filter') && isSingle(plan.input)
}

function isGrouped(plan: Plan, at: readonly number[]): boolean {
  if (plan.op === 'aggregate') return plan.groups.every((_, i) => at.includes(i))
  if (plan.op !== 'project') return false
  // A comparison with a constant is of no column.
  const inner = at.map(i => plan.columns[i]).map(c => (c?.kind === 'column' ? c.index : -1))
  return !inner.includes(-1) && isGrouped(plan.input, inner)
}

/** What a scalar query over an aggregate without groups yields for no rows. */
function valueOfNothing(plan: Plan): Expression | undefined {
  if (plan.op === 'project') {
    const inner = rowOfNothing(plan.input)
    return inner && substitute(plan.columns[0]!, inner)
  }
  return rowOfNothing(plan)?.[0]
}

function rowOfNothing(plan: Plan): readonly Expression[] | undefined {
  if (plan.op === 'project') {
    const inner = rowOfNothing(plan.input)
    return inner && plan.columns.map(c => substitute(c, inner))
  }
  if (plan.op !== 'aggregate' || plan.groups.length > 0) return undefined
  return plan.calls.map(aggregateOfNothing)
}
