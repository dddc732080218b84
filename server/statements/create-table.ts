import { isVolatile } from '../../executor/functions/index.ts'
import { limited } from '../../planner/bind/coerce.ts'
import { bindColumnValue } from '../../planner/bind/scalar.ts'
import { requireNoLength } from '../../planner/bind/type.ts'
import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import type { ConstraintDef } from '../../planner/constraint-def.ts'
import { rejectDuplicates, sequencesOf } from '../../planner/dml/columns.ts'
import { asksOfRows } from '../../planner/domain.ts'
import { expiryOf } from '../../planner/expiry.ts'
import { column, readsNow, timedBy } from '../../planner/expressions.ts'
import type { ColumnSyntax, RelationSyntax } from '../../planner/parse/index.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import type { Connector, FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expiry, Expression, GraphNode, Job, OperatorSpec } from '../../types/job.ts'
import { sqlDialect } from '../../types/sql-dialect.ts'
import { fieldsOf, type Schema, TEXT, TIMESTAMPTZ, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { rateOf } from './backfill-pace.ts'
import { bindContext, targetSchema } from './bind.ts'
import { validateSource } from './connector-options.ts'
import { boundConstraints, numbered, requireKeepable } from './constraints.ts'
import type { Result, StatementContext } from './contract.ts'
import {
  createRelation,
  firstNode,
  materialized,
  nodeAfter,
  presentTime,
  type StatementOf,
  takenName,
} from './create.ts'
import { withLikes } from './create-like.ts'
import { createTableAs } from './create-table-as.ts'
import { isRowId, withRowId } from './row-id-column.ts'
import { optionsWithSecrets } from './secret.ts'
import { withSerials } from './serial.ts'
import { checkExpiry, watermarkOf } from './watermark.ts'

const INCLUDED: Readonly<Record<string, Type>> = {
  key: { name: 'bytea' },
  partition: TEXT,
  offset: TEXT,
  timestamp: TIMESTAMPTZ,
  payload: { name: 'jsonb' },
}

/** CREATE TABLE (rows of DML or of a connector, kept) and CREATE SOURCE (rows of a connector, not kept). */
export async function createTable(
  statement: StatementOf<'create table' | 'create source'>,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const { relation: syntax, kind } = statement
  const isTable = kind === 'create table'
  const tag = isTable ? 'CREATE TABLE' : 'CREATE SOURCE'
  const taken = takenName(context, syntax.name, syntax.ifNotExists, tag)
  if (taken !== undefined) return taken
  const onCommit = commitAction(syntax, context)
  if (syntax.query !== undefined || syntax.columnNames !== undefined)
    return createTableAs(statement, onCommit, context)
  const relation = withLikes(syntax, context)
  const make = (columns: readonly ColumnSyntax[]) =>
    createWith({ ...statement, relation: { ...relation, columns } }, sql, onCommit, context)
  return isTable ? withSerials(syntax.name, relation.columns, context, make) : make(relation.columns)
}

/** The relation, whose numbered columns have their sequences already. */
async function createWith(
  statement: StatementOf<'create table' | 'create source'>,
  sql: string,
  onCommit: ReturnType<typeof commitAction>,
  context: StatementContext,
): Promise<Result> {
  const { relation: syntax, kind } = statement
  const isTable = kind === 'create table'
  const tag = isTable ? 'CREATE TABLE' : 'CREATE SOURCE'
  const { shown, whole: options, secrets } = optionsWithSecrets(syntax.options, context)
  const connectorName = options['connector']
  if (!isTable && connectorName === undefined)
    throw new SqlError('invalid_parameter_value', 'a source needs a connector', {
      hint: "WITH (connector = '…')",
    })
  const format: FormatSpec = syntax.format ?? { format: 'plain', encode: 'json', options: {} }
  const connector = connectorName === undefined ? undefined : findConnector(context, connectorName)
  const own =
    syntax.columns.length > 0 || connector === undefined ? syntax.columns : defaultColumns(connector, options)
  const declared = columnDefs(own, syntax.include, context)
  rejectDuplicates(declared.map(column => column.name))
  const key = syntax.primaryKey.map(name => position(declared, name))
  const { nullsInKeys } = sqlDialect(context.session.settings.get('sql_dialect'))
  const columns = isTable ? withRowId(declared, key) : declared
  requirePureKey(columns, key)
  const version = versionsOf(syntax, columns)
  if (!isTable && key.length > 0 && format.format === 'plain')
    throw notSupported('PRIMARY KEY of a source; use CREATE TABLE')
  if (connector !== undefined && context.explained !== true)
    await validateSource(connector, options, columns, syntax, format, key)
  const conflict = syntax.conflict ?? (syntax.appendOnly ? 'ignore' : 'overwrite')
  if (syntax.appendOnly && key.length > 0 && conflict !== 'ignore')
    throw new SqlError(
      'invalid_table_definition',
      'When PRIMARY KEY constraint applied to an APPEND ONLY table, the ON CONFLICT behavior must be DO NOTHING.',
    )
  const table = {
    name: syntax.name.name,
    columns,
    key,
    declaredKey: key.length > 0,
    ...(syntax.keyName !== undefined && { keyName: syntax.keyName }),
  }
  const asks = asksOfRows(columns, context.catalogs.current)
  const declares = asks || syntax.constraints.length > 0
  if (declares && (!isTable || connector !== undefined))
    throw notSupported('a constraint on rows that statements do not write')
  requireKeepable(
    asks ? [...syntax.constraints, { kind: 'check' }] : syntax.constraints,
    { conflict, key },
    version !== undefined,
  )
  const watermarks = syntax.watermarks.map(w => watermarkOf(w, columns, context))
  const constraintsOf = (id: number) => {
    const own = { ...table, id, schema: targetSchema(context, syntax.name), ...onCommit }
    const marked = watermarks.length > 0 ? { ...own, watermarks } : own
    return numbered(boundConstraints(syntax.constraints, marked, id + 1, context), id + 1)
  }
  const { appendOnly } = syntax
  const expires = { kind: isTable ? 'table' : 'source', options, watermarks, appendOnly } as const
  checkExpiry(expires, context)
  const expiry = expiryOf(expires)
  const limit = options['dml_rate_limit'] ?? context.session.settings.get('dml_rate_limit')
  const writeRate = isTable ? rateOf(limit, 'dml_rate_limit') : undefined
  const asked = options['source_rate_limit'] ?? context.session.settings.get('source_rate_limit')
  const readRate = connector === undefined ? undefined : rateOf(asked, 'source_rate_limit')
  return createRelation(context, syntax.name, syntax.ifNotExists, tag, id => ({
    kind: isTable ? 'table' : 'source',
    sql,
    columns: nullsInKeys ? columns : withoutNulls(columns, key),
    key,
    declaredKey: table.declaredKey,
    ...(table.keyName !== undefined && { keyName: table.keyName }),
    ...(syntax.constraints.length > 0 && withSome(constraintsOf(id))),
    appendOnly: syntax.appendOnly || (!isTable && format.format === 'plain'),
    options: readRate === undefined ? shown : { ...shown, source_rate_limit: String(readRate) },
    ...(writeRate !== undefined && { writeRate }),
    ...onCommit,
    ...secrets,
    ...(connector !== undefined && { format, include: syntax.include }),
    ...(key.length > 0 && { conflict }),
    ...(watermarks.length > 0 && { watermarks }),
    dependsOn: [],
    job: tableJob(id, columns, key, {
      isTable,
      appendOnly: syntax.appendOnly,
      conflict,
      version,
      read: connector !== undefined,
      watermarks,
      ...(expiry && { expiry }),
    }),
  }))
}

/** The columns as a key of PostgreSQL's makes them. */
export function withoutNulls(columns: readonly ColumnDef[], key: readonly number[]): readonly ColumnDef[] {
  return columns.map((column, i) => (key.includes(i) ? { ...column, notNull: true } : column))
}

/** Throws 42P16 for a key whose values are others each time they are computed. */
function requirePureKey(columns: readonly ColumnDef[], key: readonly number[]): void {
  const impure = key.find(i => {
    const { generated } = columns[i]!
    return generated !== undefined && (isVolatile(generated) || readsNow(generated))
  })
  if (impure === undefined) return
  const { name } = columns[impure]!
  const message = `Generated columns with impure expressions should not be part of the primary key. Here column "${name}" is defined as part of the primary key.`
  throw new SqlError('invalid_table_definition', message)
}

/** A UNIQUE constraint of what is the primary key is none. */
function withSome(constraints: readonly ConstraintDef[]): Pick<Relation, 'constraints'> {
  return constraints.length > 0 ? { constraints } : {}
}

/** What the end of a transaction does to the new table. Throws 42P16 unless it is temporary. */
function commitAction(
  { name, onCommit }: RelationSyntax,
  context: StatementContext,
): Pick<Relation, 'onCommit'> {
  if (onCommit === undefined) return {}
  if (!isTempSchema(targetSchema(context, name)))
    throw new SqlError('invalid_table_definition', 'ON COMMIT can only be used on temporary tables')
  return onCommit === 'preserve rows' ? {} : { onCommit }
}

interface Shape {
  readonly isTable: boolean
  readonly appendOnly: boolean
  readonly conflict: 'overwrite' | 'ignore' | 'update-if-not-null'
  readonly version: number | readonly number[] | undefined
  /** Rows come from a connector, so generated columns are computed here. */
  readonly read: boolean
  readonly watermarks?: NonNullable<Relation['watermarks']>
  readonly expiry?: Expiry
  /** Columns that sinks do not write which wrote into the table before they were added: the last ones. */
  readonly added?: readonly Expression[]
}

/** The dataflow of a table or source: what is read or written, by key when there is one. */
export function tableJob(
  relation: number,
  columns: readonly ColumnDef[],
  key: readonly number[],
  shape: Shape,
): Job {
  const schema: Schema = fieldsOf(columns)
  const rowId = shape.isTable ? columns.findIndex(isRowId) : -1
  const computed = shape.read && columns.some(column => column.generated ?? column.modifier)
  const read = computed ? schema.filter((_, i) => columns[i]!.generated === undefined && i !== rowId) : schema
  const nodes = [firstNode('source', relation, read)]
  const add = (spec: OperatorSpec, shard: GraphNode['shard']) => {
    nodes.push(nodeAfter(nodes, nodes.at(-1)!, spec, schema, shard))
  }
  if (computed) {
    const values = readExpressions(columns.filter((_, i) => i !== rowId))
    if (values.some(readsNow)) nodes.push(presentTime(nodes, read))
    const spec: OperatorSpec = { kind: 'project', columns: values.map(e => timedBy(e, read.length)) }
    const fields = schema.filter((_, i) => i !== rowId)
    nodes.push(nodeAfter(nodes, nodes.at(-1)!, spec, fields, 'any'))
  }
  const { added = [] } = shape
  if (added.length > 0) add({ kind: 'complete', from: columns.length - added.length, defaults: added }, 'any')
  if (rowId !== -1) add({ kind: 'row-id', column: rowId }, 'one')
  const { expiry, conflict } = shape
  for (const { column, expression, ttl } of shape.watermarks ?? []) {
    const late = key.length > 0 && conflict !== 'ignore' ? 'remove' : 'drop'
    add({ kind: 'watermark', column, expression, ...(ttl && { expires: late }) }, 'one')
  }
  if (!shape.isTable) return { relation, nodes }
  if (key.length > 0) {
    const version = shape.version === undefined ? {} : { version: shape.version }
    add({ kind: 'upsert', key, conflict, ...version, ...(expiry && { expiry }) }, [key])
  } else if (expiry !== undefined) add({ kind: 'expiring', expiry }, 'one')
  const appends = shape.appendOnly && key.length === 0
  const unique = key.length > 0 ? key : rowId !== -1 && (!appends || expiry !== undefined) ? [rowId] : []
  const { spec, shard } = materialized(relation, schema, unique, appends && expiry === undefined)
  add({ ...spec, ...(appends && expiry !== undefined && { appended: true }) }, shard)
  return { relation, nodes }
}

/** All columns over those that the connector yields. */
function readExpressions(columns: readonly ColumnDef[]): Expression[] {
  let index = 0
  return columns.map(({ generated, type, modifier }) => {
    if (generated !== undefined) return generated
    return limited(column(index++, type), modifier, false)
  })
}

/** A column with its default or, over the columns of `schema`, the expression that generates it. */
export function columnDef(column: ColumnSyntax, schema: Schema, context: StatementContext): ColumnDef {
  const { name, type, notNull, modifier, identity, comment } = column
  if (modifier?.startsWith('varchar('))
    requireNoLength(sqlDialect(context.session.settings.get('sql_dialect')), column.position)
  const own = {
    name,
    type,
    notNull,
    ...(modifier !== undefined && { modifier }),
    ...(identity !== undefined && { identity: identity.generated }),
    ...(comment !== undefined && { comment }),
  }
  const fragment = column.generated ?? column.default
  if (fragment === undefined) return own
  const over = column.generated === undefined ? [] : schema
  const bindingOf = bindContext(context, fragment, column.generated ? 'stream' : 'batch')
  const binding = column.generated ? { ...bindingOf, generated: true as const } : bindingOf
  const found = new Set<number>()
  const bound = bindColumnValue(fragment.node, over, own, binding, found)
  const uses = [...found, ...sequencesOf(bound)]
  const text = { expressionSql: fragment.text, ...(uses.length > 0 && { uses }) }
  return column.generated ? { ...own, ...text, generated: bound } : { ...own, ...text, default: bound }
}

function columnDefs(
  declared: readonly ColumnSyntax[],
  include: readonly { readonly what: string; readonly name: string }[],
  context: StatementContext,
): ColumnDef[] {
  const stored = declared.filter(column => column.generated === undefined)
  const schema = [...fieldsOf(stored), ...include.map(i => ({ name: i.name, type: includedType(i.what) }))]
  const defs = declared.map(column => columnDef(column, schema, context))
  return [...defs, ...include.map(i => ({ name: i.name, type: includedType(i.what), notNull: false }))]
}

function includedType(what: string): Type {
  const type = INCLUDED[what]
  if (type === undefined) throw notSupported(`INCLUDE ${what}`)
  return type
}

function defaultColumns(connector: Connector, options: Readonly<Record<string, string>>): ColumnSyntax[] {
  const schema = connector.defaultSchema?.(options)
  if (schema === undefined)
    throw new SqlError('invalid_table_definition', `connector "${connector.name}" needs columns`, {
      hint: 'CREATE SOURCE name (column type, …) WITH (…)',
    })
  return schema.map(({ name, type }) => ({ name, type, notNull: false, primaryKey: false, position: 0 }))
}

function findConnector(context: StatementContext, name: string): Connector {
  const found = context.connectors.get(name)
  if (found !== undefined) return found
  const known = [...context.connectors.keys()].join(', ')
  throw new SqlError('invalid_parameter_value', `unknown connector "${name}"`, {
    hint: `Known connectors: ${known}.`,
  })
}

const UNORDERED = new Set(['bool', 'json', 'jsonb', 'bytea', 'array', 'struct', 'map'])

/** Columns whose values tell which of two rows of a key is the newer one. */
function versionsOf(
  { versionColumns, conflict }: RelationSyntax,
  columns: readonly ColumnDef[],
): readonly number[] | undefined {
  if (versionColumns === undefined) return undefined
  const found = versionColumns.map(name => position(columns, name))
  if (conflict === 'ignore')
    throw new SqlError(
      'invalid_table_definition',
      'Only `ON CONFLICT DO UPDATE FULL` and `ON CONFLICT DO UPDATE IF NOT NULL` may have version columns.',
    )
  const wrong = found.find(i => UNORDERED.has(columns[i]!.type.name))
  if (wrong === undefined) return found
  const { name, type } = columns[wrong]!
  throw new SqlError('datatype_mismatch', `version column "${name}" is of type ${typeName(type)}`)
}

function position(columns: readonly ColumnDef[], name: string): number {
  const found = columns.findIndex(column => column.name === name)
  if (found === -1) throw new SqlError('undefined_column', `column "${name}" named in key does not exist`)
  return found
}
