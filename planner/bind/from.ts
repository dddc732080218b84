import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression, JoinType } from '../../types/job.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import { fieldsOf, INT8, OID, type Schema, sameType, TIMESTAMPTZ } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { type ColumnDef, namesRowTime, type Relation, ROW_TIME_COLUMN } from '../catalog.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { expiryOf, streamKey } from '../expiry.ts'
import { call, column, columnsOf, conjunction, literal } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { parseStored } from '../parse/index.ts'
import { appendOnly, extended, type IndexScan, type Plan, schemaOf } from '../plan.ts'
import { isTempSchema } from '../temp-schema.ts'
import { deepened } from '../unnest/outer-references.ts'
import { invokes } from '../view-options.ts'
import { asofJoin, distinguishable, markedCondition } from './asof-join.ts'
import { as, type Body, body, list, names, open, pathOf, str } from './ast.ts'
import { bindBeside, bindRight, withoutLateral } from './beside.ts'
import { callFunction, coerce, unify } from './coerce.ts'
import type { BoundRelation, Environment } from './environment.ts'
import { bindCondition, bindExpression, compare } from './expression.ts'
import { findRelation } from './find-relation.ts'
import { bindGapFill } from './gap-fill.ts'
import { withOwnRows } from './own-rows.ts'
import { visible, withParent } from './query.ts'
import { viewOfFunction } from './relation-functions.ts'
import { sampled } from './sample.ts'
import { depthOf, entered, type ScopeColumn } from './scope.ts'
import { withSqlRows } from './sql-rows.ts'
import { bindTableFunctions, functionsOf } from './table-function.ts'
import { bindTimeWindow } from './time-window.ts'

/** A FROM clause or an item of it: rows and the names of their columns. */
export interface From {
  readonly plan: Plan
  readonly columns: readonly ScopeColumn[]
}

/** No FROM: one row without columns. */
export const NOTHING: From = { plan: { op: 'values', schema: [], rows: [[]] }, columns: [] }

/** The items of FROM, side by side. */
export function bindFromList(nodes: readonly PgNode[], env: Environment): From {
  if (nodes.length === 0) return NOTHING
  rejectDuplicateTables(nodes, env)
  let whole: From | undefined
  for (const written of nodes) {
    const node = withSqlRows(written, env)
    whole = whole === undefined ? bindFrom(node, env) : bindBeside('inner', whole, node, undefined, env)
  }
  return whole!
}

/** Throws 42712 for a name that two items of FROM share; tables of two schemas may. */
function rejectDuplicateTables(nodes: readonly PgNode[], env: Environment): void {
  const schemas = new Map<string, string | undefined>()
  /** Names that no table of any schema may have too: aliases and queries of WITH. */
  const taken = new Set<string>()
  const add = (name: string, schema: string | undefined, only: boolean): void => {
    const same = schemas.has(name) && (schema === undefined || schemas.get(name) === schema)
    if (same || taken.has(name) || (only && schemas.has(name)))
      throw new SqlError('duplicate_alias', `table name "${name}" specified more than once`)
    schemas.set(name, schema)
    if (only) taken.add(name)
  }
  const visit = (node: PgNode): void => {
    const [kind, fields] = open(node)
    const alias = body(fields['alias'])['aliasname']
    const schema = fields['schemaname'] as string | undefined
    const name = kind === 'RangeVar' ? str(fields['relname']) : ''
    if (typeof alias === 'string') add(alias, undefined, true)
    else if (kind === 'RangeVar') add(name, schema, schema === undefined && env.ctes.has(name))
    if (kind !== 'JoinExpr' || alias !== undefined) return
    visit(fields['larg'] as PgNode)
    visit(fields['rarg'] as PgNode)
  }
  nodes.forEach(visit)
}

/** The columns of two items, one after the other. */
export function sideBySide(left: From, right: From): readonly ScopeColumn[] {
  const width = schemaOf(left.plan).length
  return [...left.columns, ...right.columns.map(c => ({ ...c, index: c.index + width }))]
}

/** One item of FROM by itself. */
export function bindFrom(node: PgNode, env: Environment): From {
  const [kind, fields] = open(node)
  switch (kind) {
    case 'RangeVar':
      return bindRangeVar(fields, env)
    case 'RangeTableSample':
      return sampleOrAsOf(bindFrom(fields['relation'] as PgNode, env), fields, env)
    case 'RangeSubselect': {
      const around = fields['lateral'] === true ? env : withoutLateral(env)
      const inner = withParent(around)
      const scope = entered(inner.scope)
      const bound = env.bindSubquery(as(fields['subquery'], 'SelectStmt')!, { ...inner, scope })
      return aliased(visible(bound), undefined, fields['alias'], undefined)
    }
    case 'JoinExpr':
      return bindJoin(fields, env)
    case 'RangeFunction': {
      const found = viewOfFunction(fields)
      if (found !== undefined)
        return aliased(
          relationPlan(['pg_catalog', found.view], env, undefined),
          found.name,
          fields['alias'],
          undefined,
        )
      return bindTableFunction(fields, env, NOTHING, false)
    }
    default:
      throw notSupported(kind)
  }
}

function bindRangeVar(fields: Body, env: Environment): From {
  const name = str(fields['relname'])
  const position = env.context.position(fields['location'] as number | undefined)
  const cte = fields['schemaname'] === undefined ? env.ctes.get(name) : undefined
  if (cte?.returnsNothing === true)
    throw new SqlError('feature_not_supported', `WITH query "${name}" does not have a RETURNING clause`, {
      position,
    })
  if (cte !== undefined) return aliased(fromHere(cte, env), name, fields['alias'], undefined)
  const path = pathOf(fields)
  const from = aliased(relationPlan(path, env, position), name, fields['alias'], undefined)
  if (fields['alias'] !== undefined) return from
  const { schema } = findRelation(path, env.context, position)
  return { ...from, columns: from.columns.map(c => ({ ...c, schema })) }
}

/** A query of WITH, which may read what encloses it, as the queries within that see it. */
function fromHere(cte: BoundRelation, env: Environment): BoundRelation {
  return { ...cte, plan: deepened(cte.plan, depthOf(env.scope.parent) - (cte.depth ?? 0)) }
}

/** The rows of a relation by name; views are inlined. */
function relationPlan(path: readonly string[], env: Environment, position: number | undefined): RelationRows {
  const found = findRelation(path, env.context, position)
  const { relation } = found
  if (relation === undefined) return withTableOid(scan(found.id, found.columns, [], false), found.oid)
  env.dependsOn.add(relation.id)
  const read = env.context.authorize?.(relation, 'select')
  if (relation.kind === 'view') return { ...inlineView(relation, found, env), ...(read && { read }) }
  if (relation.kind === 'sequence') return sequenceRow(relation.id, env)
  if (relation.kind === 'sink')
    throw new SqlError('wrong_object_type', `"${found.name}" is a sink`, { position })
  if (relation.kind === 'subscription' && env.context.mode === 'stream')
    throw notSupported('a view of a subscription', { position })
  const columns = env.context.rowTimes === true ? withRowTime(relation) : relation.columns
  const hidden = new Set(columns.flatMap((c, i) => (c.hidden === true ? [i] : [])))
  const key = env.context.mode === 'stream' ? streamKey(relation) : relation.key
  const { plan, names } = scan(relation.id, columns, key, relation.appendOnly)
  const keyed = relation.kind === 'table' && !relation.key.some(i => hidden.has(i)) ? relation.key : []
  const indexed = withIndexes(plan, relation, env.context)
  const own = env.context.ownRows?.(relation)
  return {
    plan: own === undefined ? indexed : withOwnRows(indexed, relation.id, own),
    names,
    hidden,
    keyed,
    ...(read && { read }),
  }
}

/** Rows of tables made before they had numbers have no time, nor have those of views that count equal ones. */
function withRowTime({ kind, columns, key, appendOnly }: Relation): readonly ColumnDef[] {
  const told = key.length > 0 || appendOnly || columns.some(c => c.hidden && c.name === ROW_ID_COLUMN)
  const timed = kind === 'table' || kind === 'materialized view'
  if (!timed || !told || columns.some(c => c.name === ROW_TIME_COLUMN)) return columns
  return [...columns, { name: ROW_TIME_COLUMN, type: TIMESTAMPTZ, notNull: false, hidden: true }]
}

/** What a sequence stands at, as PostgreSQL's sequences show it. */
function sequenceRow(id: number, { context }: Environment): BoundRelation {
  const oid = literal(id, { name: 'oid', label: 'regclass' })
  const value = (name: string) => callFunction(name, [oid], context, undefined)
  const shown = ['last_value', 'log_cnt', 'is_called']
  const columns = [value('$sequence_last'), literal(0n, INT8), value('$sequence_called')]
  const input: Plan = { op: 'values', schema: [], rows: [[]] }
  return { plan: { op: 'project', input, columns, names: shown }, names: shown }
}

interface RelationRows extends BoundRelation {
  /** To be told which columns are read. */
  readonly read?: (column: number) => void
  /** Columns of the primary key. */
  readonly keyed?: readonly number[]
}

/** The rows of a system table and their hidden column tableoid. */
function withTableOid(
  { plan, names }: BoundRelation,
  oid: number,
): BoundRelation & { hidden: ReadonlySet<number> } {
  return {
    plan: extended(plan, [literal(oid, OID)], ['tableoid']),
    names: [...names, 'tableoid'],
    hidden: new Set([names.length]),
  }
}

function withIndexes(plan: Plan, relation: Relation, context: BindContext): Plan {
  if (plan.op !== 'scan') return plan
  if (context.mode === 'stream') {
    const asked = context.setting('streaming_enable_delta_join') === 'true'
    if (!asked || relation.index !== undefined || expiryOf(relation) !== undefined) return plan
    return { ...plan, joinIndexes: indexScans(plan, relation, context) }
  }
  const { index, columns } = relation
  const own = { ...plan, columns: plan.schema.map((_, i) => i) }
  if (index !== undefined)
    return { ...plan, indexes: [{ ...own, keys: index.keys.map((_, i) => column(i, columns[i]!.type)) }] }
  const found = indexScans(plan, relation, context)
  return found.length === 0 ? plan : { ...plan, indexes: found }
}

function indexScans(
  { schema }: Pick<Extract<Plan, { op: 'scan' }>, 'schema'>,
  { id }: Relation,
  context: BindContext,
): readonly IndexScan[] {
  return (context.indexesOf?.(id) ?? []).map(index => indexScan(index, schema.length))
}

function indexScan(relation: Relation, width: number): IndexScan {
  const { id, key, appendOnly, index } = relation
  const schema = fieldsOf(relation.columns)
  const held = [...index!.columns, ...index!.include]
  const columns = Array.from({ length: width }, (_, i) => held.indexOf(i))
  return { relation: id, schema, key, appendOnly, keys: index!.keys.map(k => k.expression), columns }
}

function scan(relation: number, columns: Schema, key: readonly number[], appendOnly: boolean): BoundRelation {
  const schema = fieldsOf(columns)
  return { plan: { op: 'scan', relation, schema, key, appendOnly }, names: schema.map(c => c.name) }
}

function inlineView(
  relation: Relation,
  { columns }: { readonly columns: Schema },
  env: Environment,
): BoundRelation {
  const select = as(parseStored(relation.query!), 'SelectStmt')!
  const inner = withinView(relation, env)
  const bound = env.bindSubquery(select, inner)
  const plan = withFormerTypes(bound.plan, columns, inner.context)
  return { plan, names: bound.names.map((n, i) => columns[i]?.name ?? n) }
}

/** Where the query of a view is bound: a view reads with the rights of its owner, unless it was made to ask for those of its user. */
export function withinView({ query, owner, schema, options }: Relation, env: Environment): Environment {
  const others = env.context.searchPath.filter(s => s !== schema && !isTempSchema(s))
  const { authorize } = env.context
  const reader = invokes(options) ? undefined : owner
  const context: BindContext = {
    ...bare(env.context),
    searchPath: [schema, ...others],
    position: () => undefined,
    ...(env.context.mode === 'batch' && { rowTimes: namesRowTime(query!) }),
    ...(authorize && {
      authorize: (relation, privilege, as) => authorize(relation, privilege, as ?? reader),
    }),
  }
  // The view's own relations are its dependencies, not this query's.
  return { ...env, context, scope: { columns: [] }, ctes: new Map(), dependsOn: new Set() }
}

/** Views made when json was another name of jsonb have columns of that. */
function withFormerTypes(plan: Plan, columns: Schema, context: BindContext): Plan {
  const schema = schemaOf(plan)
  const types = schema.map(({ type }, i) => {
    const made = columns[i]?.type
    const former = made !== undefined && typeName(type).replace(/\bjson\b/g, 'jsonb') === typeName(made)
    return former ? made : type
  })
  if (schema.every(({ type }, i) => sameType(type, types[i]!))) return plan
  const cast = schema.map(({ type }, i) =>
    coerce(column(i, type), types[i]!, 'assignment', context, undefined),
  )
  return { op: 'project', input: plan, columns: cast, names: schema.map(f => f.name) }
}

/** A copy that keeps methods of a context made by a class or a literal. */
function bare(context: BindContext): BindContext {
  return {
    catalog: context.catalog,
    database: context.database,
    searchPath: context.searchPath,
    parameters: context.parameters,
    inferred: context.inferred,
    blocks: context.blocks,
    nowMicros: context.nowMicros,
    user: context.user,
    ...(context.sessionUser === undefined ? {} : { sessionUser: context.sessionUser }),
    ...(context.session === undefined ? {} : { session: context.session }),
    mode: context.mode,
    ...(context.rowTimes === undefined ? {} : { rowTimes: context.rowTimes }),
    ...(context.indexesOf && { indexesOf: id => context.indexesOf!(id) }),
    ...(context.ownRows && { ownRows: table => context.ownRows!(table) }),
    systemRelation: (schema, name) => context.systemRelation(schema, name),
    setting: name => context.setting(name),
    position: at => context.position(at),
  }
}

function aliased(
  bound: RelationRows,
  name: string | undefined,
  alias: unknown,
  from: number | undefined,
): From {
  const given = body(alias)
  const table = (given['aliasname'] as string | undefined) ?? name
  const renamed = names(given['colnames'])
  if (renamed.length > bound.names.length) {
    const message = `table "${table}" has ${bound.names.length} columns available but ${renamed.length} columns specified`
    throw new SqlError('invalid_column_reference', message)
  }
  const schema = schemaOf(bound.plan)
  const item = {}
  const keyed = bound.keyed ?? []
  const columns = bound.names.map((n, i) => ({
    ...(keyed.length === 0 ? {} : { item, keyed: keyed.includes(i) }),
    name: renamed[i] ?? n,
    type: schema[i + (from ?? 0)]!.type,
    index: i + (from ?? 0),
    ...(table === undefined ? {} : { table }),
    ...(name === undefined || name === table ? {} : { relation: name }),
    ...(bound.hidden?.has(i) === true ? { hidden: true } : {}),
    ...(bound.read && { read: () => bound.read!(i) }),
  }))
  return { plan: bound.plan, columns }
}

const JOINS: Readonly<Record<string, JoinType>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
}

function bindJoin(fields: Body, env: Environment): From {
  const type = JOINS[str(fields['jointype'])]
  if (type === undefined) throw notSupported(str(fields['jointype']))
  const { mark, quals } = markedCondition(fields['quals'] as PgNode | undefined)
  if (mark === 'asof' || (mark === 'temporal' && env.context.mode === 'stream'))
    return bindMarked(type, mark, quals!, fields, env)
  const left = bindFrom(fields['larg'] as PgNode, env)
  const right = fields['rarg'] as PgNode
  if (fields['isNatural'] !== true && fields['usingClause'] === undefined) {
    return joined(type, left, bindBeside(type, left, right, quals, env), fields['alias'])
  }
  const { right: other, join } = bindRight(type, left, right, env)
  const common =
    fields['isNatural'] === true
      ? shownNames(left).filter(name => shownNames(other).includes(name))
      : names(fields['usingClause'])
  if (common.length > 0) {
    const using = bindUsing(type, left, other, join, common, fields['join_using_alias'], env)
    return joined(type, left, using, fields['alias'])
  }
  return joined(type, left, { plan: join(undefined), columns: sideBySide(left, other) }, fields['alias'])
}

function joined(type: JoinType, left: From, both: From, alias: unknown): From {
  return joinAliased({ ...both, columns: withOptional(type, left, both.columns) }, alias)
}

/** Tells which columns are of a side that may have no row. */
function withOptional(type: JoinType, left: From, columns: readonly ScopeColumn[]): readonly ScopeColumn[] {
  const width = schemaOf(left.plan).length
  const optional = ({ index }: ScopeColumn) => type === 'full' || type === (index < width ? 'right' : 'left')
  return type === 'inner' ? columns : columns.map(c => (optional(c) ? { ...c, optional: true } : c))
}

function shownNames({ columns }: From): readonly string[] {
  return columns.filter(c => !c.merged && !c.hidden).map(c => c.name)
}

/** ASOF and temporal joins. */
function bindMarked(
  type: JoinType,
  mark: 'asof' | 'temporal',
  quals: PgNode,
  fields: Body,
  env: Environment,
): From {
  if (type !== 'inner' && type !== 'left') throw notSupported(`${mark} join other than INNER or LEFT`)
  const given = bindFrom(fields['larg'] as PgNode, env)
  const apart = mark === 'asof' || !appendOnly(given.plan)
  const left = apart ? { ...given, plan: distinguishable(given.plan) } : given
  const right = bindFrom(fields['rarg'] as PgNode, env)
  const columns = sideBySide(left, right)
  const own = withoutLateral(env)
  const condition = bindCondition(quals, { ...own, scope: { ...own.scope, columns }, clause: 'JOIN/ON' })
  const plan =
    mark === 'asof'
      ? asofJoin(type, left.plan, right.plan, condition)
      : joinOn(type, left.plan, right.plan, condition, true)
  return { plan, columns: withOptional(type, left, columns) }
}

/** `(a JOIN b) AS x`: the names of a and b are gone. */
function joinAliased(from: From, alias: unknown): From {
  const table = body(alias)['aliasname'] as string | undefined
  if (table === undefined) return from
  const renamed = names(body(alias)['colnames'])
  const shown = from.columns.filter(c => !c.merged && !c.hidden)
  if (renamed.length > shown.length) {
    const message = `join expression "${table}" has ${shown.length} columns available but ${renamed.length} columns specified`
    throw new SqlError('invalid_column_reference', message)
  }
  const columns = shown.map(({ name, type, index, read }, i) => ({
    ...{ name: renamed[i] ?? name, type, index, table },
    ...(read && { read }),
  }))
  return { plan: from.plan, columns }
}

function onlyColumn(from: From, name: string, which: 'left' | 'right'): ScopeColumn | undefined {
  const found = from.columns.filter(c => c.name === name && !c.merged)
  if (found.length > 1) {
    const message = `common column name "${name}" appears more than once in ${which} table`
    throw new SqlError('ambiguous_column', message)
  }
  found[0]?.read?.()
  return found[0]
}

function bindUsing(
  type: JoinType,
  left: From,
  right: From,
  join: (condition: Expression | undefined) => Plan,
  common: readonly string[],
  alias: unknown,
  env: Environment,
): From {
  const width = schemaOf(left.plan).length
  const columns = sideBySide(left, right)
  const pairs = common.map(name => {
    const l = onlyColumn(left, name, 'left')
    const r = onlyColumn(right, name, 'right')
    if (l === undefined || r === undefined) {
      const which = l === undefined ? 'left' : 'right'
      throw new SqlError(
        'undefined_column',
        `column "${name}" specified in USING clause does not exist in ${which} table`,
      )
    }
    return { name, left: column(l.index, l.type), right: column(r.index + width, r.type) }
  })
  const condition = conjunction(pairs.map(p => compare('=', p.left, p.right, env, undefined)))
  const plan = join(condition)
  const demoted = columns.map(c => (common.includes(c.name) && !c.merged ? { ...c, merged: true } : c))
  const values = pairs.map(p => mergedValue(type, p.left, p.right, env))
  const computed = values.filter(value => value.kind !== 'column')
  const first = schemaOf(plan).length
  const merged = values.map((value, i) => {
    const index = value.kind === 'column' ? value.index : first + computed.indexOf(value)
    return { name: common[i]!, type: value.type, index }
  })
  const named = computed.map(value => common[values.indexOf(value)]!)
  return {
    plan: computed.length === 0 ? plan : extended(plan, computed, named),
    columns: [...merged, ...demoted, ...underAlias(alias, merged)],
  }
}

/** The column that USING makes of two: of the type that both have in common, as it is where possible. */
function mergedValue(type: JoinType, left: Expression, right: Expression, env: Environment): Expression {
  const [l, r] = unify([left, right], 'JOIN/USING', env.context, undefined)
  if (type === 'full') return call('coalesce', [l!, r!], l!.type)
  if (type === 'right') return r!
  return type === 'inner' && l!.kind !== 'column' && r!.kind === 'column' ? r! : l!
}

/** JOIN … USING (…) AS alias: the merged columns under that name too. */
function underAlias(alias: unknown, merged: readonly ScopeColumn[]): readonly ScopeColumn[] {
  const table = body(alias)['aliasname'] as string | undefined
  return table === undefined ? [] : merged.map(c => ({ ...c, table, merged: true }))
}

/** TUMBLE, HOP and GAP_FILL, which read a relation. */
export function windowName(fields: Body): 'tumble' | 'hop' | 'gap_fill' | undefined {
  const name = names(functionsOf(fields)[0]?.call['funcname']).at(-1)
  return name === 'tumble' || name === 'hop' || name === 'gap_fill' ? name : undefined
}

/** The rows of functions for each row of what stands before them; `outer`: such a row stays when there are none. */
export function bindTableFunction(fields: Body, env: Environment, before: From, outer: boolean): From {
  const window = windowName(fields)
  if (window === 'gap_fill') return bindGapFill(functionsOf(fields)[0]!.call, fields, env)
  if (window !== undefined) return bindTimeWindow(window, functionsOf(fields)[0]!.call, fields, env)
  return bindTableFunctions(fields, env, before, outer)
}

/** The rows of a relation that is named as an argument; undefined: that is no name. */
export function relationArgument(
  arg: PgNode | undefined,
  env: Environment,
  position: number | undefined,
): { readonly name: string; readonly from: From } | undefined {
  const path = names(as(arg, 'ColumnRef')?.['fields'])
  const name = path.at(-1)
  if (name === undefined) return undefined
  const cte = path.length === 1 ? env.ctes.get(name) : undefined
  const bound = cte === undefined ? relationPlan(path, env, position) : fromHere(cte, env)
  return { name, from: aliased(bound, name, undefined, undefined) }
}

/** The columns of an item of FROM under its alias, or else the name of what it reads. */
export function underName(
  columns: readonly ScopeColumn[],
  name: string,
  alias: unknown,
): readonly ScopeColumn[] {
  const given = body(alias)
  const table = (given['aliasname'] as string | undefined) ?? name
  const renamed = names(given['colnames'])
  return columns.map((c, i) => ({ ...c, table, name: renamed[i] ?? c.name }))
}

/** TABLESAMPLE, and `t FOR SYSTEM_TIME AS OF e`, which reads as `t TABLESAMPLE "as of"(e)`. */
function sampleOrAsOf(from: From, fields: Record<string, unknown>, env: Environment): From {
  const [method] = names(list(fields['method']))
  return method === 'as of' ? asOf(from, fields, env) : sampled(from, fields, env)
}

function asOf(from: From, fields: Record<string, unknown>, env: Environment): From {
  if (env.context.mode === 'stream') throw notSupported('FOR SYSTEM_TIME AS OF in a view')
  if (env.context.rowTimes === true) throw notSupported('_rw_timestamp of an earlier time')
  if (from.plan.op !== 'scan' || from.plan.relation < 0)
    throw notSupported('FOR SYSTEM_TIME AS OF what is not a table or a materialized view')
  const [given] = list(fields['args'])
  const time = coerce(
    bindExpression(given!, withoutLateral(env)),
    TIMESTAMPTZ,
    'explicit',
    env.context,
    undefined,
  )
  if (columnsOf(time).size > 0) throw new SqlError('syntax_error', 'FOR SYSTEM_TIME AS OF needs a constant')
  const { indexes: _, ...scan } = from.plan
  return { ...from, plan: { ...scan, asOf: time } }
}
