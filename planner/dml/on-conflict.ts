import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import { as, type Body, body, list, str } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { bindCondition, compare } from '../bind/expression.ts'
import { keyNameOf, uniquesOf } from '../constraint-def.ts'
import type { PgNode } from '../contract.ts'
import { call, column, conjunction, everyColumn } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import type { Plan } from '../plan.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { assignments, generate, project } from './columns.ts'
import { replacedBy } from './replaced.ts'
import { changeable, overTable, placeOf, type Target, tableColumns } from './target.ts'

/** The columns of a primary key or a UNIQUE constraint, by which a conflict is seen. */
export interface Arbiter {
  readonly columns: readonly number[]
  readonly nullsNotDistinct?: true | undefined
}

/** What INSERT … ON CONFLICT does with a row whose key is there. */
export type ConflictAction = 'nothing' | 'update'

export interface OnConflict {
  readonly action: ConflictAction
  /** Columns that no two candidates may have alike, set by set. */
  readonly arbiters: readonly Arbiter[]
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
  target: Target,
  env: Environment,
  fields: Body,
): OnConflict {
  const { table, view } = target
  const action: ConflictAction = clause['action'] === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing'
  const arbiters = arbitersOf(clause, target, env, action)
  const width = table.columns.length
  const candidate = everyColumn(table.columns)
  if (arbiters.length === 0) return { action, arbiters, plan: project(rows, candidate, 1) }
  // A row that the view does not have is in the way all the same.
  const own = changeable(target, fields, env, false)
  // The columns of what is named are read.
  const asked = clause['infer'] === undefined ? [] : arbiters.flatMap(({ columns }) => columns)
  for (const k of asked) own.columns.find(({ index }) => index === k)?.read?.()
  const equal = ({ columns, nullsNotDistinct }: Arbiter) =>
    columns.map(k => {
      const [a, b] = [column(k, candidate[k]!.type), column(width + k, candidate[k]!.type)]
      return nullsNotDistinct
        ? call('is not distinct from', [a, b], BOOL)
        : compare('=', a, b, env, undefined)
    })
  const left = arbiters.reduce((plan, each) => joinOn('anti', plan, own.plan, conjunction(equal(each))), rows)
  if (action === 'nothing') return { action, arbiters, plan: project(left, candidate, 1) }
  const conflicting = joinOn('inner', rows, own.plan, conjunction(equal(arbiters[0]!)))
  const candidates = { plan: conflicting, columns: tableColumns(table) }
  const given = view === undefined ? candidates : overTable(view, view.name, env, candidates)
  const excluded = given.columns.map(({ name, type, index }) => ({
    name,
    type,
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
  const changed = updated(clause, given.plan, target, scoped)
  const fresh = project(left, candidate, 1, true, replacedBy(table, env.context, 'update'))
  return { action, arbiters, plan: { op: 'union', inputs: [fresh, ...changed] } }
}

/** Old rows leave, new rows come. */
function updated(clause: Body, joined: Plan, target: Target, env: Environment): Plan[] {
  const { table } = target
  const width = table.columns.length
  const old = table.columns.map((c, i): Expression => column(width + i, c.type))
  const next = assignments(list(clause['targetList']), target, old, env, 'insert')
  const where = clause['whereClause'] as PgNode | undefined
  const condition = where === undefined ? undefined : bindCondition(where, { ...env, clause: 'WHERE' })
  const kept = condition === undefined ? joined : filterBy(joined, condition, env.pending)
  const { expressions, plan } = attach(kept, generate(table, next), env.pending)
  const before = replacedBy(table, env.context, 'update', old)
  return [project(plan, old, -1, false, before), project(plan, expressions, 1, true, before)]
}

/** What the clause names, all when it names nothing. Throws 42P10 for what nothing keeps unique. */
function arbitersOf(
  clause: Body,
  target: Target,
  env: Environment,
  action: ConflictAction,
): readonly Arbiter[] {
  const { table, view } = target
  // NULLs are alike in a key that takes them.
  const nullsNotDistinct = table.key.some(k => !table.columns[k]!.notNull)
    ? { nullsNotDistinct: true as const }
    : {}
  const key = table.declaredKey ? [{ name: keyNameOf(table), columns: table.key, ...nullsNotDistinct }] : []
  const all = [...key, ...uniquesOf(table)]
  const infer = body(clause['infer'])
  const names = list(infer['indexElems']).map(node => as(node, 'IndexElem')?.['name'])
  if (infer['conname'] !== undefined) {
    const named = view === undefined ? all.find(({ name }) => name === infer['conname']) : undefined
    if (named !== undefined) return [named]
    const message = `constraint "${str(infer['conname'])}" for table "${(view ?? table).name}" does not exist`
    throw new SqlError('undefined_object', message)
  }
  if (names.length === 0) {
    if (action === 'nothing') return all
    throw new SqlError(
      'syntax_error',
      'ON CONFLICT DO UPDATE requires inference specification or constraint name',
      {
        hint: 'For example, ON CONFLICT (column_name).',
        position: env.context.position(clause['location'] as number | undefined),
      },
    )
  }
  const asked = new Set(names.map(name => (name === undefined ? -1 : placeOf(target, str(name)))))
  const found = all.find(({ columns }) => columns.length === asked.size && columns.every(c => asked.has(c)))
  if (found !== undefined) return [found]
  throw new SqlError(
    'invalid_column_reference',
    'there is no unique or exclusion constraint matching the ON CONFLICT specification',
  )
}
