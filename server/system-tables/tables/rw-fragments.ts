import { toJson } from '../../../types/json.ts'
import { canonicalJson } from '../../../types/json-text.ts'
import { type JobFragment, jobFragments } from '../../job-fragments.ts'
import { shownSettings } from '../../statements/job-settings.ts'
import { type Facts, fill, type Row } from '../registry.ts'

/** RisingWave's fragments and actors: here a fragment is one actor, in the one engine thread. */
const PARALLELISM = 1
const VIRTUAL_NODES = 256
export const WORKER = 1

export function fragments({ catalog, database, runtime }: Facts): readonly JobFragment[] {
  return jobFragments(catalog, database, runtime)
}

function common(fragment: JobFragment): Row {
  return {
    fragment_id: fragment.id,
    table_id: fragment.job.id,
    distribution_type: fragment.single ? 'SINGLE' : 'HASH',
    state_table_ids: fragment.stateTables,
    upstream_fragment_ids: fragment.upstream,
    flags: fragment.flags,
    parallelism: PARALLELISM,
    max_parallelism: VIRTUAL_NODES,
    parallelism_policy: fragment.single ? 'single' : `inherit(${shownSettings(fragment.job).parallelism})`,
  }
}

/** What runs in it, as a plan has it. */
function nodes({ nodes: members }: JobFragment): string {
  return canonicalJson(toJson(members.map(({ id, spec, inputs }) => ({ id, inputs, ...spec }))))
}

/** The words of rw_streaming_parallelism and its like for what a job makes. */
export const JOB_KINDS = ['table', 'materialized view', 'sink', 'index', 'source'] as const

fill('rw_catalog.rw_fragments', facts => fragments(facts).map(common), true)
fill(
  'rw_catalog.rw_fragment_infos',
  facts => fragments(facts).map(f => ({ ...common(f), node: nodes(f) })),
  true,
)
fill(
  'rw_catalog.rw_fragment_parallelism',
  facts =>
    fragments(facts)
      .filter(({ job }) => job.kind !== 'source' && JOB_KINDS.some(kind => kind === job.kind))
      .map(f => ({ ...common(f), id: f.job.id, name: f.job.name, relation_type: f.job.kind })),
  true,
)

function ofJob(facts: Facts, { id, job }: JobFragment): Row {
  return {
    fragment_id: id,
    job_id: job.id,
    schema_id: facts.catalog.schemaByName(job.database, job.schema)?.id,
    ddl_type: job.kind === 'materialized view' ? 'mv' : job.kind,
    name: job.name,
  }
}
fill('rw_catalog.rw_fragment_id_to_ddl', facts => fragments(facts).map(f => ofJob(facts, f)), true)
fill(
  'rw_catalog.rw_actor_id_to_ddl',
  facts => fragments(facts).map(f => ({ ...ofJob(facts, f), actor_id: f.id })),
  true,
)
fill(
  'rw_catalog.rw_actors',
  facts =>
    fragments(facts).map(({ id }) => ({
      actor_id: id,
      fragment_id: id,
      worker_id: WORKER,
      state: 'RUNNING',
    })),
  true,
)
fill(
  'rw_catalog.rw_actor_infos',
  facts => {
    const all = fragments(facts)
    return all.map(f => ({
      actor_id: f.id,
      fragment_id: f.id,
      node: nodes(f),
      dispatcher: toJson(all.flatMap(down => (down.upstream.includes(f.id) ? [{ fragment: down.id }] : []))),
    }))
  },
  true,
)
fill(
  'rw_catalog.rw_actor_splits',
  facts => {
    const offsets = facts.runtime.offsets()
    return fragments(facts)
      .filter(({ flags }) => flags.includes('SOURCE'))
      .flatMap(({ id, job, flags }) =>
        Object.keys(offsets[job.id] ?? {}).map(split => ({
          actor_id: id,
          split_id: split,
          source_id: job.id,
          fragment_id: id,
          fragment_type: flags.join(','),
        })),
      )
  },
  true,
)
fill(
  'rw_catalog.rw_rate_limit',
  facts =>
    fragments(facts).flatMap(({ id, job, flags }) => {
      const read = job.options['source_rate_limit']
      const sent = job.options['sink_rate_limit']
      const limits = [
        ['SOURCE', flags.includes('SOURCE') && read !== undefined ? Number(read) : undefined],
        ['SINK', flags.includes('SINK') && sent !== undefined ? Number(sent) : undefined],
        ['STREAM_SCAN', flags.includes('STREAM_SCAN') ? job.pace?.rate : undefined],
        ['DML', flags.includes('SOURCE') ? job.writeRate : undefined],
      ] as const
      return limits.flatMap(([node, limit]) =>
        limit === undefined
          ? []
          : [{ fragment_id: id, fragment_type: flags, node_name: node, table_id: job.id, rate_limit: limit }],
      )
    }),
  true,
)
