import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { as, type Body, body, list, str } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { bindCondition, compare } from '../bind/expression.ts'
import { bindFromList } from '../bind/from.ts'
import type { Relation } from '../catalog.ts'
import { keyNameOf } from '../constraint-def.ts'
import type { PgNode } from '../contract.ts'
import { column, conjunction, everyColumn } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import type { Plan } from '../plan.ts'
import { assignments, columnAt, generate, project } from './columns.ts'
import { rightsWhenRead } from './rights.ts'

/** What INSERT … ON CONFLICT does with a row whose key is there. */
export type ConflictAction = 'nothing' | 'update'

export interface OnConflict {
  readonly action: ConflictAction
  /** Changes: the last column is the weight. */
  readonly plan: Plan
}

/**
 * INSERT … ON CONFLICT (PostgreSQL, INSERT). `rows` are the candidates, a column for each of the table's; a candidate whose
 * key is in the table is left out, or changes the row that is there. Two candidates with one key are the caller's to see.
 */
export function onConflict(
  clause: Body,
  rows: Plan,
  table: Relation,
  env: Environment,
  fields: Body,
): OnConflict {
  const action: ConflictAction = clause['action'] === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing'
  checkTarget(clause, table, env, action)
  const width = table.columns.length
  const candidate = everyColumn(table.columns)
  if (table.key.length === 0) return { action, plan: project(rows, candidate, 1) }
  const own = bindFromList([{ RangeVar: body(fields['relation']) }], rightsWhenRead(env))
  const equal = table.key.map(k =>
    compare('=', column(k, candidate[k]!.type), column(width + k, candidate[k]!.type), env, undefined),
  )
  const joined = (type: 'anti' | 'inner') => joinOn(type, rows, own.plan, conjunction(equal))
  const fresh = project(joined('anti'), candidate, 1)
  if (action === 'nothing') return { action, plan: fresh }
  const excluded = table.columns.map((c, index) => ({
    name: c.name,
    type: c.type,
    index,
    table: 'excluded',
    merged: true,
  }))
  const there = own.columns.map(c => ({ ...c, index: c.index + width }))
  const scoped: Environment = {
    ...env,
    scope: { columns: [...excluded, ...there] },
    pending: noPending(),
    clause: 'SET',
  }
  const changed = updated(clause, joined('inner'), table, scoped)
  return { action, plan: { op: 'union', inputs: [fresh, ...changed] } }
}

/** Old rows leave, new rows come. */
function updated(clause: Body, joined: Plan, table: Relation, env: Environment): Plan[] {
  const width = table.columns.length
  const old = table.columns.map((c, i): Expression => column(width + i, c.type))
  const next = assignments(list(clause['targetList']), table, old, env)
  const where = clause['whereClause'] as PgNode | undefined
  const condition = where === undefined ? undefined : bindCondition(where, { ...env, clause: 'WHERE' })
  if (env.pending.subqueries.length > 0) throw notSupported('a subquery in ON CONFLICT')
  const base: Plan = condition === undefined ? joined : { op: 'filter', input: joined, predicate: condition }
  return [project(base, old, -1, false), project(base, generate(table, next), 1)]
}

/** Throws 42P10 unless the conflict named is that of the primary key. */
function checkTarget(clause: Body, table: Relation, env: Environment, action: ConflictAction): void {
  const infer = body(clause['infer'])
  const names = list(infer['indexElems']).map(node => as(node, 'IndexElem')?.['name'])
  if (infer['conname'] !== undefined) {
    if (table.declaredKey && infer['conname'] === keyNameOf(table)) return
    const message = `constraint "${str(infer['conname'])}" for table "${table.name}" does not exist`
    throw new SqlError('undefined_object', message)
  }
  if (names.length === 0) {
    if (action === 'nothing') return
    throw new SqlError(
      'syntax_error',
      'ON CONFLICT DO UPDATE requires inference specification or constraint name',
      {
        hint: 'For example, ON CONFLICT (column_name).',
        position: env.context.position(clause['location'] as number | undefined),
      },
    )
  }
  const key = new Set(table.key.map(k => table.columns[k]!.name))
  for (const name of names) if (name !== undefined) columnAt(table, str(name), undefined)
  if (table.declaredKey && new Set(names).size === key.size && names.every(name => key.has(str(name)))) return
  throw new SqlError(
    'invalid_column_reference',
    'there is no unique or exclusion constraint matching the ON CONFLICT specification',
  )
}
