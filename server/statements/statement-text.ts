import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import { tokenize } from '../../planner/parse/tokens.ts'
import { quote } from '../../planner/rewrite-references.ts'
import { typeName } from '../../types/type-names.ts'

const BEFORE_NAME = new Set(
  'create or replace table source view materialized sink subscription index concurrently if not exists'.split(
    ' ',
  ),
)

/** A CREATE statement with another name in it. */
export function sqlWithName(sql: string, name: string): string {
  const tokens = tokenize(sql)
  let at = tokens.findIndex(token => token.kind === 'quoted' || !BEFORE_NAME.has(token.value))
  if (tokens[at + 1]?.value === '.') at += 2
  const token = tokens[at]
  if (token === undefined) return sql
  const text = /^[a-z_][a-z0-9_]*$/.test(name) ? name : quote(name)
  return sql.slice(0, token.start) + text + sql.slice(token.end)
}

/** The statement that would make a table as its columns are now. */
export function tableSql(table: Relation): string {
  const columns = table.columns
    .filter(column => column.dropped !== true)
    .map(column => columnSql(column, table))
  const key = table.key.map(i => plain(table.columns[i]!.name)).join(', ')
  const items = table.declaredKey ? [...columns, `PRIMARY KEY (${key})`] : columns
  return `CREATE TABLE ${plain(table.name)} (${items.join(', ')})${table.appendOnly ? ' APPEND ONLY' : ''}`
}

function columnSql(column: ColumnDef, table: Relation): string {
  const { name, type, modifier, notNull, generated, expressionSql } = column
  const keyed = table.key.some(i => table.columns[i] === column)
  const text =
    expressionSql === undefined
      ? ''
      : generated === undefined
        ? ` DEFAULT ${expressionSql}`
        : ` AS ${expressionSql}`
  const limited = modifier !== undefined && type.name !== 'timestamptz'
  const typed = (limited ? `${modifier}${type.element === undefined ? '' : '[]'}` : typeName(type))
    .toUpperCase()
    .replace(/^INTEGER/, 'INT')
  return `${plain(name)} ${typed}${notNull && !keyed ? ' NOT NULL' : ''}${text}`
}

function plain(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quote(name)
}
