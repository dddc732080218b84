import type { IndexKey, Relation } from '../../planner/catalog.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { isBracketed } from './expression-text.ts'
import type { ClassObject } from './objects.ts'

/** The statement that makes an index. */
export function indexDefinition({ name, index }: ClassObject, pretty = false): string {
  const { on, columns, include, unique, keys } = index!
  const list = (positions: readonly number[]) =>
    positions.map(i => quoteIdent(on.columns[i]!.name)).join(', ')
  const included = include.length === 0 ? '' : ` INCLUDE (${list(include)})`
  const words =
    keys === undefined ? list(columns) : keys.map(key => keyText(key, pretty) + orderText(key)).join(', ')
  const table = `${quoteIdent(on.schema)}.${quoteIdent(on.name)}`
  return `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoteIdent(name)} ON ${table} USING btree (${words})${included}`
}

/** A column of an index, counted from 1: the name or the expression; empty: there is none. */
export function indexColumn({ columns, index }: ClassObject, at: number, pretty: boolean): string {
  const key = index!.keys?.[at - 1]
  if (key !== undefined) return keyText(key, pretty)
  const name = columns[at - 1]?.name
  return name === undefined ? '' : quoteIdent(name)
}

/** A call of a function stands alone, another expression in brackets, and in those of its own unless it is `pretty`. */
function keyText({ sql, expression }: IndexKey, pretty: boolean): string {
  if (expression.kind === 'column') return sql
  const bare = isBracketed(sql) ? sql.slice(1, -1).trim() : sql
  const call = /^[\w.]+\s*(?=\()/.exec(bare)
  if (call !== null && isBracketed(bare.slice(call[0].length))) return bare
  return pretty ? `(${bare})` : `((${bare}))`
}

function orderText({ order: { descending, nullsFirst } }: IndexKey): string {
  const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
  return `${descending ? ' DESC' : ''}${nulls}`
}

/** A view's query as PostgreSQL prints it: a leading blank, a final semicolon. */
export function viewDefinition(relation: Relation): string {
  return ` ${(relation.query ?? '').trim().replace(/;$/, '')};`
}
