import type { IndexKey, Relation } from '../../planner/catalog.ts'
import type { ClassObject } from './objects.ts'

/** An identifier as it must be written in SQL. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create ' +
    'current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else ' +
    'end except false fetch for foreign from grant group having in initially intersect into lateral leading limit ' +
    'localtime localtimestamp not null offset on only or order placing primary references returning select ' +
    'session_user some symmetric table then to trailing true union unique user using variadic when where window with ' +
    'authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left ' +
    'like natural notnull outer overlaps right similar tablesample verbose between bigint bit boolean char character ' +
    'coalesce dec decimal exists extract float greatest grouping inout int integer interval least national nchar none ' +
    'normalize nullif numeric out overlay position precision real row setof smallint substring time timestamp treat ' +
    'trim values varchar xmlattributes'
  ).split(' '),
)

/** The statement that makes an index. */
export function indexDefinition({ name, index }: ClassObject): string {
  const { on, columns, include, primary, keys } = index!
  const list = (positions: readonly number[]) => positions.map(i => quoted(on.columns[i]!.name)).join(', ')
  const included = include.length === 0 ? '' : ` INCLUDE (${list(include)})`
  const words = keys === undefined ? list(columns) : keys.map(keyDefinition).join(', ')
  const table = `${quoted(on.schema)}.${quoted(on.name)}`
  return `CREATE ${primary ? 'UNIQUE ' : ''}INDEX ${quoted(name)} ON ${table} USING btree (${words})${included}`
}

function keyDefinition({ sql, order, expression }: IndexKey): string {
  const { descending, nullsFirst } = order
  const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
  const text = expression.kind === 'column' ? sql : `(${sql})`
  return `${text}${descending ? ' DESC' : ''}${nulls}`
}

/** The clause of a declared primary key. */
export function primaryKeyDefinition(relation: Relation): string {
  return `PRIMARY KEY (${relation.key.map(i => quoted(relation.columns[i]!.name)).join(', ')})`
}

/** A view's query as PostgreSQL prints it: a leading blank, a final semicolon. */
export function viewDefinition(relation: Relation): string {
  return ` ${(relation.query ?? '').trim().replace(/;$/, '')};`
}
