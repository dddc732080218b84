import type { Offset, SourceBatch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import { catchUpKey } from './catch-ups.ts'
import { type Surroundings, sourceOf } from './connector-bindings.ts'
import type { ExecutorPort, OffsetsByRelation } from './engine-contract.ts'
import type { ErrorLog } from './error-log.ts'
import type { Gate } from './gate.ts'
import type { ProcessLog } from './process-log.ts'
import type { RuntimeStats, SourceBinding } from './runtime-contract.ts'
import { SourceReader } from './source-reader.ts'

export interface SourcesOptions {
  readonly around: Surroundings
  readonly port: ExecutorPort
  readonly gate: Gate
  readonly journal: ProcessLog
  readonly errors: ErrorLog
  warn(message: string): void
}

/** Readers of all sources: one each that its jobs share, and private ones of jobs that catch up. */
export class Sources {
  readonly #options: SourcesOptions
  readonly #shared = new Map<RelationId, SourceReader>()
  readonly #private = new Map<
    string,
    { readonly job: RelationId; readonly source: RelationId; reader: SourceReader }
  >()
  readonly #limits = new Map<RelationId, number | undefined>()
  #stopped = false

  constructor(options: SourcesOptions) {
    this.#options = options
  }

  /** Starts the shared reader unless it runs; generators run in the engine. */
  start(binding: SourceBinding, from: Readonly<Record<string, Offset>>): void {
    const { relation } = binding
    if (this.#stopped || this.#shared.has(relation)) return
    const source = sourceOf(binding, this.#options.around)
    if (source.generator !== undefined) return
    const reader = this.#reader(binding, from, undefined, batch =>
      this.#options.port.push(relation, batch.chunk, Object.fromEntries(batch.offsets)),
    )
    this.#shared.set(relation, reader)
  }

  /** Reads for one job what the source gave before it came. */
  catchUp(
    binding: SourceBinding,
    job: RelationId,
    from: Readonly<Record<string, Offset>>,
    until: Readonly<Record<string, Offset>>,
  ): void {
    if (this.#stopped) return
    const { port } = this.#options
    const source = binding.relation
    const offsets = (at: Readonly<Record<string, Offset>>) =>
      Object.fromEntries(Object.entries(at).map(([split, offset]) => [catchUpKey(source, split), offset]))
    const generator = sourceOf(binding, this.#options.around).generator
    if (generator !== undefined) {
      void port.catchUp({ job, source, spec: generator, from, until }).catch(() => {})
      return
    }
    const key = `${job}/${source}`
    const reader = this.#reader(binding, from, until, batch =>
      port.pushCatchUp(job, source, batch.chunk, offsets(Object.fromEntries(batch.offsets))),
    )
    this.#private.set(key, { job, source, reader })
    void reader.ended.then(() => {
      // A reader that reached its ends says so, whatever the last position it named.
      if (this.#private.delete(key))
        void port.pushCatchUp(job, source, undefined, offsets(until)).catch(() => {})
    })
  }

  limit(relation: RelationId, rowsPerSecond: number | undefined): void {
    this.#limits.set(relation, rowsPerSecond)
    this.#shared.get(relation)?.limit(rowsPerSecond)
    for (const { source, reader } of this.#private.values())
      if (source === relation) reader.limit(rowsPerSecond)
    void this.#options.port.rateLimit(relation, rowsPerSecond).catch(() => {})
  }

  /** The effective limit when one was set after the start. */
  limitOf(binding: SourceBinding): number | undefined {
    return this.#limits.has(binding.relation) ? this.#limits.get(binding.relation) : binding.rateLimit
  }

  /** Nobody reads the source any more, or it is gone. */
  stop(relation: RelationId): void {
    void this.#shared.get(relation)?.stop()
    this.#shared.delete(relation)
    for (const [key, { job, source, reader }] of this.#private) {
      if (job !== relation && source !== relation) continue
      this.#private.delete(key)
      void reader.stop()
    }
  }

  committed(offsets: OffsetsByRelation): void {
    for (const [relation, moved] of Object.entries(offsets))
      this.#shared.get(Number(relation))?.committed(moved)
  }

  /** Where the splits of each source end, as its shared reader has heard. */
  ends(): OffsetsByRelation {
    const known = [...this.#shared].filter(([, reader]) => reader.ends.size > 0)
    return Object.fromEntries(known.map(([relation, { ends }]) => [relation, Object.fromEntries(ends)]))
  }

  error(relation: RelationId): string {
    return this.#shared.get(relation)?.error ?? ''
  }

  counters(): RuntimeStats['sources'] {
    const { journal, errors } = this.#options
    const { sourceRows } = journal
    return [...new Set([...this.#shared.keys(), ...sourceRows.keys()])].map(relation => {
      const reader = this.#shared.get(relation)
      return {
        relation,
        rows: sourceRows.get(relation) ?? 0,
        bytes: reader?.bytes ?? 0,
        errors: errors.recordCount(relation),
      }
    })
  }

  /** For good: what a stopped reader pushed may not be committed yet, so none may begin where the last commit ends. */
  async stopAll(): Promise<void> {
    this.#stopped = true
    const readers = [...this.#shared.values(), ...[...this.#private.values()].map(entry => entry.reader)]
    this.#shared.clear()
    this.#private.clear()
    await Promise.all(readers.map(reader => reader.stop()))
  }

  #reader(
    binding: SourceBinding,
    from: Readonly<Record<string, Offset>>,
    until: Readonly<Record<string, Offset>> | undefined,
    push: (batch: SourceBatch) => Promise<void>,
  ): SourceReader {
    const { around, gate, errors, warn } = this.#options
    const { relation } = binding
    return new SourceReader({
      relation,
      source: sourceOf(binding, around),
      from,
      ...(until === undefined ? {} : { until }),
      rateLimit: this.limitOf(binding),
      host: around.host,
      gate,
      push(batch) {
        // In the same step as its offsets: they are of one epoch.
        if (until === undefined) for (const error of batch.errors) errors.record(relation, error)
        const done = push(batch)
        // The port tells of its failure itself.
        return done.catch(() => {})
      },
      failed: error => warn(`source ${relation}: ${error instanceof Error ? error.message : String(error)}`),
    })
  }
}
