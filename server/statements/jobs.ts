import type { JobChange, SinkBinding, SourceBinding } from '../../executor/runtime-contract.ts'
import { Catalog, type ColumnDef, type Relation } from '../../planner/catalog.ts'
import { fieldsOf, type Schema } from '../../types/type.ts'
import { isRowId } from './row-id-column.ts'
import { resolvedOptions } from './secret.ts'

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
export function changeOf(given: Relation, catalog: Catalog): JobChange | undefined {
  const { job } = given
  if (job === undefined) return undefined
  const relation = { ...given, options: resolvedOptions(given, catalog) }
  const connector = relation.options['connector']
  return {
    job,
    ...(connector !== undefined &&
      relation.kind !== 'sink' && { source: sourceBinding(relation, connector) }),
    ...(connector !== undefined && relation.kind === 'sink' && { sink: sinkBinding(relation, connector) }),
    ...(relation.writeRate !== undefined && { writeRate: relation.writeRate }),
    ...(relation.pace && { pace: relation.pace }),
    ...(relation.into !== undefined && { into: relation.into }),
    ...(relation.kind === 'subscription' && { backfill: false }),
    ...(relation.kind === 'sink' && relation.options['snapshot'] === 'false' && { backfill: false }),
  }
}

function sourceBinding(relation: Relation, connector: string): SourceBinding {
  const { read, key } = readColumns(relation.columns, relation.key)
  const limit = relation.options['source_rate_limit']
  return {
    relation: relation.id,
    connector,
    options: relation.options,
    schema: read.slice(0, read.length - (relation.include ?? []).length),
    include: relation.include ?? [],
    format: relation.format ?? PLAIN_JSON,
    key,
    ...(limit !== undefined && { rateLimit: Number(limit) }),
  }
}

/** What a connector yields of these columns (the included ones come last), and where the key columns are among them. */
export function readColumns(
  columns: readonly ColumnDef[],
  key: readonly number[],
): { readonly read: Schema; readonly key: readonly number[] } {
  const read = columns.filter(column => column.generated === undefined && !isRowId(column))
  const at = key.map(i => read.indexOf(columns[i]!)).filter(i => i >= 0)
  return { read: fieldsOf(read), key: at }
}

function sinkBinding(relation: Relation, connector: string): SinkBinding {
  const limit = relation.options['sink_rate_limit']
  return {
    relation: relation.id,
    connector,
    options: relation.options,
    schema: fieldsOf(relation.columns),
    key: relation.key,
    appendOnly: relation.appendOnly,
    format: relation.format ?? PLAIN_JSON,
    ...(limit !== undefined && { rateLimit: Number(limit) }),
  }
}
