import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import { type Body, list } from '../bind/ast.ts'
import type { Environment } from '../bind/environment.ts'
import { bindCondition } from '../bind/expression.ts'
import { bindFromList, sideBySide } from '../bind/from.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import type { Relation } from '../catalog.ts'
import type { PgNode } from '../contract.ts'
import { call, column, conjunction, literal } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { filterBy } from '../unnest/attach-subqueries.ts'
import { returningOf } from './returning.ts'
import { changeable, type Target } from './target.ts'

export function besideValues(columns: readonly ScopeColumn[]): readonly Expression[] {
  return columns.map(c => column(c.index, c.type))
}

/** The table's rows (columns first) that WHERE keeps; each once when another relation is joined, whose columns RETURNING may read. */
export function affected(
  fields: Body,
  clause: 'usingClause' | 'fromClause',
  target: Target,
  env: Environment,
): { readonly plan: Plan; readonly env: Environment; readonly beside: readonly ScopeColumn[] } {
  const own = changeable(target, fields, env, true)
  let from = own
  if (list(fields[clause]).length > 0) {
    const other = bindFromList(list(fields[clause]), env)
    from = { plan: joinOn('inner', own.plan, other.plan, undefined), columns: sideBySide(own, other) }
  }
  const scoped: Environment = { ...env, scope: { columns: from.columns } }
  const where = fields['whereClause'] as PgNode | undefined
  if (where === undefined && from === own) return { plan: own.plan, env: scoped, beside: [] }
  const condition =
    where === undefined
      ? literal(true, { name: 'bool' })
      : bindCondition(where, { ...scoped, clause: 'WHERE' })
  let plan = filterBy(from.plan, condition, scoped.pending)
  if (from !== own) plan = onceEach(plan, target.table, own.plan)
  const isShown = returningOf(fields).length > 0
  return { plan, env: scoped, beside: isShown ? from.columns.slice(own.columns.length) : [] }
}

/** One match for each row of the table; without a key, equal rows are matched together and counted again. */
function onceEach(plan: Plan, table: Relation, own: Plan): Plan {
  const once = (partition: readonly number[]): Plan => ({
    op: 'top-n',
    input: plan,
    partition,
    order: [],
    offset: 0,
    limit: 1,
    withTies: false,
  })
  if (table.key.length > 0) return once(table.key)
  const width = schemaOf(own).length
  const picked = once(table.columns.map((_, i) => i))
  const equal = table.columns.map((c, i) =>
    call('is not distinct from', [column(i, c.type), column(width + i, c.type)], BOOL),
  )
  const joined = joinOn('inner', own, picked, conjunction(equal))
  const schema = schemaOf(joined)
  const kept = schema.map((_, i) => i).filter(i => i < width || i >= 2 * width)
  return {
    op: 'project',
    input: joined,
    columns: kept.map(i => column(i, schema[i]!.type)),
    names: kept.map(i => schema[i]!.name),
  }
}
