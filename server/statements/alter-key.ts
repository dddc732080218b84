import type { Relation } from '../../planner/catalog.ts'
import { keyNameOf, requireFreeName } from '../../planner/constraint-def.ts'
import { everyColumn, literal } from '../../planner/expressions.ts'
import { manyKeys } from '../../planner/parse/create.ts'
import type { AlterAction } from '../../planner/parse/index.ts'
import { refuseVariantsInKey } from '../../planner/variant-keys.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sqlDialect } from '../../types/sql-dialect.ts'
import type { Step } from './alter-actions.ts'
import { requirePlainTable } from './column-users.ts'
import { constraintNames } from './constraints.ts'
import type { StatementContext } from './contract.ts'
import { withoutNulls } from './create-table.ts'
import { rewritten } from './rewritten-table.ts'
import { withRowId } from './row-id-column.ts'

type Action<Do extends AlterAction['do']> = Extract<AlterAction, { do: Do }>

/**
 * ADD PRIMARY KEY: the rows are written anew by their key, and a row whose key is there takes its place from now on. Rows keep
 * their numbers, by which jobs that read the table know them.
 */
export function addPrimaryKey(
  table: Relation,
  { name, columns: names, position }: Action<'add primary key'>,
  context: StatementContext,
): Step {
  requirePlainTable(table, 'ADD PRIMARY KEY', context)
  if (table.declaredKey) throw manyKeys(table.name)
  if (table.appendOnly) throw notSupported('ADD PRIMARY KEY of an APPEND ONLY table', { position })
  const key = names.map(column => {
    const at = table.columns.findIndex(c => c.name === column && c.hidden !== true)
    if (at !== -1) return at
    throw new SqlError('undefined_column', `column "${column}" of relation "${table.name}" does not exist`)
  })
  const twice = names.find((column, i) => names.indexOf(column) !== i)
  if (twice !== undefined)
    throw new SqlError('duplicate_column', `column "${twice}" appears twice in primary key constraint`, {
      position,
    })
  const { nullsInKeys } = sqlDialect(context.session.settings.get('sql_dialect'))
  const columns = nullsInKeys ? table.columns : withoutNulls(table.columns, key)
  refuseVariantsInKey(key, columns)
  if (name !== undefined) requireFreeName(name, table.name, constraintNames(table))
  const named = name === undefined ? {} : { keyName: name }
  const next: Relation = { ...table, ...named, columns, key, declaredKey: true, conflict: 'overwrite' }
  return {
    ...rewritten(table, next, everyColumn(columns), context),
    requires: [
      { kind: 'unique', name: keyNameOf(next), columns: key, ...(nullsInKeys && { nullsNotDistinct: true }) },
      ...(nullsInKeys ? [] : key.map(column => ({ kind: 'not null' as const, column }))),
    ],
  }
}

/** DROP CONSTRAINT of a primary key: rows are numbered again. Throws 2BP01 for a table whose readers know its rows by the key. */
export function dropPrimaryKey(table: Relation, context: StatementContext): Step {
  requirePlainTable(table, 'DROP CONSTRAINT', context)
  const name = keyNameOf(table)
  const { current } = context.catalogs
  const reader = current.relations.find(r => r.job !== undefined && r.dependsOn.includes(table.id))
  if (reader !== undefined)
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot drop constraint ${name} on table ${table.name} because other objects depend on it`,
      { detail: `${reader.kind} ${reader.name} depends on constraint ${name} on table ${table.name}` },
    )
  const { keyName: _, conflict: __, ...rest } = table
  const columns = withRowId(table.columns, [])
  const next: Relation = { ...rest, columns, key: [], declaredKey: false }
  const added = columns.slice(table.columns.length).map(({ type }) => literal(null, type))
  return rewritten(table, next, [...everyColumn(table.columns), ...added], context)
}
