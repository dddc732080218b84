import type { Runtime } from '../../executor/runtime-contract.ts'
import type { SystemRelation } from '../../planner/contract.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import type { Metadata } from '../../storage/metadata.ts'
import type { Chunk } from '../../types/chunk.ts'
import { assert } from '../../types/error.ts'
import { BOOL, FLOAT8, INT4, INT8, type Schema, TEXT, TIMESTAMPTZ, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import type { CatalogHolder } from '../statements/index.ts'

export interface SystemContext {
  readonly runtime: Runtime
  readonly catalogs: CatalogHolder
  readonly metadata: Metadata
}

interface Entry extends SystemRelation {
  rows(context: SystemContext): readonly (readonly Value[])[]
}

const entries: Entry[] = []

/** Registers a relation whose rows the server makes; ids count down from -1 in this order. */
function table(name: string, columns: Readonly<Record<string, Type>>, rows: Entry['rows']): void {
  const [schema, bare] = name.split('.') as [string, string]
  const fields: Schema = Object.entries(columns).map(([column, type]) => ({ name: column, type }))
  entries.push({ id: -1 - entries.length, schema, name: bare, columns: fields, rows })
}

table(
  'rw_catalog.rw_relations',
  { id: INT4, database: TEXT, schema: TEXT, name: TEXT, relation_type: TEXT, definition: TEXT },
  ({ catalogs }) => catalogs.current.relations.map(r => [r.id, r.database, r.schema, r.name, r.kind, r.sql]),
)
table(
  'rw_catalog.rw_epochs',
  {
    epoch: INT8,
    committed_at: TIMESTAMPTZ,
    barrier_ms: FLOAT8,
    seal_ms: FLOAT8,
    upload_ms: FLOAT8,
    rows: INT8,
    bytes: INT8,
  },
  ({ metadata }) =>
    metadata.epochs().map(e => {
      const at = BigInt(Math.round(e.atMs)) * 1000n
      return [BigInt(e.epoch), at, e.barrierMs, e.sealMs, e.uploadMs, BigInt(e.rows), BigInt(e.bytes)]
    }),
)
table(
  'rw_catalog.rw_state_objects',
  { key: TEXT, bytes: INT8, first_epoch: INT8, last_epoch: INT8, rows: INT8, tables: INT4 },
  ({ metadata }) =>
    metadata.objects().map(({ key, size, from, to, tables }) => {
      const counts = Object.values(tables)
      const rows = counts.reduce((sum, count) => sum + count, 0)
      return [key, BigInt(size), BigInt(from), BigInt(to), BigInt(rows), counts.length]
    }),
)
table('rw_catalog.rw_source_offsets', { relation: INT4, split: TEXT, offset: TEXT }, ({ runtime }) =>
  Object.entries(runtime.offsets()).flatMap(([relation, splits]) =>
    Object.entries(splits).map(([split, offset]) => [Number(relation), split, offset]),
  ),
)
table(
  'rw_catalog.rw_sink_progress',
  {
    relation: INT4,
    guarantee: TEXT,
    delivered_epoch: INT8,
    committed_epoch: INT8,
    backlog_bytes: INT8,
    error: TEXT,
  },
  ({ runtime }) =>
    runtime
      .sinks()
      .map(s => [
        s.relation,
        s.guarantee,
        BigInt(s.delivered),
        BigInt(s.committed),
        BigInt(s.backlogBytes),
        s.error,
      ]),
)
table(
  'rw_catalog.rw_errors',
  { relation: INT4, at: TIMESTAMPTZ, origin: TEXT, error: TEXT, payload: TEXT },
  ({ runtime }) =>
    runtime.errors().map(e => [e.relation, BigInt(Math.round(e.atMs)) * 1000n, e.origin, e.error, e.payload]),
)
table(
  'information_schema.tables',
  { table_catalog: TEXT, table_schema: TEXT, table_name: TEXT, table_type: TEXT },
  ({ catalogs }) =>
    catalogs.current.relations
      .filter(r => r.kind !== 'sink' && r.kind !== 'index')
      .map(r => [r.database, r.schema, r.name, r.kind === 'table' ? 'BASE TABLE' : r.kind.toUpperCase()]),
)
table(
  'information_schema.columns',
  {
    table_catalog: TEXT,
    table_schema: TEXT,
    table_name: TEXT,
    column_name: TEXT,
    ordinal_position: INT4,
    is_nullable: TEXT,
    data_type: TEXT,
  },
  ({ catalogs }) =>
    catalogs.current.relations.flatMap(r =>
      r.columns.map((c, i) => [
        r.database,
        r.schema,
        r.name,
        c.name,
        i + 1,
        c.notNull ? 'NO' : 'YES',
        typeName(c.type),
      ]),
    ),
)
table('pg_catalog.pg_namespace', { oid: INT4, nspname: TEXT }, ({ catalogs }) => [
  [11, 'pg_catalog'],
  ...catalogs.current.schemas.map(s => [s.id, s.name]),
])
table('pg_catalog.pg_database', { oid: INT4, datname: TEXT, datallowconn: BOOL }, ({ catalogs }) =>
  catalogs.current.databases.map(d => [d.id, d.name, true]),
)

export function systemRelation(schema: string, name: string): SystemRelation | undefined {
  return entries.find(entry => entry.schema === schema && entry.name === name)
}

export function systemRows(id: number, context: SystemContext): Chunk {
  const entry = entries[-1 - id]
  assert(entry !== undefined, `no system relation ${id}`)
  return chunkOf(
    entry.columns.map(column => column.type),
    entry.rows(context),
  )
}
