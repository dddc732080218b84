import { as, type Body, body, list, names, open, str } from './bind/ast.ts'
import type { Catalog, Relation } from './catalog.ts'
import type { PgNode } from './contract.ts'

/** The one item of a view's FROM: a relation, with the names that the view's query has for its columns. */
export interface ViewItem {
  /** The mention of the relation, without an alias. */
  readonly range: Body
  readonly base: Relation
  readonly called: string
  /** Places in the base. */
  readonly columns: readonly { readonly name: string; readonly at: number }[]
}

type ViewQuery = Pick<Relation, 'dependsOn' | 'schema'>

/** undefined: the item is not one relation. */
export function viewItem(view: ViewQuery, node: PgNode | undefined, catalog: Catalog): ViewItem | undefined {
  const inner = renamedRelation(node)
  if (inner !== undefined) {
    const below = viewItem(view, inner.item, catalog)
    const columns = inner.columns.map(({ name, of }) => ({
      name,
      at: below?.columns.find(c => c.name === of)?.at ?? -1,
    }))
    if (below === undefined || columns.some(({ at }) => at === -1)) return undefined
    return { ...below, called: inner.called, columns }
  }
  const written = as(node, 'RangeVar')
  const base = written && baseOf(view, written, catalog)
  if (written === undefined || (base?.kind !== 'table' && base?.kind !== 'view')) return undefined
  const { alias, ...range } = written
  const renamed = names(body(alias)['colnames'])
  return {
    range,
    base,
    called: str(body(alias)['aliasname'] ?? base.name),
    columns: base.columns.map(({ name }, at) => ({ name: renamed[at] ?? name, at })),
  }
}

/** `(SELECT "a", "new" AS "b" FROM "s"."t") AS t`: so ALTER TABLE writes a relation whose columns views know by other names. */
function renamedRelation(node: PgNode | undefined) {
  const fields = as(node, 'RangeSubselect')
  const { targetList, fromClause, ...others } = as(fields?.['subquery'], 'SelectStmt') ?? {}
  const [item, ...more] = list(fromClause)
  const clauses = Object.keys(others).filter(name => name !== 'limitOption' && name !== 'op')
  const written = as(item, 'RangeVar')
  if (
    item === undefined ||
    more.length + clauses.length > 0 ||
    (others['op'] ?? 'SETOP_NONE') !== 'SETOP_NONE'
  )
    return undefined
  if (written !== undefined && (written['schemaname'] ?? written['alias']) === undefined) return undefined
  const columns: { readonly name: string; readonly of: string }[] = []
  for (const node of list(targetList)) {
    const target = as(node, 'ResTarget')
    const [kind, value] = open(target?.['val'])
    const [of, ...rest] = names(value['fields'])
    if (kind !== 'ColumnRef' || !of || rest.length > 0) return undefined
    columns.push({ name: str(target!['name'] ?? of), of })
  }
  return { item, columns, called: str(body(fields!['alias'])['aliasname']) }
}

/** What the item of FROM names, among the relations that the view reads. */
function baseOf(view: ViewQuery, range: Body, catalog: Catalog): Relation | undefined {
  const found = view.dependsOn.flatMap(id => catalog.byId(id) ?? [])
  const named = found.filter(({ name }) => name === range['relname'])
  const schema = range['schemaname']
  if (typeof schema === 'string' && schema !== 'pg_temp') return named.find(r => r.schema === schema)
  return named.find(r => r.schema === view.schema) ?? named[0]
}
