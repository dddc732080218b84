import type { Relation } from '../../../planner/catalog.ts'
import { indexDefinition, viewDefinition } from '../definitions.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { allObjects } from './relations.ts'

fill('pg_catalog.pg_tables', facts => {
  const objects = allObjects(facts)
  const indexed = new Set(objects.flatMap(o => (o.index ? [o.index.on.id] : [])))
  return objects
    .filter(o => o.kind === 'r')
    .map(o => ({
      schemaname: o.schema,
      tablename: o.name,
      tableowner: o.owner,
      hasindexes: indexed.has(o.oid),
      hasrules: false,
      hastriggers: false,
      rowsecurity: false,
    }))
})

fill('pg_catalog.pg_views', facts =>
  allObjects(facts)
    .filter(o => o.kind === 'v')
    .map(o => ({
      schemaname: o.schema,
      viewname: o.name,
      viewowner: o.owner,
      definition: o.relation === undefined ? null : viewDefinition(o.relation),
    })),
)

fill('pg_catalog.pg_matviews', facts => {
  const objects = allObjects(facts)
  const indexed = new Set(objects.flatMap(o => (o.index ? [o.index.on.id] : [])))
  return objects
    .filter(o => o.kind === 'm')
    .map(o => ({
      schemaname: o.schema,
      matviewname: o.name,
      matviewowner: o.owner,
      hasindexes: indexed.has(o.oid),
      ispopulated: true,
      definition: viewDefinition(o.relation!),
    }))
})

fill('pg_catalog.pg_indexes', facts =>
  allObjects(facts)
    .filter(o => o.index !== undefined)
    .map(o => ({
      schemaname: o.schema,
      tablename: o.index!.on.name,
      indexname: o.name,
      indexdef: indexDefinition(o),
    })),
)

for (const name of ['pg_stat_all_tables', 'pg_stat_user_tables'])
  fill(
    `pg_catalog.${name}`,
    facts =>
      ofUsers(facts).map(relation => ({
        ...named(relation),
        relid: relation.id,
        n_live_tup: BigInt(facts.runtime.rowCount(relation.id)),
      })),
    true,
  )
for (const name of ['pg_stat_all_indexes', 'pg_stat_user_indexes'])
  fill(`pg_catalog.${name}`, facts =>
    allObjects(facts)
      .filter(o => o.index !== undefined)
      .map(o => ({
        ...named(o.index!.on),
        relid: o.index!.on.id,
        indexrelid: o.oid,
        indexrelname: o.name,
      })),
  )

function ofUsers({ catalog, database }: Facts): readonly Relation[] {
  return catalog.relations.filter(
    ({ kind, database: own }) => own === database && (kind === 'table' || kind === 'materialized view'),
  )
}

function named(relation: Relation): Row {
  return { schemaname: relation.schema, relname: relation.name }
}
