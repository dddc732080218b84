import type { JobChange, SinkBinding, SourceBinding } from '../../executor/runtime-contract.ts'
import { Catalog, type Relation } from '../../planner/catalog.ts'
import type { Schema } from '../../types/type.ts'

const PLAIN_JSON = { format: 'plain', encode: 'json', options: {} }

/** Jobs of a catalog document with their bindings, upstream ones first: what recovery starts. */
export function jobsOf(catalogJson: string): readonly JobChange[] {
  const catalog = Catalog.parse(catalogJson)
  const changes: JobChange[] = []
  const done = new Set<number>()
  const visit = (relation: Relation) => {
    if (done.has(relation.id)) return
    done.add(relation.id)
    for (const id of [...relation.dependsOn, ...(relation.into === undefined ? [] : [relation.into])]) {
      const upstream = catalog.byId(id)
      if (upstream !== undefined) visit(upstream)
    }
    const change = changeOf(relation, catalog)
    if (change !== undefined) changes.push(change)
  }
  for (const relation of catalog.relations) visit(relation)
  return changes
}

/** The job of a relation and what it is bound to outside; undefined: it has none (plain views). */
export function changeOf(relation: Relation, _catalog: Catalog): JobChange | undefined {
  const { job } = relation
  if (job === undefined) return undefined
  const connector = relation.options['connector']
  return {
    job,
    ...(connector !== undefined &&
      relation.kind !== 'sink' && { source: sourceBinding(relation, connector) }),
    ...(connector !== undefined && relation.kind === 'sink' && { sink: sinkBinding(relation, connector) }),
    ...(relation.into !== undefined && { into: relation.into }),
    ...(relation.kind === 'sink' && relation.options['snapshot'] === 'false' && { backfill: false }),
  }
}

function sourceBinding(relation: Relation, connector: string): SourceBinding {
  const included = new Set((relation.include ?? []).map(column => column.name))
  const own = relation.columns.filter(column => column.generated === undefined && !included.has(column.name))
  const limit = relation.options['source_rate_limit']
  return {
    relation: relation.id,
    connector,
    options: relation.options,
    schema: own.map(({ name, type }) => ({ name, type })),
    include: relation.include ?? [],
    format: relation.format ?? PLAIN_JSON,
    key: relation.key,
    ...(limit !== undefined && { rateLimit: Number(limit) }),
  }
}

function sinkBinding(relation: Relation, connector: string): SinkBinding {
  return {
    relation: relation.id,
    connector,
    options: relation.options,
    schema: schemaOf(relation),
    key: relation.key,
    appendOnly: relation.appendOnly,
    format: relation.format ?? PLAIN_JSON,
  }
}

export function schemaOf(relation: Relation): Schema {
  return relation.columns.map(({ name, type }) => ({ name, type }))
}
