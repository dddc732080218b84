import { internalTables } from '../../internal-tables.ts'
import { systemParameters } from '../../session/system-parameters.ts'
import { fill } from '../registry.ts'
import { common } from './rw-relations.ts'

const micros = (ms: number) => BigInt(Math.round(ms)) * 1000n

fill(
  'rw_catalog.rw_system_parameters',
  ({ catalog, runtime }) =>
    systemParameters(catalog, runtime.barrierIntervalMs).map(({ name, value, help }) => ({
      name,
      value,
      description: help,
      mutable: true,
    })),
  true,
)
fill(
  'rw_catalog.rw_epochs',
  ({ metadata }) =>
    metadata.epochs().map(e => ({
      epoch: BigInt(e.epoch),
      committed_at: micros(e.atMs),
      barrier_ms: e.barrierMs,
      seal_ms: e.sealMs,
      upload_ms: e.uploadMs,
      rows: BigInt(e.rows),
      bytes: BigInt(e.bytes),
    })),
  true,
)
fill(
  'rw_catalog.rw_state_objects',
  ({ metadata }) =>
    metadata.objects().map(({ key, size, from, to, tables }) => {
      const counts = Object.values(tables)
      return {
        key,
        bytes: BigInt(size),
        first_epoch: BigInt(from),
        last_epoch: BigInt(to),
        rows: BigInt(counts.reduce((sum, count) => sum + count, 0)),
        tables: counts.length,
      }
    }),
  true,
)
fill(
  'rw_catalog.rw_source_offsets',
  ({ runtime }) =>
    Object.entries(runtime.offsets()).flatMap(([relation, splits]) =>
      Object.entries(splits).map(([split, offset]) => ({ relation: Number(relation), split, offset })),
    ),
  true,
)
fill(
  'rw_catalog.rw_sink_progress',
  ({ runtime }) =>
    runtime.sinks().map(s => ({
      relation: s.relation,
      guarantee: s.guarantee,
      delivered_epoch: BigInt(s.delivered),
      committed_epoch: BigInt(s.committed),
      backlog_bytes: BigInt(s.backlogBytes),
      error: s.error,
    })),
  true,
)
fill(
  'rw_catalog.rw_errors',
  ({ runtime }) =>
    runtime.errors().map(e => ({
      relation: e.relation,
      at: micros(e.atMs),
      origin: e.origin,
      error: e.error,
      payload: e.payload,
    })),
  true,
)
fill(
  'rw_catalog.rw_ddl_progress',
  ({ runtime, catalog, database }) =>
    runtime
      .progress()
      .filter(job => job.done < 1 && catalog.byId(job.relation)?.database === database)
      .map(job => ({
        ddl_id: BigInt(job.relation),
        ddl_statement: catalog.byId(job.relation)?.sql ?? '',
        create_type: catalog.byId(job.relation)?.background ? 'BACKGROUND' : 'FOREGROUND',
        progress: `${(job.done * 100).toFixed(2)}%`,
        initialized_at: micros(catalog.byId(job.relation)?.createdAtMs ?? 0),
        is_serverless_backfill: false,
        backfill_type: 'ARRANGEMENT_BACKFILL',
      })),
  true,
)
fill(
  'rw_catalog.rw_internal_tables',
  facts =>
    internalTables(facts.catalog, facts.database, facts.runtime).map(({ id, name, job }) => ({
      ...common(facts, job),
      id,
      name,
      definition: '',
    })),
  true,
)
fill(
  'rw_catalog.rw_internal_table_info',
  facts =>
    internalTables(facts.catalog, facts.database, facts.runtime).map(({ id, name, job }) => ({
      ...common(facts, job),
      id,
      name,
      job_id: job.id,
      job_name: job.name,
      job_type: job.kind,
      owner: job.owner,
    })),
  true,
)
