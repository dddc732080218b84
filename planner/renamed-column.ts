import { plainName } from '../types/sql-text.ts'
import { as, list, names } from './bind/ast.ts'
import { parseExpression } from './parse/cursor.ts'
import { tokenize } from './parse/tokens.ts'

/** The text of an expression over a table's columns in which one of them has another name. */
export function withRenamedColumn(sql: string, from: string, to: string): string {
  const { node, position } = parseExpression(sql, 0, sql.length)
  const tokens = tokenize(sql)
  const found: (typeof tokens)[number][] = []
  const visit = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return
    const reference = as(each, 'ColumnRef')
    const path = reference === undefined ? [] : names(reference['fields'])
    if (reference !== undefined && path.at(-1) === from) {
      const start = position(reference['location'] as number | undefined)
      const first = tokens.findIndex(token => token.start === start)
      const token = tokens[first + 2 * (list(reference['fields']).length - 1)]
      if (first !== -1 && token !== undefined) found.push(token)
    }
    Object.values(each).forEach(visit)
  }
  visit(node)
  return found
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end }) => text.slice(0, start) + plainName(to) + text.slice(end), sql)
}
