import { SqlError } from '../../types/error.ts'
import type { Expression, RelationId } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { as, type Body, body, items, list } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { at, bindConstant } from '../bind/expression.ts'
import { bindFromList, NOTHING } from '../bind/from.ts'
import { bindCtes, bindTree } from '../bind/query.ts'
import { bindEach } from '../bind/row.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import type { Relation } from '../catalog.ts'
import type { Reference } from '../constraint-def.ts'
import type { BindContext, DmlPlan, ParameterValues, PgNode } from '../contract.ts'
import { column, everyColumn, literal } from '../expressions.ts'
import { optimize } from '../optimize.ts'
import { firstColumns, type Plan, schemaOf } from '../plan.ts'
import { parameterTypes, present, settled, withLiterals, withParameters } from '../query.ts'
import { batchJob } from '../recursions.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import type { ReadOnlyColumn } from '../updatable-view.ts'
import { affected, besideValues } from './affected.ts'
import { assign } from './assign.ts'
import {
  assignments,
  columnDefault,
  generate,
  generatedError,
  isMade,
  type Overriding,
  overriding,
  project,
} from './columns.ts'
import { overRows } from './given-rows.ts'
import { insertColumns, requireDistinct } from './insert-columns.ts'
import { planMergeRows } from './merge.ts'
import { type Arbiter, type ConflictAction, onConflict } from './on-conflict.ts'
import { replacedBy, tellsReplaced } from './replaced.ts'
import { bindReturning, type Returning, returningOf } from './returning.ts'
import { changeable, readOnly, type Target, targetOf, titled, type Verb } from './target.ts'
import { type ViewCheck, viewChecks, type WrittenRelation, writtenRelations } from './view-writes.ts'

/** A bound INSERT, UPDATE, DELETE or MERGE: rows of the table's columns, `weight` and `counted`. */
export interface BoundDml {
  readonly table: Relation
  readonly plan: Plan
  /** Over the table's columns and `beside`. */
  readonly returning?: Returning
  /** Types of what the plan has behind `counted`: the columns of USING or FROM that RETURNING may read. */
  readonly beside?: readonly Type[]
  readonly tag: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'
  readonly parameters: readonly Type[]
  readonly dependsOn: readonly RelationId[]
  /** Of two candidates with one key: 'nothing' takes the first, 'update' is refused. */
  readonly onConflict?: ConflictAction
  /** By these two candidates are seen to be alike. */
  readonly arbiters?: readonly Arbiter[]
  /** Foreign keys that refer to the table. */
  readonly references: readonly Reference<Relation>[]
  /** The columns that an UPDATE sets, also one of ON CONFLICT or MERGE. */
  readonly sets: ReadonlySet<number>
  /** Behind all that the plan has the table's columns again: the row that a row takes the place of, or NULLs. */
  readonly tellsReplaced: boolean
  /** The views that were named and the table: rights on them are needed. */
  readonly written: readonly WrittenRelation[]
  readonly viewChecks: readonly ViewCheck[]
}

/** The job of a bound statement for the given parameters. */
export function planDml(bound: BoundDml, parameters: ParameterValues, nowMicros = present()): DmlPlan {
  const { table, tag, returning } = bound
  const query = returning?.query
  const plan = settled(optimize(withParameters(bound.plan, parameters, nowMicros)))
  const shown =
    returning === undefined
      ? {}
      : {
          returning: {
            ...returning,
            columns: returning.columns.map(c => withLiterals(c, parameters, nowMicros)),
            ...(query && {
              job: (rows: readonly (readonly Value[])[]) => overRows(query, rows, parameters, nowMicros),
            }),
          },
        }
  return { table, tag, job: batchJob(plan, settled), parameters: bound.parameters, ...shown }
}

export function planInsert(statement: PgNode, context: BindContext): BoundDml {
  const fields = fieldsOf(statement, 'InsertStmt')
  const { target, env } = opened(fields, 'insert', context)
  const { table } = target
  const position = context.position(body(fields['relation'])['location'] as number | undefined)
  const { named, wanted, beyond } = insertColumns(fields, target, context)
  const select = fields['selectStmt'] === undefined ? undefined : as(fields['selectStmt'], 'SelectStmt')!
  for (const i of wanted) if (table.columns[i]!.generated === undefined) context.sets?.insert.add(i)
  const over = overriding(fields)
  const rows = select === undefined ? NOTHING.plan : insertRows(select, target, wanted, over, env, beyond)
  const width = schemaOf(rows).length
  if (width > wanted.length && beyond !== undefined) throw readOnly(beyond, 'insert')
  if (width > wanted.length) {
    throw new SqlError('syntax_error', 'INSERT has more expressions than target columns', { position })
  }
  if (named && wanted.length > width && select !== undefined) {
    throw new SqlError('syntax_error', 'INSERT has more target columns than expressions', { position })
  }
  requireDistinct(wanted.slice(0, width), table)
  const schema = schemaOf(rows)
  const values = table.columns.map((c, i): Expression => {
    const from = wanted.indexOf(i)
    const made = c.generated !== undefined || (over === 'user' && c.identity !== undefined)
    if (from === -1 || from >= width || made) return columnDefault(titled(target, i), env.context)
    return assign(column(from, schema[from]!.type), titled(target, i), context, undefined)
  })
  const said = wanted
    .slice(0, width)
    .findIndex((i, at) => isMade(table.columns[i]!, over) && !isDefault(select, at))
  if (said !== -1) throw generatedError(table.columns[wanted[said]!]!, 'insert')
  const complete = generate(table, values)
  if (fields['onConflictClause'] === undefined)
    return finish(target, project(rows, complete, 1), 'INSERT', fields, env)
  const names_ = table.columns.map(c => c.name)
  const candidates: Plan = { op: 'project', input: rows, columns: complete, names: names_ }
  const { action, arbiters, plan } = onConflict(
    body(fields['onConflictClause']),
    candidates,
    target,
    env,
    fields,
  )
  if (action === 'update') requireChangeable(table, position)
  return { ...finish(target, plan, 'INSERT', fields, env), onConflict: action, arbiters }
}

export function planDelete(
  statement: PgNode,
  context: BindContext,
  verb: 'delete' | 'truncate' = 'delete',
): BoundDml {
  const fields = fieldsOf(statement, 'DeleteStmt')
  const { target, env } = opened(fields, verb, context)
  const { table } = target
  const rows = affected(fields, 'usingClause', target, env)
  const values = everyColumn(table.columns)
  const { plan, env: scoped, beside } = rows
  return finish(
    target,
    project(plan, values, -1, true, besideValues(beside)),
    'DELETE',
    fields,
    scoped,
    beside,
  )
}

export function planUpdate(statement: PgNode, context: BindContext): BoundDml {
  const fields = fieldsOf(statement, 'UpdateStmt')
  const { target, env } = opened(fields, 'update', context)
  const { table } = target
  const rows = affected(fields, 'fromClause', target, env)
  const old = everyColumn(table.columns)
  const next = assignments(list(fields['targetList']), target, old, rows.env)
  const attached = attach(rows.plan, generate(table, next), rows.env.pending)
  const values = attached.expressions
  // Both sides read one row once: old rows leave, new rows come.
  const base = attached.plan
  const beside = [...besideValues(rows.beside), ...replacedBy(table, context, 'update', old)]
  const plan: Plan = {
    op: 'union',
    inputs: [project(base, old, -1, false, beside), project(base, values, 1, true, beside)],
  }
  return finish(target, plan, 'UPDATE', fields, rows.env, rows.beside)
}

export function planMerge(statement: PgNode, context: BindContext): BoundDml {
  const fields = fieldsOf(statement, 'MergeStmt')
  const { target, env } = opened(fields, 'merge', context)
  const own = changeable(target, fields, env, true)
  const source = bindFromList([fields['sourceRelation'] as PgNode], env)
  return finish(target, planMergeRows(fields, target, own, source, env), 'MERGE', fields, env)
}

function fieldsOf(statement: PgNode, kind: string): Body {
  return as(statement, kind) ?? statement
}

/** What the statement changes, and where its parts are bound. */
function opened(
  fields: Body,
  verb: Verb,
  context: BindContext,
): { readonly target: Target; readonly env: Environment } {
  const target = targetOf(fields, verb, context)
  const { table } = target
  const { location } = body(fields['relation']) as { readonly location?: number }
  if (verb !== 'insert') requireChangeable(table, context.position(location))
  const dependsOn = new Set<number>([table.id])
  const env: Environment = {
    context,
    scope: { columns: [] },
    ctes: new Map(),
    clause: 'SET',
    pending: noPending(),
    allow: { aggregates: false, windows: false, sets: false },
    windowClause: [],
    dependsOn,
    bindSubquery: (select, from, ordered) =>
      bindTree(select, from.context, {
        ...(ordered === true && { ordered }),
        ctes: from.ctes,
        ...(from.scope.columns.length > 0 ? { scope: from.scope } : {}),
        dependsOn,
        depth: 1,
      }),
  }
  return { target, env: { ...env, ctes: bindCtes(body(fields['withClause']), env) } }
}

/** Throws 55000 for a table whose rows only come. */
function requireChangeable(table: Relation, position: number | undefined): void {
  if (table.appendOnly)
    throw new SqlError('object_not_in_prerequisite_state', `table "${table.name}" is append only`, {
      position,
    })
}

/** All lists of VALUES say DEFAULT there. */
function isDefault(select: Body | undefined, at: number): boolean {
  const rows = list(select?.['valuesLists'])
  return rows.length > 0 && rows.every(row => as(items(row)[at]!, 'SetToDefault') !== undefined)
}

function insertRows(
  select: Body,
  target: Target,
  wanted: readonly number[],
  over: Overriding,
  env: Environment,
  beyond: ReadOnlyColumn | undefined,
): Plan {
  const { table } = target
  if (
    select['valuesLists'] === undefined ||
    select['sortClause'] !== undefined ||
    select['limitCount'] !== undefined
  ) {
    const bound = bindTree(select, env.context, {
      ctes: env.ctes,
      dependsOn: env.dependsOn,
      depth: 0,
      targets: wanted.map(i => table.columns[i]!.type),
    })
    const { plan, names } = bound
    return schemaOf(plan).length === names.length ? plan : firstColumns(plan, names.length, names)
  }
  // Literals of VALUES take the type of the column they go to.
  const inner = { ...env, clause: 'VALUES' }
  const lists = list(select['valuesLists']).map(row =>
    items(row).flatMap((node): { node: PgNode; value?: Expression }[] => {
      const constant = as(node, 'A_Const')
      if (constant !== undefined) return [{ node, value: bindConstant(node, constant, inner) }]
      return as(node, 'SetToDefault') === undefined
        ? bindEach([node], inner).map(value => ({ node, value }))
        : [{ node }]
    }),
  )
  const width = lists[0]!.length
  if (lists.some(row => row.length !== width)) {
    throw new SqlError('syntax_error', 'VALUES lists must all be the same length')
  }
  const rows = lists.map(row =>
    row.map(({ node, value }, i): Expression => {
      const index = wanted[i]
      if (index === undefined) {
        if (beyond !== undefined) throw readOnly(beyond, 'insert')
        throw new SqlError('syntax_error', 'INSERT has more expressions than target columns', {
          position: at(node, inner),
        })
      }
      const c = table.columns[index]!
      if (value === undefined)
        return over === 'user' && c.identity
          ? literal(null, c.type)
          : columnDefault(titled(target, index), env.context)
      return assign(value, c, env.context, at(node, inner))
    }),
  )
  const schema = Array.from({ length: width }, (_, i) => ({
    name: table.columns[wanted[i]!]!.name,
    type: table.columns[wanted[i]!]!.type,
  }))
  const values: Plan = { op: 'values', schema, rows }
  if (env.pending.subqueries.length === 0) return values
  const parts = rows.map((row): Plan => {
    const attached = attach(NOTHING.plan, row, env.pending)
    const { expressions } = attached
    return { op: 'project', input: attached.plan, columns: expressions, names: schema.map(f => f.name) }
  })
  return parts.length === 1 ? parts[0]! : { op: 'union', inputs: parts }
}

function finish(
  target: Target,
  plan: Plan,
  tag: BoundDml['tag'],
  fields: Body,
  env: Environment,
  beside: readonly ScopeColumn[] = [],
): BoundDml {
  const { context, dependsOn } = env
  const { table } = target
  const tells = tellsReplaced(table, context, tag === 'MERGE' ? 'merge' : 'update')
  const names = table.columns.map(c => c.name)
  const names_ = [...names, 'weight', 'counted', ...beside.map(c => c.name), ...(tells ? names : [])]
  const named = firstColumns(plan, names_.length, names_)
  const clause = returningOf(fields)
  const returning =
    clause.length > 0
      ? {
          returning: bindReturning(clause, target, tag, fields, env, beside),
          beside: beside.map(c => c.type),
        }
      : {}
  return {
    table,
    plan: named,
    tag,
    references: context.catalog.referencesTo(table.id),
    sets: new Set(context.sets?.update),
    tellsReplaced: tells,
    parameters: parameterTypes(context),
    dependsOn: [...dependsOn],
    written: writtenRelations(target, context.catalog),
    viewChecks: tag === 'DELETE' ? [] : viewChecks(target, env),
    ...returning,
  }
}
