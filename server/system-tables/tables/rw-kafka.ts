import type { Relation } from '../../../planner/catalog.ts'
import { type Facts, fill } from '../registry.ts'
import { fragments } from './rw-fragments.ts'

interface Partition {
  readonly source: Relation
  readonly partition: string
  /** Behind its last record, as the reader has heard; undefined: nothing yet. */
  readonly end: bigint | undefined
  /** The next record to read, as of the last commit. */
  readonly next: bigint | undefined
}

/** Partitions that sources and tables of the database read from Kafka. */
function partitions({ catalog, database, runtime }: Facts): readonly Partition[] {
  const [ends, offsets] = [runtime.sourceEnds(), runtime.offsets()]
  const at = (splits: Readonly<Record<string, string>> | undefined, id: string) =>
    splits?.[id] === undefined ? undefined : BigInt(splits[id])
  return catalog.relations
    .filter(r => r.database === database && r.kind !== 'sink' && r.options['connector'] === 'kafka')
    .flatMap(source => {
      const [end, next] = [ends[source.id], offsets[source.id]]
      const ids = new Set([...Object.keys(end ?? {}), ...Object.keys(next ?? {})])
      return [...ids].map(id => ({ source, partition: id, end: at(end, id), next: at(next, id) }))
    })
}

function lastOf({ next }: Partition): bigint | null {
  return next === undefined || next === 0n ? null : next - 1n
}

fill(
  'rw_catalog.rw_kafka_source_metrics',
  facts =>
    partitions(facts).map(p => ({
      source_id: p.source.id,
      partition_id: p.partition,
      high_watermark: p.end ?? null,
      latest_offset: lastOf(p),
    })),
  true,
)
fill(
  'rw_catalog.rw_kafka_job_lag',
  facts => {
    const reading = fragments(facts).filter(f => f.flags.includes('SOURCE'))
    return partitions(facts).map(p => ({
      job_id: p.source.id,
      source_id: p.source.id,
      fragment_id: reading.find(f => f.job.id === p.source.id)?.id ?? null,
      partition_id: p.partition,
      lag_phase: 'LIVE',
      high_watermark: p.end ?? null,
      consumer_offset: lastOf(p),
      lag: p.end === undefined ? null : p.end - (p.next ?? 0n),
    }))
  },
  true,
)
