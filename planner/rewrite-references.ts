import { quote, quoteIdent } from '../types/sql-text.ts'
import { as, open, pathOf } from './bind/ast.ts'
import type { Relation } from './catalog.ts'
import { parsePostgres } from './parse/cursor.ts'
import { tokenize } from './parse/tokens.ts'

/**
 * The text of a query with every mention of the relation in FROM replaced. `text` makes what stands for it; where the mention
 * has no alias, the name it had becomes one, so that the query's other references still mean it.
 */
export function rewriteReferences(query: string, relation: Relation, text: string): string {
  const { stmts, position } = parsePostgres(query, offset => offset)
  const mentions: { readonly location: number; readonly parts: number; readonly aliased: boolean }[] = []
  const ctes = new Set<unknown>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      node.forEach(visit)
      return
    }
    const [kind, fields] = open(node)
    if (kind === 'CommonTableExpr') ctes.add(fields['ctename'])
    const range = as(node, 'RangeVar')
    if (range !== undefined && means(range, relation)) {
      const parts = pathOf(range)
      mentions.push({
        location: range['location'] as number,
        parts: parts.length,
        aliased: range['alias'] !== undefined,
      })
    }
    Object.values(node).forEach(visit)
  }
  visit(stmts)
  if (ctes.has(relation.name)) return query
  const tokens = tokenize(query)
  let result = query
  const alias = ` AS ${quoteIdent(relation.name)}`
  for (const { location, parts, aliased } of mentions.toSorted((a, b) => b.location - a.location)) {
    const start = position(location)!
    const first = tokens.findIndex(token => token.start === start)
    const { end } = tokens[first + 2 * (parts - 1)]!
    const whole = tokens[first - 2]?.text.toLowerCase() === 'changelog'
    result = result.slice(0, start) + text + (aliased || whole ? '' : alias) + result.slice(end)
  }
  return result
}

function means(range: Readonly<Record<string, unknown>>, { name, schema }: Relation): boolean {
  return range['relname'] === name && (range['schemaname'] ?? schema) === schema
}

/** How a query of the schema names the relation: without its schema, unless a WITH of the query hides it. */
export function named(relation: Pick<Relation, 'schema' | 'name'>, schema: string, query: string): string {
  const hidden = tokenize(query).some(({ value }, i, tokens) => {
    const [before, after] = [tokens[i - 1]?.value ?? '', tokens[i + 1]?.value ?? '']
    const defined =
      after === '(' || (after === 'as' && ['(', 'materialized', 'not'].includes(tokens[i + 2]?.value ?? ''))
    return value === relation.name && ['with', 'recursive', ','].includes(before) && defined
  })
  return relation.schema === schema && !hidden ? quoteIdent(relation.name) : qualified(relation)
}

/** `schema.name`, quoted. */
export function qualified({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return `${quote(schema)}.${quote(name)}`
}

/** A subquery of the relation's columns under the names they had. */
export function withColumnsAs(
  relation: Relation,
  names: readonly (readonly [now: string, then: string])[],
): string {
  const columns = names.map(([now, then]) => (now === then ? quote(now) : `${quote(now)} AS ${quote(then)}`))
  return `(SELECT ${columns.join(', ')} FROM ${qualified(relation)})`
}
