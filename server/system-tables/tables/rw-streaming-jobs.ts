import { availableParallelism, totalmem } from 'node:os'
import type { Relation } from '../../../planner/catalog.ts'
import { shownSettings } from '../../statements/job-settings.ts'
import { STARTED_AT, serverVersion } from '../functions/session.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { fragments, JOB_KINDS, WORKER } from './rw-fragments.ts'

/** Jobs of a database as RisingWave's catalogs know them. */
function jobs({ catalog, database }: Facts): readonly Relation[] {
  return catalog.relations.filter(r => r.database === database && r.job !== undefined)
}

function common(facts: Facts, job: Relation): Row {
  const { parallelism, maxParallelism, resourceGroup } = shownSettings(job)
  const progress = facts.runtime.progress().find(p => p.relation === job.id)
  return {
    id: job.id,
    table_id: job.id,
    name: job.name,
    relation_type: job.kind,
    database_id: facts.catalog.databaseByName(job.database)?.id,
    database_name: job.database,
    status: progress?.state === 'backfilling' ? 'CREATING' : 'CREATED',
    parallelism,
    max_parallelism: maxParallelism,
    resource_group: resourceGroup,
    state: progress?.state ?? null,
    reason: progress?.reason ?? null,
  }
}

for (const name of ['rw_table_fragments', 'rw_streaming_jobs', 'rw_streaming_job_info'])
  fill(`rw_catalog.${name}`, facts => jobs(facts).map(job => common(facts, job)), true)
fill(
  'rw_catalog.rw_streaming_parallelism',
  facts =>
    jobs(facts)
      .filter(job => JOB_KINDS.some(kind => kind === job.kind))
      .map(job => common(facts, job)),
  true,
)
fill('rw_catalog.rw_streaming_job_config', facts =>
  jobs(facts).flatMap(job =>
    Object.entries(shownSettings(job).config)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => ({
        id: job.id,
        name: job.name,
        database_id: facts.catalog.databaseByName(job.database)?.id,
        key,
        value,
      })),
  ),
)
fill(
  'rw_catalog.rw_resource_groups',
  facts => {
    const groups = jobs(facts).map(job => shownSettings(job).resourceGroup)
    return [...new Set(['default', ...groups])].map(name => {
      const workers = name === 'default' ? 1 : 0
      return {
        name,
        streaming_workers: BigInt(workers),
        parallelism: BigInt(workers),
        databases: name === 'default' ? BigInt(facts.catalog.databases.length) : 0n,
        streaming_jobs: BigInt(groups.filter(group => group === name).length),
      }
    })
  },
  true,
)

/** This process is the one worker; it has one thread for streams. */
fill(
  'rw_catalog.rw_worker_nodes',
  ({ session }) => [
    {
      id: WORKER,
      type: 'WORKER_TYPE_COMPUTE_NODE',
      state: 'RUNNING',
      parallelism: 1,
      is_streaming: true,
      is_serving: true,
      rw_version: serverVersion(session),
      system_total_memory_bytes: BigInt(totalmem()),
      system_total_cpu_cores: BigInt(availableParallelism()),
      started_at: STARTED_AT,
      resource_group: 'default',
    },
  ],
  true,
)
fill(
  'rw_catalog.rw_worker_actor_count',
  facts => [{ worker_id: WORKER, parallelism: 1, actor_count: BigInt(fragments(facts).length) }],
  true,
)
