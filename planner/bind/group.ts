import { mayFail } from '../../executor/expression/emit.ts'
import { SqlError } from '../../types/error.ts'
import type { AggregateCall, Expression } from '../../types/job.ts'
import { INT4, INT8 } from '../../types/type.ts'
import { call, column, equal, everyColumn, literal, TRUE } from '../expressions.ts'
import { keyOf, type Plan, schemaOf } from '../plan.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import { type Pending, type PendingAggregate, placeholderIndex, replaceCalls } from './environment.ts'
import { inOrder } from './input-order.ts'
import { originOf } from './origin.ts'
import type { ScopeColumn } from './scope.ts'

/**
 * Groups the input by each of the sets and rewrites expressions over it into expressions over the groups. One set: one
 * aggregate. Several: one each, their rows put together with NULL for the keys that are not in the set. `shown`: a key's value as its
 * group has it.
 */
export function aggregatePlan(
  given: Plan,
  sets: readonly (readonly Expression[])[],
  expressions: readonly Expression[],
  pending: Pending,
  scope: readonly ScopeColumn[],
  shown: (key: Expression) => Expression,
): { readonly plan: Plan; readonly expressions: readonly Expression[] } {
  const told = pending.aggregates.some(keepsList) ? inOrder(given) : undefined
  const input = told?.plan ?? given
  const columnsRead = everyColumn(schemaOf(input))
  const inherited = (told?.order ?? []).map(({ column: i, ...way }) => ({ ...way, by: columnsRead[i]! }))
  const keys: Expression[] = []
  for (const g of sets.flat()) if (!keys.some(k => equal(k, g))) keys.push(g)
  const written = keys.length
  const always = keys.filter(key => sets.every(set => set.some(k => equal(k, key))))
  // A whole key among the groups determines every other column.
  const unique = keyOf(input)
  const isAlways = (index: number): boolean => always.some(k => k.kind === 'column' && k.index === index)
  const whole = unique !== undefined && unique.length > 0 && unique.every(isAlways)
  const determined = (index: number): boolean => whole || ofKeyedItem(index, scope, isAlways)
  const rewritten = (): readonly Expression[] =>
    expressions.map(e => replaceCalls(e, inner => grouped(inner, keys, determined, scope)))
  // Twice: the first pass may add determined columns, which moves the aggregates.
  rewritten()
  const final = rewritten()
  const columns: Expression[] = keys.map(shown)
  const place = (e: Expression): number => {
    const at = columns.findIndex(c => equal(c, e))
    return at === -1 ? columns.push(e) - 1 : at
  }
  const ordered = pending.aggregates.map(a => (keepsList(a) ? { ...a, order: inherited } : a))
  for (const a of pending.aggregates)
    for (const e of directOf(a))
      replaceCalls(e, inner => grouped(inner, [...keys], determined, scope, DIRECT))
  const callsOf = (set: readonly Expression[]): AggregateCall[] =>
    ordered.map(a =>
      callOf({ ...a, args: a.args.map((arg, i) => (i < (a.direct ?? i + 1) ? arg : ofSet(arg, keys, set))) }),
    )
  const callOf = (a: PendingAggregate): AggregateCall => ({
    fn: a.fn,
    args: a.args.map(arg => place(needed(arg, a.filter))),
    distinct: a.distinct,
    ...(a.filter === undefined ? {} : { filter: place(a.filter) }),
    ...(a.order.length === 0
      ? {}
      : {
          order: a.order.map(o => ({
            column: place(needed(o.by, a.filter)),
            descending: o.descending,
            nullsFirst: o.nullsFirst,
          })),
        }),
    type: a.type,
  })
  const calls = sets.map(callsOf)
  // count(*) alone reads no column, but a chunk needs none either: keep one so that every operator sees its rows.
  if (columns.length === 0) columns.push(TRUE)
  const names = columns.map(c => nameOf(c, scope))
  const attached = attach(input, columns, pending)
  const project: Plan = { op: 'project', input: attached.plan, columns: attached.expressions, names }
  if (sets.length <= 1) {
    const zero = final.map(e => replaceCalls(e, g => groupingOver(g, pending, keys, keys, undefined)))
    return {
      plan: {
        op: 'aggregate',
        input: project,
        groups: keys.map((_, i) => i),
        calls: calls[0]!,
      },
      expressions: zero,
    }
  }
  const first = keys.length + ordered.length
  const expressions_ = final.map(e => replaceCalls(e, g => groupingOver(g, pending, keys, keys, first)))
  return {
    plan: unionOfSets(
      project,
      keys,
      sets.map(set => [...set, ...keys.slice(written)]),
      calls,
      pending,
    ),
    expressions: expressions_,
  }
}

const DIRECT = 'Direct arguments of an ordered-set aggregate must use only grouped columns.'

function directOf({ args, direct }: PendingAggregate): readonly Expression[] {
  return direct === undefined ? [] : args.slice(direct)
}

/** What is of the group, in a set that not all of the keys are in. */
function ofSet(e: Expression, keys: readonly Expression[], set: readonly Expression[]): Expression {
  const gone = keys.filter(key => !set.some(k => equal(k, key)))
  return replaceCalls(e, inner =>
    gone.some(key => equal(key, inner)) ? literal(null, inner.type) : undefined,
  )
}

/** Rows of all sets: keys, calls, GROUPING calls. */
function unionOfSets(
  input: Plan,
  keys: readonly Expression[],
  sets: readonly (readonly Expression[])[],
  callsOf: readonly (readonly AggregateCall[])[],
  pending: Pending,
): Plan {
  const inputs = sets.map((set, s): Plan => {
    const calls = callsOf[s]!
    const groups = keys.flatMap((key, i) => (set.some(k => equal(k, key)) ? [i] : []))
    const whole = groups.length === 0 && calls.length === 0 ? [COUNT] : calls
    const aggregate: Plan = { op: 'aggregate', input, groups, calls: whole }
    const columns = [
      ...keys.map((key, i) =>
        groups.includes(i) ? column(groups.indexOf(i), key.type) : literal(null, key.type),
      ),
      ...calls.map((call, i) => column(groups.length + i, call.type)),
      ...pending.groupings.map(args => literal(groupingBits(args, keys, set), INT4)),
    ]
    // Rows have a column, also when nobody asks for one.
    if (columns.length === 0) columns.push(TRUE)
    return { op: 'project', input: aggregate, columns, names: columns.map(() => '?column?') }
  })
  return { op: 'union', inputs }
}

const COUNT: AggregateCall = { fn: 'count(*)', args: [], distinct: false, type: INT8 }

/** A bit an argument, the last one lowest: 1 when the row is not grouped by it. */
function groupingBits(
  args: readonly Expression[],
  keys: readonly Expression[],
  set: readonly Expression[],
): number {
  let bits = 0
  for (const arg of args) {
    if (!keys.some(key => equal(key, arg))) {
      const message = 'arguments to GROUPING must be grouping expressions of the associated query level'
      throw new SqlError('grouping_error', message, { position: originOf(arg) })
    }
    bits = bits * 2 + (set.some(key => equal(key, arg)) ? 0 : 1)
  }
  return bits
}

/** A GROUPING call as the column from `first` on that has it; undefined: as a literal for the one set. */
function groupingOver(
  e: Expression,
  pending: Pending,
  keys: readonly Expression[],
  set: readonly Expression[],
  first: number | undefined,
): Expression | undefined {
  const index = placeholderIndex(e, '$grouping')
  if (index === undefined) return undefined
  if (first !== undefined) return column(first + index, INT4)
  return literal(groupingBits(pending.groupings[index]!, keys, set), INT4)
}

/** Whether it makes a list of its rows, in an order that it does not say. */
function keepsList({ fn, distinct, order }: PendingAggregate): boolean {
  return !distinct && order.length === 0 && /^(array|string|jsonb?|jsonb?_object)_agg\(/.test(fn)
}

/** What a call reads: a row that FILTER drops is not asked, so it cannot fail. */
function needed(e: Expression, filter: Expression | undefined): Expression {
  return filter === undefined || !mayFail(e) ? e : call('case', [filter, e], e.type)
}

function nameOf(e: Expression, scope: readonly ScopeColumn[]): string {
  if (e.kind !== 'column') return '?column?'
  return scope.find(c => c.index === e.index)?.name ?? '?column?'
}

/** Whether a table's whole primary key is among the groups, which determines its other columns. */
function ofKeyedItem(
  index: number,
  scope: readonly ScopeColumn[],
  isAlways: (index: number) => boolean,
): boolean {
  return scope.some(
    ({ index: at, item }) =>
      at === index &&
      item !== undefined &&
      scope.every(c => c.item !== item || c.keyed !== true || isAlways(c.index)),
  )
}

function grouped(
  e: Expression,
  keys: Expression[],
  determined: (index: number) => boolean,
  scope: readonly ScopeColumn[],
  detail?: string,
): Expression | undefined {
  const key = keys.findIndex(k => equal(k, e))
  // A constant is a key where it is the very one that GROUP BY names.
  if (key !== -1 && (e.kind !== 'literal' || keys[key] === e)) return column(key, e.type)
  if (placeholderIndex(e, '$grouping') !== undefined) return e
  const index = placeholderIndex(e, '$aggregate')
  if (index !== undefined) return column(keys.length + index, e.type)
  if (e.kind !== 'column') return undefined
  if (determined(e.index)) return column(keys.push(e) - 1, e.type)
  const found = scope.find(c => c.index === e.index)
  const name = found?.table === undefined ? (found?.name ?? '?column?') : `${found.table}.${found.name}`
  const message = `column "${name}" must appear in the GROUP BY clause or be used in an aggregate function`
  throw new SqlError('grouping_error', message, { position: originOf(e), detail })
}
