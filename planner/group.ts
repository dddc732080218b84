import { SqlError } from '../types/error.ts'
import type { AggregateCall, Expression } from '../types/job.ts'
import { type Pending, placeholderIndex, replaceCalls } from './environment.ts'
import { column, equal, TRUE } from './expressions.ts'
import { keyOf, type Plan } from './plan.ts'
import type { ScopeColumn } from './scope.ts'

/** Groups the input and rewrites expressions over it into expressions over the groups. */
export function aggregatePlan(
  input: Plan,
  groups: readonly Expression[],
  expressions: readonly Expression[],
  pending: Pending,
  scope: readonly ScopeColumn[],
): { readonly plan: Plan; readonly expressions: readonly Expression[] } {
  const keys: Expression[] = []
  for (const g of groups) if (!keys.some(k => equal(k, g))) keys.push(g)
  // A whole key among the groups determines every other column.
  const unique = keyOf(input)
  const determined =
    unique !== undefined &&
    unique.length > 0 &&
    unique.every(u => keys.some(k => k.kind === 'column' && k.index === u))
  const rewritten = (): readonly Expression[] =>
    expressions.map(e => replaceCalls(e, inner => grouped(inner, keys, determined, scope)))
  // Twice: the first pass may add determined columns, which moves the aggregates.
  rewritten()
  const final = rewritten()
  const columns: Expression[] = [...keys]
  const place = (e: Expression): number => {
    const at = columns.findIndex(c => equal(c, e))
    return at === -1 ? columns.push(e) - 1 : at
  }
  const calls: AggregateCall[] = pending.aggregates.map(a => ({
    fn: a.fn,
    args: a.args.map(place),
    distinct: a.distinct,
    ...(a.filter === undefined ? {} : { filter: place(a.filter) }),
    ...(a.order.length === 0
      ? {}
      : {
          order: a.order.map(o => ({
            column: place(o.by),
            descending: o.descending,
            nullsFirst: o.nullsFirst,
          })),
        }),
    type: a.type,
  }))
  // count(*) alone reads no column, but a chunk needs none either: keep one so that every operator sees its rows.
  if (columns.length === 0) columns.push(TRUE)
  const project: Plan = { op: 'project', input, columns, names: columns.map(c => nameOf(c, scope)) }
  return {
    plan: { op: 'aggregate', input: project, groups: keys.map((_, i) => i), calls },
    expressions: final,
  }
}

function nameOf(e: Expression, scope: readonly ScopeColumn[]): string {
  if (e.kind !== 'column') return '?column?'
  return scope.find(c => c.index === e.index)?.name ?? '?column?'
}

function grouped(
  e: Expression,
  keys: Expression[],
  determined: boolean,
  scope: readonly ScopeColumn[],
): Expression | undefined {
  const key = keys.findIndex(k => equal(k, e))
  if (key !== -1 && e.kind !== 'literal') return column(key, e.type)
  const call = placeholderIndex(e, '$aggregate')
  if (call !== undefined) return column(keys.length + call, e.type)
  if (e.kind !== 'column') return undefined
  if (determined) return column(keys.push(e) - 1, e.type)
  const found = scope.find(c => c.index === e.index)
  const name = found?.table === undefined ? (found?.name ?? '?column?') : `${found.table}.${found.name}`
  const message = `column "${name}" must appear in the GROUP BY clause or be used in an aggregate function`
  throw new SqlError('grouping_error', message)
}
