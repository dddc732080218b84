import type { Runtime } from '../../../executor/runtime-contract.ts'
import type { Relation } from '../../../planner/catalog.ts'
import type { JobFragment } from '../../job-fragments.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { fragments } from './rw-fragments.ts'

interface Reading {
  readonly fragment: JobFragment
  readonly upstream: Relation | undefined
  readonly input: NonNullable<ReturnType<Runtime['progress']>[number]['inputs']>[number]
}

/** What jobs that are being made read of the rows their inputs had before them. */
function readings(facts: Facts): readonly Reading[] {
  const all = facts.runtime.progress().filter(job => job.inputs !== undefined)
  if (all.length === 0) return []
  const known = fragments(facts)
  return all.flatMap(({ relation, inputs }) =>
    inputs!.flatMap(input => {
      const fragment = known.find(f => f.job.id === relation && f.nodes.some(node => node.id === input.node))
      return fragment === undefined ? [] : [{ fragment, upstream: facts.catalog.byId(input.upstream), input }]
    }),
  )
}

/** Rows are read by virtual node, so their number follows from the part of these. */
function progress({ runtime }: Facts, { upstream, done }: Reading['input']): string {
  const rows = runtime.rowCount(upstream)
  return `${(done * 100).toFixed(2)}% (${Math.round(done * rows)}/${rows})`
}

const qualified = (relation: Relation | undefined) =>
  relation === undefined ? null : `${relation.schema}.${relation.name}`

fill(
  'rw_catalog.rw_fragment_backfill_progress',
  facts =>
    readings(facts).map(({ fragment, upstream, input }) => ({
      job_id: fragment.job.id,
      fragment_id: fragment.id,
      job_name: qualified(fragment.job),
      upstream_table_name: qualified(upstream),
      progress: progress(facts, input),
    })),
  true,
)
fill(
  'rw_catalog.rw_backfill_info',
  facts =>
    readings(facts).map(
      ({ fragment, input }): Row => ({
        job_id: fragment.job.id,
        fragment_id: fragment.id,
        backfill_target_relation_id: input.upstream,
        backfill_type: 'ARRANGEMENT_BACKFILL',
        backfill_epoch: BigInt(facts.runtime.epoch),
      }),
    ),
  true,
)
