import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression, RelationId } from '../../types/job.ts'
import { BOOL, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { as, type Body, body, items, list, pathOf, str } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { at, bindCondition, bindConstant } from '../bind/expression.ts'
import { findRelation } from '../bind/find-relation.ts'
import { bindFromList, NOTHING, sideBySide } from '../bind/from.ts'
import { bindCtes, bindTree } from '../bind/query.ts'
import { bindEach } from '../bind/row.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import { type Relation, shownPositions } from '../catalog.ts'
import type { Reference } from '../constraint-def.ts'
import type { BindContext, DmlPlan, ParameterValues, PgNode } from '../contract.ts'
import { call, column, conjunction, everyColumn, literal } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { optimize } from '../optimize.ts'
import { firstColumns, type Plan, schemaOf } from '../plan.ts'
import { parameterTypes, present, settled, withLiterals, withParameters } from '../query.ts'
import { batchJob } from '../recursions.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { assign } from './assign.ts'
import {
  assignments,
  columnAt,
  columnDefault,
  generate,
  generatedError,
  isMade,
  type Overriding,
  overriding,
  project,
} from './columns.ts'
import { planMergeRows } from './merge.ts'
import { type Arbiter, type ConflictAction, onConflict } from './on-conflict.ts'
import { replacedBy, tellsReplaced } from './replaced.ts'
import { bindReturning, type Returning, returningJob, returningOf } from './returning.ts'
import { rightsWhenRead } from './rights.ts'

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
              job: (rows: readonly (readonly Value[])[]) => returningJob(query, rows, parameters, nowMicros),
            }),
          },
        }
  return { table, tag, job: batchJob(plan, settled), parameters: bound.parameters, ...shown }
}

export function planInsert(statement: PgNode, context: BindContext): BoundDml {
  const fields = open(statement, 'InsertStmt')
  const { table, env } = target(fields, context, false)
  const position = context.position(body(fields['relation'])['location'] as number | undefined)
  const given = list(fields['cols']).map(n => {
    const item = as(n, 'ResTarget')!
    if (list(item['indirection']).length > 0) throw notSupported('INSERT into a part of a column')
    return columnAt(table, str(item['name']), context.position(item['location'] as number | undefined))
  })
  const twice = given.findIndex((index, i) => given.indexOf(index) !== i)
  if (twice !== -1) {
    const item = as(list(fields['cols'])[twice]!, 'ResTarget')!
    const message = `column "${str(item['name'])}" specified more than once`
    const at = context.position(item['location'] as number | undefined)
    throw new SqlError('duplicate_column', message, { position: at ?? position })
  }
  const all = shownPositions(table)
  const select = fields['selectStmt'] === undefined ? undefined : as(fields['selectStmt'], 'SelectStmt')!
  const wanted = given.length > 0 ? given : all
  for (const i of wanted) if (table.columns[i]!.generated === undefined) context.sets?.insert.add(i)
  const over = overriding(fields)
  const rows = select === undefined ? NOTHING.plan : insertRows(select, table, wanted, over, env)
  const width = schemaOf(rows).length
  if (width > wanted.length) {
    throw new SqlError('syntax_error', 'INSERT has more expressions than target columns', { position })
  }
  if (given.length > width && select !== undefined) {
    throw new SqlError('syntax_error', 'INSERT has more target columns than expressions', { position })
  }
  const schema = schemaOf(rows)
  const values = table.columns.map((c, i): Expression => {
    const from = wanted.indexOf(i)
    const made = c.generated !== undefined || (over === 'user' && c.identity !== undefined)
    if (from === -1 || from >= width || made) return columnDefault(c, env.context)
    return assign(column(from, schema[from]!.type), c, context, undefined)
  })
  const said = wanted
    .slice(0, width)
    .findIndex((i, at) => isMade(table.columns[i]!, over) && !isDefault(select, at))
  if (said !== -1) throw generatedError(table.columns[wanted[said]!]!, 'insert')
  const complete = generate(table, values)
  if (fields['onConflictClause'] === undefined)
    return finish(table, project(rows, complete, 1), 'INSERT', fields, env)
  const names_ = table.columns.map(c => c.name)
  const candidates: Plan = { op: 'project', input: rows, columns: complete, names: names_ }
  const { action, arbiters, plan } = onConflict(
    body(fields['onConflictClause']),
    candidates,
    table,
    env,
    fields,
  )
  if (action === 'update') requireChangeable(table, position)
  return { ...finish(table, plan, 'INSERT', fields, env), onConflict: action, arbiters }
}

export function planDelete(statement: PgNode, context: BindContext): BoundDml {
  const fields = open(statement, 'DeleteStmt')
  const { table, env } = target(fields, context)
  const rows = affected(fields, 'usingClause', table, env)
  const values = everyColumn(table.columns)
  const { plan, env: scoped, beside } = rows
  return finish(
    table,
    project(plan, values, -1, true, besideValues(beside)),
    'DELETE',
    fields,
    scoped,
    beside,
  )
}

export function planUpdate(statement: PgNode, context: BindContext): BoundDml {
  const fields = open(statement, 'UpdateStmt')
  const { table, env } = target(fields, context)
  const rows = affected(fields, 'fromClause', table, env)
  const old = everyColumn(table.columns)
  const next = assignments(list(fields['targetList']), table, old, rows.env)
  const attached = attach(rows.plan, generate(table, next), rows.env.pending)
  const values = attached.expressions
  // Both sides read one row once: old rows leave, new rows come.
  const base = attached.plan
  const beside = [...besideValues(rows.beside), ...replacedBy(table, context, 'update', old)]
  const plan: Plan = {
    op: 'union',
    inputs: [project(base, old, -1, false, beside), project(base, values, 1, true, beside)],
  }
  return finish(table, plan, 'UPDATE', fields, rows.env, rows.beside)
}

export function planMerge(statement: PgNode, context: BindContext): BoundDml {
  const fields = open(statement, 'MergeStmt')
  const { table, env } = target(fields, context)
  const own = bindFromList([{ RangeVar: body(fields['relation']) }], rightsWhenRead(env))
  const source = bindFromList([fields['sourceRelation'] as PgNode], env)
  return finish(table, planMergeRows(fields, table, own, source, env), 'MERGE', fields, env)
}

function open(statement: PgNode, kind: string): Body {
  return as(statement, kind) ?? statement
}

/** `changes`: rows that are there, too. */
function target(
  fields: Body,
  context: BindContext,
  changes = true,
): { readonly table: Relation; readonly env: Environment } {
  const relation = body(fields['relation'])
  const position = context.position(relation['location'] as number | undefined)
  const found = findRelation(pathOf(relation), context, position)
  const table = found.relation
  if (table?.kind !== 'table') {
    const what = table?.kind ?? 'system table'
    throw new SqlError('wrong_object_type', `cannot change ${what} "${found.name}"`, { position })
  }
  if (changes) requireChangeable(table, position)
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
  return { table, env: { ...env, ctes: bindCtes(body(fields['withClause']), env) } }
}

/** Throws 55000 for a table whose rows only come. */
function requireChangeable(table: Relation, position: number | undefined): void {
  if (table.appendOnly)
    throw new SqlError('object_not_in_prerequisite_state', `table "${table.name}" is append only`, {
      position,
    })
}

function besideValues(columns: readonly ScopeColumn[]): readonly Expression[] {
  return columns.map(c => column(c.index, c.type))
}

/** The table's rows (columns first) that WHERE keeps; each once when another relation is joined, whose columns RETURNING may read. */
function affected(
  fields: Body,
  clause: 'usingClause' | 'fromClause',
  table: Relation,
  env: Environment,
): { readonly plan: Plan; readonly env: Environment; readonly beside: readonly ScopeColumn[] } {
  const own = bindFromList([{ RangeVar: body(fields['relation']) }], rightsWhenRead(env))
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
  if (from !== own) plan = onceEach(plan, table, own.plan)
  return { plan, env: scoped, beside: hasReturning(fields) ? from.columns.slice(own.columns.length) : [] }
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

/** All lists of VALUES say DEFAULT there. */
function isDefault(select: Body | undefined, at: number): boolean {
  const rows = list(select?.['valuesLists'])
  return rows.length > 0 && rows.every(row => as(items(row)[at]!, 'SetToDefault') !== undefined)
}

function insertRows(
  select: Body,
  table: Relation,
  wanted: readonly number[],
  over: Overriding,
  env: Environment,
): Plan {
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
        throw new SqlError('syntax_error', 'INSERT has more expressions than target columns', {
          position: at(node, inner),
        })
      }
      const c = table.columns[index]!
      if (value === undefined)
        return over === 'user' && c.identity ? literal(null, c.type) : columnDefault(c, env.context)
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

function hasReturning(fields: Body): boolean {
  return returningOf(fields).length > 0
}

function finish(
  table: Relation,
  plan: Plan,
  tag: BoundDml['tag'],
  fields: Body,
  env: Environment,
  beside: readonly ScopeColumn[] = [],
): BoundDml {
  const { context, dependsOn } = env
  const tells = tellsReplaced(table, context, tag === 'MERGE' ? 'merge' : 'update')
  const names = table.columns.map(c => c.name)
  const names_ = [...names, 'weight', 'counted', ...beside.map(c => c.name), ...(tells ? names : [])]
  const titled = firstColumns(plan, names_.length, names_)
  const clause = returningOf(fields)
  const returning = hasReturning(fields)
    ? { returning: bindReturning(clause, table, tag, fields, env, beside), beside: beside.map(c => c.type) }
    : {}
  return {
    table,
    plan: titled,
    tag,
    references: context.catalog.referencesTo(table.id),
    sets: new Set(context.sets?.update),
    tellsReplaced: tells,
    parameters: parameterTypes(context),
    dependsOn: [...dependsOn],
    ...returning,
  }
}
