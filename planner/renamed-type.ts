import type { UserType } from '../types/type.ts'
import { userTypeName } from '../types/type-names.ts'
import { as, names } from './bind/ast.ts'
import { parsePostgres } from './parse/cursor.ts'
import { tokenize } from './parse/tokens.ts'

/** The text of a query in which a type has another name or schema. */
export function withRenamedType(query: string, from: UserType, to: UserType): string {
  const { stmts, position } = parsePostgres(query, offset => offset)
  const tokens = tokenize(query)
  const found: { readonly start: number; readonly end: number }[] = []
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    const typed = as(node, 'TypeName') ?? (node as { typeName?: Record<string, unknown> }).typeName
    const path = typed === undefined ? [] : names(typed['names'])
    const [name, schema] = path.toReversed()
    const location = typed?.['location']
    if (typeof location === 'number' && name === from.name && (schema ?? from.schema) === from.schema) {
      const start = position(location)
      const first = tokens.findIndex(token => token.start === start)
      const last = tokens[first + 2 * (path.length - 1)]
      if (first !== -1 && last !== undefined) found.push({ start: tokens[first]!.start, end: last.end })
    }
    Object.values(node).forEach(visit)
  }
  visit(stmts)
  return [...new Map(found.map(each => [each.start, each])).values()]
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end }) => text.slice(0, start) + userTypeName(to) + text.slice(end), query)
}

/** The same of an expression. */
export function withRenamedTypeIn(expression: string, from: UserType, to: UserType): string {
  return withRenamedType(`SELECT ${expression}`, from, to).slice('SELECT '.length)
}
