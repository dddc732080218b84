import type { Job } from '../../../types/job.ts'
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
  ({ runtime, catalog }) =>
    runtime
      .progress()
      .filter(job => job.done < 1)
      .map(job => ({
        ddl_id: BigInt(job.relation),
        ddl_statement: catalog.byId(job.relation)?.sql ?? '',
        create_type: 'FOREGROUND',
        progress: `${(job.done * 100).toFixed(2)}%`,
        initialized_at: micros(catalog.byId(job.relation)?.createdAtMs ?? 0),
        is_serverless: false,
      })),
  true,
)
fill(
  'rw_catalog.rw_streaming_jobs',
  ({ runtime }) =>
    runtime
      .progress()
      .map(job => ({ job_id: job.relation, status: job.state.toUpperCase(), parallelism: '1' })),
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
    })),
  true,
)

/** A fragment's number is not unique among jobs: its job's number is in it. */
const FRAGMENTS_MAX = 1000

fill('rw_catalog.rw_fragments', ({ catalog, database }) =>
  catalog.relations
    .filter(r => r.database === database && r.job !== undefined)
    .flatMap(({ id, job }) =>
      fragmentsOf(job!).map(fragment => ({
        fragment_id: (id % 1_000_000) * FRAGMENTS_MAX + fragment,
        table_id: id,
        distribution_type: distribution(job!, fragment),
        state_table_ids: [],
        upstream_fragment_ids: upstream(job!, fragment).map(f => (id % 1_000_000) * FRAGMENTS_MAX + f),
        flags: flags(job!, fragment),
        parallelism: 1,
        max_parallelism: 256,
      })),
    ),
)

function fragmentsOf(job: Job): readonly number[] {
  return [...new Set(job.nodes.map(node => node.fragment))]
}

function distribution(job: Job, fragment: number): string {
  return job.nodes.some(node => node.fragment === fragment && node.shard === 'one') ? 'SINGLE' : 'HASH'
}

function upstream(job: Job, fragment: number): readonly number[] {
  const byId = new Map(job.nodes.map(node => [node.id, node.fragment]))
  const inputs = job.nodes.filter(node => node.fragment === fragment).flatMap(node => node.inputs)
  return [...new Set(inputs.map(id => byId.get(id)!))].filter(f => f !== fragment)
}

const FLAGS: Readonly<Record<string, string>> = {
  materialize: 'MVIEW',
  source: 'SOURCE',
  sink: 'SINK',
  input: 'STREAM_SCAN',
  values: 'VALUES',
}

function flags(job: Job, fragment: number): readonly string[] {
  const kinds = job.nodes.filter(node => node.fragment === fragment).map(node => FLAGS[node.spec.kind])
  return [...new Set(kinds.filter(flag => flag !== undefined))]
}
