import type { Catalog, Relation } from '../../planner/catalog.ts'
import { named, rewriteReferences, withColumnsAs } from '../../planner/rewrite-references.ts'
import { SqlError } from '../../types/error.ts'
import type { StatementContext } from './contract.ts'
import { sqlInto, sqlReading, sqlWithName, tableSql } from './statement-text.ts'
import { viewHolds } from './view-holds.ts'

/** The catalog in which the relation has another name or schema; views go on meaning it. */
export function renamed(
  catalog: Catalog,
  relation: Relation,
  to: { name?: string; schema?: string },
): Catalog {
  const sql = to.name === undefined ? relation.sql : sqlWithName(relation.sql, to.name)
  const next = { ...relation, ...to, sql }
  const taken = catalog.byName(next.database, next.schema, next.name)
  if (taken !== undefined && taken.id !== relation.id)
    throw new SqlError('duplicate_table', `relation "${next.name}" already exists`)
  let changed = withIndexNamed(next, catalog.with(next))
  for (const reader of readers(catalog, relation.id)) changed = changed.with(reading(reader, relation, next))
  for (const sink of catalog.relations.filter(r => r.into === relation.id)) {
    const now = changed.byId(sink.id)!
    changed = changed.with({ ...now, sql: sqlInto(now.sql, named(next, sink.schema, '')) })
  }
  if (to.schema === undefined) return changed
  // Names in a view's own query are looked up in its schema first.
  for (const id of relation.kind === 'view' ? relation.dependsOn : []) {
    const read = catalog.byId(id)
    if (read !== undefined) changed = changed.with(reading(changed.byId(relation.id)!, read, read))
  }
  for (const index of catalog.relations.filter(r => r.index?.on === relation.id))
    changed = renamed(changed, index, { schema: to.schema })
  return changed
}

/** The catalog in which the relation's columns are `next.columns`; views see those that there were, by their names. */
export function recolumned(relation: Relation, next: Relation, context: StatementContext): Catalog {
  const { current } = context.catalogs
  let changed = current.with(next.kind === 'table' ? { ...next, sql: tableSql(next) } : next)
  const names = relation.columns.flatMap((column, i) =>
    column.hidden === true ? [] : [[next.columns[i]!.name, column.name] as const],
  )
  for (const reader of readers(current, relation.id))
    if (reader.kind === 'view' && !viewHolds(reader, changed, context))
      changed = changed.with(reading(reader, relation, withColumnsAs(next, names)))
  return changed
}

/** What a unique index keeps for its table is told by its name. */
function withIndexNamed({ id, name, index }: Relation, catalog: Catalog): Catalog {
  const on = index === undefined ? undefined : catalog.byId(index.on)
  const own = on?.constraints?.find(c => c.kind === 'unique' && c.byIndex === id)
  if (on?.constraints === undefined || own === undefined || own.name === name) return catalog
  return catalog.with({ ...on, constraints: on.constraints.map(c => (c === own ? { ...c, name } : c)) })
}

function readers(catalog: Catalog, id: number): readonly Relation[] {
  return catalog.relations.filter(r => r.kind !== 'table' && (r.dependsOn.includes(id) || r.index?.on === id))
}

/** The view with what stands for the relation in its query: text, or the relation as it is now. */
function reading(reader: Relation, relation: Relation, now: string | Relation): Relation {
  const { query, sql, schema } = reader
  if (query === undefined)
    return typeof now === 'string' ? reader : { ...reader, sql: sqlReading(sql, named(now, schema, '')) }
  const text = typeof now === 'string' ? now : named(now, schema, query)
  const next = rewriteReferences(query, relation, text)
  return { ...reader, query: next, sql: sql.replace(query, () => next) }
}
