import type { Catalog, ColumnDef, Relation } from '../../planner/catalog.ts'
import { type ConstraintDef, declaredIn, foreignKeysOf } from '../../planner/constraint-def.ts'
import { type Token, tokenize } from '../../planner/parse/tokens.ts'
import { plainName } from '../../types/sql-text.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import { castName, typeName } from '../../types/type-names.ts'
import { foreignKeyText } from '../foreign-keys/text.ts'

/** A CREATE statement with another name in it. */
export function sqlWithName(sql: string, name: string): string {
  const tokens = tokenize(sql)
  let at = namePosition(tokens)
  if (tokens[at + 1]?.value === '.') at += 2
  const token = tokens[at]
  if (token === undefined) return sql
  return sql.slice(0, token.start) + plainName(name) + sql.slice(token.end)
}

/** A CREATE INDEX … ON x, or a CREATE … FROM x, with another text for x. */
export function sqlReading(sql: string, text: string): string {
  const tokens = tokenize(sql)
  const name = namePosition(tokens)
  const before = tokens.findIndex((t, i) => i > name && t.kind === 'word' && ['on', 'from'].includes(t.value))
  return before === -1 ? sql : withNameAt(sql, tokens, before + 1, text)
}

/** Another name, perhaps of a schema, where one begins. */
function withNameAt(sql: string, tokens: readonly Token[], at: number, text: string): string {
  const first = tokens[at]
  if (first === undefined) return sql
  const last = tokens[at + 1]?.value === '.' ? (tokens[at + 2] ?? first) : first
  return sql.slice(0, first.start) + text + sql.slice(last.end)
}

/** A CREATE SINK … INTO statement with another name of the table. */
export function sqlInto(sql: string, text: string): string {
  const tokens = tokenize(sql)
  const name = namePosition(tokens)
  const before = tokens.findIndex((t, i) => i > name && t.kind === 'word' && t.value === 'into')
  return before === -1 ? sql : withNameAt(sql, tokens, before + 1, text)
}

/** Where the name stands in a CREATE statement: a name may be a word such as source. */
function namePosition(tokens: readonly Token[]): number {
  let at = 1
  const accept = (...words: readonly string[]): void => {
    if (words.every((word, i) => tokens[at + i]?.kind === 'word' && tokens[at + i]!.value === word))
      at += words.length
  }
  accept('or', 'replace')
  accept('materialized')
  at++
  accept('concurrently')
  accept('if', 'not', 'exists')
  return at
}

/** A CREATE statement whose watermark is another. */
export function sqlWithWatermark(sql: string, watermark: string): string {
  const tokens = tokenize(sql)
  const at = tokens.findIndex((token, i) => token.value === 'watermark' && tokens[i + 1]?.value === 'for')
  let end = at
  for (let depth = 0; end < tokens.length; end++) {
    const { kind, value } = tokens[end]!
    if (kind !== 'symbol') continue
    if (depth === 0 && (value === ',' || value === ')')) break
    if (value === '(') depth++
    else if (value === ')') depth--
  }
  if (at === -1 || end === tokens.length) return sql
  return sql.slice(0, tokens[at]!.start) + watermark + sql.slice(tokens[end - 1]!.end)
}

/** A relation's statement. Foreign keys are told by what the tables they refer to are called now. */
export function definitionOf(relation: Relation, catalog: Catalog): string {
  return foreignKeysOf(relation).length === 0 ? relation.sql : tableSql(relation, catalog)
}

/** The statement that would make a table as its columns are now; without a catalog it has no foreign keys. */
export function tableSql(
  table: Pick<
    Relation,
    'name' | 'columns' | 'key' | 'declaredKey' | 'keyName' | 'constraints' | 'appendOnly' | 'watermarks'
  >,
  catalog?: Catalog,
): string {
  const columns = table.columns
    .filter(column => column.hidden !== true)
    .map(column => columnSql(column, table))
  const key = table.key.map(i => plainName(table.columns[i]!.name)).join(', ')
  const marks = (table.watermarks ?? []).map(
    ({ column, sql, ttl }) =>
      `WATERMARK FOR ${plainName(table.columns[column]!.name)} AS ${sql}${ttl ? ' WITH TTL' : ''}`,
  )
  const label = table.keyName === undefined ? '' : `CONSTRAINT ${plainName(table.keyName)} `
  const constraints = declaredIn(table).flatMap(constraint => {
    const text = constraintText(constraint, table, catalog)
    return text === undefined ? [] : [`CONSTRAINT ${plainName(constraint.name)} ${text}`]
  })
  const keys = table.declaredKey ? [`${label}PRIMARY KEY (${key})`] : []
  const items = [...columns, ...keys, ...constraints, ...marks]
  return `CREATE TABLE ${plainName(table.name)} (${items.join(', ')})${table.appendOnly ? ' APPEND ONLY' : ''}`
}

/** A constraint as CREATE TABLE has it, without its name. */
function constraintText(
  constraint: ConstraintDef,
  { columns }: Pick<Relation, 'columns'>,
  catalog: Catalog | undefined,
): string | undefined {
  if (constraint.kind === 'check') return `CHECK (${constraint.sql})`
  if (constraint.kind === 'foreign key') {
    const parent = catalog?.byId(constraint.parent)
    return parent && foreignKeyText(constraint, columns, parent, plainName)
  }
  const names = constraint.columns.map(c => plainName(columns[c]!.name)).join(', ')
  return `UNIQUE ${constraint.nullsNotDistinct ? 'NULLS NOT DISTINCT ' : ''}(${names})`
}

function columnSql(column: ColumnDef, table: Pick<Relation, 'columns' | 'key'>): string {
  const { name, type, modifier, notNull, generated, expressionSql, identity } = column
  const keyed = table.key.some(i => table.columns[i] === column)
  const text =
    expressionSql === undefined || identity !== undefined
      ? identityText(identity)
      : generated === undefined
        ? ` DEFAULT ${expressionSql}`
        : ` AS ${expressionSql}`
  const named = type.name === 'timestamptz' || (type.user ?? type.element?.user) !== undefined
  const limited = modifier !== undefined && !named && !/^(name|letter)/.test(modifier)
  const typed = limited
    ? `${modifier}${type.element === undefined ? '' : '[]'}`.toUpperCase()
    : typeText(type)
  return `${plainName(name)} ${typed}${notNull && !keyed ? ' NOT NULL' : ''}${text}`
}

function identityText(identity: ColumnDef['identity']): string {
  return identity === undefined ? '' : ` GENERATED ${identity.toUpperCase()} AS IDENTITY`
}

/** A type in the words of RisingWave's definitions. */
function typeText(type: Type): string {
  if (type.user !== undefined) return typeName(type)
  if (type.name === 'array') return `${typeText(type.element!)}[]`
  if (type.name === 'struct')
    return `STRUCT<${(type.fields ?? []).map(f => `${plainName(f.name)} ${typeText(f.type)}`).join(', ')}>`
  if (type.name === 'map') return `MAP(${keyAndValue(type).map(typeText).join(',')})`
  const name = typeName(type)
  if (type.name === 'int256' || name.startsWith('"')) return name
  if (type.name === 'bit') return castName(type)
  if (name === 'integer') return 'INT'
  return name.replace(' without time zone', '').replace('double precision', 'double').toUpperCase()
}
