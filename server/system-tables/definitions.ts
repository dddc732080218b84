import type { IndexKey, Relation } from '../../planner/catalog.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import type { ClassObject } from './objects.ts'

/** The statement that makes an index. */
export function indexDefinition({ name, index }: ClassObject): string {
  const { on, columns, include, primary, keys } = index!
  const list = (positions: readonly number[]) =>
    positions.map(i => quoteIdent(on.columns[i]!.name)).join(', ')
  const included = include.length === 0 ? '' : ` INCLUDE (${list(include)})`
  const words = keys === undefined ? list(columns) : keys.map(keyDefinition).join(', ')
  const table = `${quoteIdent(on.schema)}.${quoteIdent(on.name)}`
  return `CREATE ${primary ? 'UNIQUE ' : ''}INDEX ${quoteIdent(name)} ON ${table} USING btree (${words})${included}`
}

function keyDefinition({ sql, order, expression }: IndexKey): string {
  const { descending, nullsFirst } = order
  const nulls = nullsFirst === descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST'
  const text = expression.kind === 'column' ? sql : `(${sql})`
  return `${text}${descending ? ' DESC' : ''}${nulls}`
}

/** The clause of a declared primary key. */
export function primaryKeyDefinition(relation: Relation): string {
  return `PRIMARY KEY (${relation.key.map(i => quoteIdent(relation.columns[i]!.name)).join(', ')})`
}

/** A view's query as PostgreSQL prints it: a leading blank, a final semicolon. */
export function viewDefinition(relation: Relation): string {
  return ` ${(relation.query ?? '').trim().replace(/;$/, '')};`
}
