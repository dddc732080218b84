import { plainName } from '../../types/sql-text.ts'
import type { PgNode } from '../contract.ts'
import { type Cursor, parseFragment } from './cursor.ts'
import { type RangeVar, rangeName } from './range-name.ts'
import type { Statement } from './statement.ts'

interface ViewStmt {
  readonly view: RangeVar
  readonly aliases: readonly { readonly String: { readonly sval: string } }[]
  readonly query: PgNode
}

/** CREATE RECURSIVE VIEW v (n) AS q is CREATE VIEW v (n) AS WITH RECURSIVE v (n) AS (q) SELECT n FROM v, as PostgreSQL's grammar has it. */
export function recursiveView(c: Cursor, replace: boolean): Statement {
  const whole = parseFragment(c.sql, c.tokens[0]!.start, c.end)
  const { view, aliases, query } = whole.node['ViewStmt'] as unknown as ViewStmt
  c.expect('recursive', 'view')
  c.name()
  c.skipTo(({ value, kind }) => kind === 'word' && value === 'as')
  c.expect('as')
  const body = c.sql.slice(c.token!.start, c.end)
  const columns = aliases.map(({ String: { sval } }) => sval)
  const list = columns.map(plainName).join(', ')
  const own = plainName(view.relname)
  const text = `WITH RECURSIVE ${own} (${list}) AS (${body}) SELECT ${list} FROM ${own}`
  const place = view.schemaname === undefined ? '' : `${plainName(view.schemaname)}.`
  return {
    kind: 'create view',
    name: rangeName(view, whole),
    ifNotExists: false,
    replace,
    materialized: false,
    options: {},
    columns,
    query: { ...whole, node: query, text },
    onWindowClose: false,
    written: `CREATE VIEW ${place}${own} (${list}) AS ${text}`,
  }
}
