import type { Connector, Sink, Source } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { EngineJob, OffsetsByRelation } from './engine-contract.ts'
import type { JobChange, SinkBinding, SourceBinding } from './runtime-contract.ts'

export interface Surroundings {
  readonly connectors: ReadonlyMap<string, Connector>
  readonly host: Host
  readonly bucketId: string
}

export function sourceOf(binding: SourceBinding, { connectors, host }: Surroundings): Source {
  const { schema, include, format, key, options } = binding
  const make = connectorOf(connectors, binding.connector).source
  if (make === undefined) throw unfit(binding.connector, 'source')
  return make(options, { schema, include, format, key, host })
}

export function sinkOf(binding: SinkBinding, { connectors, host, bucketId }: Surroundings): Sink {
  const { schema, format, key, options, appendOnly, relation } = binding
  const make = connectorOf(connectors, binding.connector).sink
  if (make === undefined) throw unfit(binding.connector, 'sink')
  return make(options, { id: `${bucketId}-${relation}`, schema, key, appendOnly, format, host })
}

/** Rows of a pure source (no terminal node keeps them). */
export function isSource(change: JobChange): boolean {
  const kind = change.job.nodes.at(-1)!.spec.kind
  return kind !== 'materialize' && kind !== 'sink'
}

/** Relations whose changes the job reads. */
export function upstreamOf(change: JobChange): readonly RelationId[] {
  return change.job.nodes.flatMap(node => (node.spec.kind === 'input' ? [node.spec.relation] : []))
}

/** The job as the engine wants it. */
export function engineJob(
  change: JobChange,
  offsets: OffsetsByRelation,
  closedInputs: readonly number[],
  around: Surroundings,
): EngineJob {
  const { job, source, sink, into } = change
  const generator = source === undefined ? undefined : sourceOf(source, around).generator
  return {
    job,
    appendOnly: source === undefined || source.key.length === 0,
    closedInputs,
    ...(source === undefined && offsets[job.relation] !== undefined && { catchUps: offsets[job.relation] }),
    ...(generator === undefined ? {} : { generator: { spec: generator, from: offsets[job.relation] ?? {} } }),
    ...(source?.rateLimit === undefined ? {} : { rateLimit: source.rateLimit }),
    ...(into === undefined ? {} : { into }),
    ...(sink === undefined || into !== undefined ? {} : { discard: !sinkOf(sink, around).logged }),
  }
}

function connectorOf(connectors: ReadonlyMap<string, Connector>, name: string): Connector {
  const connector = connectors.get(name)
  if (connector !== undefined) return connector
  throw new SqlError('undefined_object', `connector "${name}" does not exist`, {
    hint: `Connectors: ${[...connectors.keys()].join(', ')}.`,
  })
}

function unfit(connector: string, role: string): SqlError {
  return new SqlError('wrong_object_type', `connector "${connector}" cannot be used as a ${role}`)
}
