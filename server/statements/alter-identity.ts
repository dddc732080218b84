import type { Relation } from '../../planner/catalog.ts'
import type { AlterAction } from '../../planner/parse/index.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sequenceOf } from '../sequences.ts'
import { withColumn } from './alter-column.ts'
import type { Alteration } from './change-catalog.ts'
import { requireColumn, requirePlainTable } from './column-users.ts'
import type { StatementContext } from './contract.ts'
import { columnDef } from './create-table.ts'
import { changedSequence } from './sequence.ts'
import { withSerial } from './serial.ts'

type Action<Do extends AlterAction['do']> = Extract<AlterAction, { do: Do }>

/** ADD GENERATED … AS IDENTITY: rows to come are numbered. */
export function addIdentity(
  table: Relation,
  { column: name, identity }: Action<'add identity'>,
  context: StatementContext,
): Alteration {
  requirePlainTable(table, 'ADD GENERATED', context, true)
  const at = requireColumn(table, name)
  const column = table.columns[at]!
  const wrong = (what: string) =>
    new SqlError('object_not_in_prerequisite_state', `column "${name}" of relation "${table.name}" ${what}`)
  if (!column.notNull) throw wrong('must be declared NOT NULL before identity can be added')
  if (column.identity !== undefined) throw wrong('is already an identity column')
  if (column.default !== undefined || column.generated !== undefined)
    throw wrong('already has a default value')
  const syntax = { name, type: column.type, notNull: true, primaryKey: false, identity, position: 0 }
  const { current } = context.catalogs
  const made = withSerial(table, syntax, at, current, context)
  const numbered = columnDef(made.column, [], context)
  return { catalog: made.catalog.with(withColumn(table, at, { ...column, ...numbered })) }
}

export function setIdentity(
  table: Relation,
  { column: name, generated, options }: Action<'set identity'>,
  context: StatementContext,
): Alteration {
  const at = requireColumn(table, name)
  const column = table.columns[at]!
  if (column.identity === undefined) throw noIdentity(name, table)
  const { current } = context.catalogs
  const changed =
    Object.keys(options).length === 0
      ? current
      : current.with(changedSequence(ownSequence(table, at, context), options, context))
  if (generated === undefined) return { catalog: changed }
  return { catalog: changed.with(withColumn(table, at, { ...column, identity: generated })) }
}

/** The sequence goes, the column stays NOT NULL. */
export function dropIdentity(
  table: Relation,
  { column: name, ifExists }: Action<'drop identity'>,
  context: StatementContext,
): Alteration | undefined {
  const at = requireColumn(table, name)
  const { identity, default: _, expressionSql: __, uses: ___, ...column } = table.columns[at]!
  if (identity === undefined) {
    if (!ifExists) throw noIdentity(name, table)
    context.notice(`${noIdentity(name, table).message}, skipping`)
    return undefined
  }
  const { current } = context.catalogs
  return {
    catalog: current.with(withColumn(table, at, column)).without([ownSequence(table, at, context).id]),
  }
}

function noIdentity(name: string, table: Relation): SqlError {
  const message = `column "${name}" of relation "${table.name}" is not an identity column`
  return new SqlError('object_not_in_prerequisite_state', message)
}

function ownSequence(table: Relation, column: number, { catalogs }: StatementContext): Relation {
  const found = sequenceOf(table.id, column, catalogs.current)
  // It is the column's once the statement that adds both is done.
  if (found === undefined) throw notSupported('a change of an identity that the same ALTER TABLE adds')
  return found
}
