import { bindColumnValue } from '../../planner/bind/scalar.ts'
import type { Catalog, ColumnDef, Relation } from '../../planner/catalog.ts'
import type { ConstraintDef } from '../../planner/constraint-def.ts'
import { asksSession } from '../../planner/dml/columns.ts'
import { asksOfRows, conforming, defaultValue } from '../../planner/domain.ts'
import { everyColumn, literal, substitute } from '../../planner/expressions.ts'
import { parseExpression } from '../../planner/parse/cursor.ts'
import type { AlterAction } from '../../planner/parse/index.ts'
import { withRenamedColumn } from '../../planner/renamed-column.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sqlDialect } from '../../types/sql-dialect.ts'
import type { Schema } from '../../types/type.ts'
import { dropReferences } from '../foreign-keys/drop-references.ts'
import type { Step } from './alter-actions.ts'
import { changeComposite, isComposite } from './alter-composite.ts'
import { keepingConstraints } from './alter-constraint.ts'
import { bindContext } from './bind.ts'
import type { Alteration } from './change-catalog.ts'
import { requireColumn, requirePlainTable, requireUnused } from './column-users.ts'
import type { StatementContext } from './contract.ts'
import { rejectSystemName } from './create.ts'
import { columnDef } from './create-table.ts'
import { recolumned } from './rename.ts'
import { rewritten } from './rewritten-table.ts'
import { tableSql } from './statement-text.ts'

type Action<Do extends AlterAction['do']> = Extract<AlterAction, { do: Do }>

/** Rows that are there get the default, or what a generated column is worth. */
export function addColumn(
  table: Relation,
  { column, ifNotExists }: Action<'add column'>,
  context: StatementContext,
): Step | undefined {
  requirePlainTable(table, 'ADD COLUMN', context, true)
  rejectSystemName(column.name)
  if (table.columns.some(c => c.name === column.name)) {
    const message = `column "${column.name}" of relation "${table.name}" already exists`
    if (!ifNotExists) throw new SqlError('duplicate_column', message, { position: column.position })
    context.notice(`${message}, skipping`)
    return undefined
  }
  const what = column.primaryKey ? 'to alter primary keys' : column.generated && 'to add generated columns'
  if (what && sqlDialect(context.session.settings.get('sql_dialect')).addsPlainColumns)
    throw notSupported(what, { position: column.position })
  const stored: Schema = table.columns.filter(c => c.generated === undefined)
  const def = columnDef(column, [...stored, column], context)
  const old = everyColumn(table.columns)
  const { current } = context.catalogs
  const value = conforming(defaultValue(def, current) ?? literal(null, def.type), def.type, current)
  const plain = [...old.filter((_, i) => table.columns[i]!.generated === undefined), value]
  const added = def.generated === undefined ? value : substitute(def.generated, plain)
  const written = current.relations.some(r => r.into === table.id)
  if (written && asksOfRows([def], current))
    throw notSupported('a column of a domain in a table that a sink writes into')
  if (written && asksSession(value)) throw notSupported('such a default in a table that a sink writes into')
  const next = { ...table, columns: [...table.columns, def] }
  const made = rewritten(table, next, [...old, added], context, written)
  return def.notNull ? { ...made, requires: [{ kind: 'not null', column: table.columns.length }] } : made
}

/** The column stays where it is and is seen no more: positions of others do not change. */
export function dropColumn(
  table: Relation,
  { column: name, ifExists, cascade }: Action<'drop column'>,
  context: StatementContext,
): Alteration | undefined {
  requirePlainTable(table, 'DROP COLUMN', context)
  const at = table.columns.findIndex(c => c.name === name && c.dropped !== true)
  if (at === -1 && ifExists) {
    context.notice(`column "${name}" of relation "${table.name}" does not exist, skipping`)
    return undefined
  }
  requireColumn(table, name)
  if (table.key.includes(at))
    throw new SqlError(
      'invalid_table_definition',
      `column "${name}" is part of the primary key of "${table.name}"`,
    )
  const dropped: ColumnDef = {
    name: `........pg.dropped.${at + 1}........`,
    type: table.columns[at]!.type,
    notNull: false,
    hidden: true,
    dropped: true,
  }
  const columns = table.columns.map((c, i) => (i === at ? dropped : c))
  const { current } = context.catalogs
  const users = current
    .referencesTo(table.id)
    .filter(({ child, key }) => key.parentColumns.includes(at) && child.id !== table.id)
  const on = `column ${name} of table ${table.name}`
  const catalog = dropReferences(users, on, on, cascade, { ...context, catalog: current })
  // PostgreSQL drops the constraints that a dropped column is part of.
  const next = keepingConstraints(
    { ...table, columns },
    c => !c.columns.includes(at) && !refersToOwn(c, table, at),
  )
  requireUnused(next, table, at, context)
  return { catalog: withoutNumbers(table, at, catalog.with(next)) }
}

function refersToOwn(constraint: ConstraintDef, { id }: Relation, at: number): boolean {
  return (
    constraint.kind === 'foreign key' && constraint.parent === id && constraint.parentColumns.includes(at)
  )
}

/** The sequence of a column goes with it, unless something else draws from it. */
function withoutNumbers(table: Relation, column: number, catalog: Catalog): Catalog {
  const own = catalog.relations.filter(({ id, sequence }) => {
    const of = sequence?.ownedBy
    return of?.table === table.id && of.column === column && catalog.dependents(id).length === 0
  })
  return own.length === 0 ? catalog : catalog.without(own.map(({ id }) => id))
}

/** ALTER COLUMN … TYPE: every row is written again. USING reads the rows as they were before the statement. */
export function changeType(
  table: Relation,
  { column: name, type, modifier, using }: Action<'type'>,
  context: StatementContext,
  rows: Relation,
): Step {
  requirePlainTable(table, 'ALTER COLUMN TYPE', context)
  const at = requireColumn(table, name)
  if (table.key.includes(at)) throw notSupported('ALTER COLUMN TYPE of a primary key')
  if (table.columns[at]!.generated !== undefined)
    throw notSupported('ALTER COLUMN TYPE of a generated column')
  const { modifier: _, ...rest } = table.columns[at]!
  const target = defaultOfType({ ...rest, type, ...(modifier !== undefined && { modifier }) }, context)
  if (table.constraints?.some(c => c.columns.includes(at)))
    throw notSupported('ALTER COLUMN TYPE of a column that a constraint is on')
  if (using === undefined && isComposite(table.columns[at]!.type, type))
    return changeComposite(table, at, target, context)
  const fragment = using ?? {
    node: { ColumnRef: { fields: [{ String: { sval: name } }] } },
    text: name,
    position: () => undefined,
  }
  const bound = bindColumnValue(fragment.node, rows.columns, target, bindContext(context, fragment, 'batch'))
  const value = conforming(bound, target.type, context.catalogs.current)
  const columns = table.columns.map((c, i) => (i === at ? target : c))
  requireUnused({ ...table, columns }, table, at, context, 'alter type of')
  const values = everyColumn(table.columns).with(at, value)
  const made = rewritten(table, { ...table, columns }, values, context)
  return target.notNull ? { ...made, requires: [{ kind: 'not null', column: at }] } : made
}

/** The column with its default as one of its type. */
function defaultOfType(column: ColumnDef, context: StatementContext): ColumnDef {
  if (column.default === undefined) return column
  const text = column.expressionSql!
  const fragment = parseExpression(text, 0, text.length)
  return {
    ...column,
    default: bindColumnValue(fragment.node, [], column, bindContext(context, fragment, 'batch')),
  }
}

export function renameColumn(
  relation: Relation,
  from: string,
  to: string,
  context: StatementContext,
): Catalog {
  if (relation.options['connector'] !== undefined || relation.kind === 'source' || relation.kind === 'sink')
    throw notSupported('renaming a column that a connector reads or writes')
  rejectSystemName(to)
  const at = requireColumn(relation, from)
  if (relation.columns.some(column => column.name === to))
    throw new SqlError('duplicate_column', `column "${to}" of relation "${relation.name}" already exists`)
  const spoken = (each: ConstraintDef): ConstraintDef =>
    each.kind === 'check' && each.columns.includes(at)
      ? { ...each, sql: withRenamedColumn(each.sql, from, to) }
      : each
  const next = {
    ...relation,
    columns: relation.columns.map((c, i) => renamedIn(i === at ? { ...c, name: to } : c, from, to)),
    ...(relation.constraints && { constraints: relation.constraints.map(spoken) }),
  }
  let changed = recolumned(relation, next, context)
  for (const index of context.catalogs.current.relations) {
    if (index.index?.on !== relation.id) continue
    const { columns, include, keys } = index.index
    const held = [...columns, ...include]
    changed = changed.with({
      ...index,
      columns: index.columns.map((c, i) => (held[i] === at ? { ...c, name: to } : c)),
      index: { ...index.index, keys: keys.map((key, i) => (columns[i] === at ? { ...key, sql: to } : key)) },
    })
  }
  return changed
}

/** The column with what generates it in the new words. */
function renamedIn(column: ColumnDef, from: string, to: string): ColumnDef {
  if (column.generated === undefined) return column
  return { ...column, expressionSql: withRenamedColumn(column.expressionSql!, from, to) }
}

export function changeDefault(
  table: Relation,
  { column: name, value }: Action<'default'>,
  context: StatementContext,
): Alteration {
  const at = requireColumn(table, name)
  const { default: _, expressionSql: __, uses: ___, ...column } = table.columns[at]!
  if (column.identity !== undefined) {
    const hint = { hint: 'Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.' }
    const message = `column "${name}" of relation "${table.name}" is an identity column`
    throw new SqlError('syntax_error', message, value === undefined ? hint : {})
  }
  if (column.generated !== undefined)
    throw new SqlError('syntax_error', `column "${name}" of relation "${table.name}" is a generated column`)
  const next: ColumnDef =
    value === undefined
      ? column
      : {
          ...column,
          default: bindColumnValue(value.node, [], column, bindContext(context, value, 'batch')),
          expressionSql: value.text,
        }
  return { catalog: context.catalogs.current.with(withColumn(table, at, next)) }
}

export function changeNotNull(
  table: Relation,
  { column: name, on }: Action<'not null'>,
  context: StatementContext,
): Step {
  const at = requireColumn(table, name)
  if (!on && table.columns[at]!.identity !== undefined)
    throw new SqlError('syntax_error', `column "${name}" of relation "${table.name}" is an identity column`)
  if (!on && table.key.includes(at))
    throw new SqlError('invalid_table_definition', `column "${name}" is in a primary key`)
  const column = { ...table.columns[at]!, notNull: on }
  const catalog = context.catalogs.current.with(withColumn(table, at, column))
  return on ? { catalog, requires: [{ kind: 'not null', column: at }] } : { catalog }
}

/** The table with a column changed; its statement too, unless it says more than columns. */
export function withColumn(table: Relation, at: number, column: ColumnDef): Relation {
  const next = { ...table, columns: table.columns.with(at, column) }
  return next.kind === 'table' && !next.options['connector'] ? { ...next, sql: tableSql(next) } : next
}
