import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import { type Surroundings, sinkOf } from './connector-bindings.ts'
import { Delivery } from './delivery.ts'
import type { RuntimeStats, SinkBinding, SinkProgress } from './runtime-contract.ts'
import type { Backlog, Batch, ReadStored } from './sink-queue.ts'

/** Name of a sink's cursor in the manifest. */
export function cursorName(relation: RelationId): string {
  return `sink/${relation}`
}

export interface SinksOptions {
  readonly around: Surroundings
  /** Memory for what one failing sink has not taken yet. */
  readonly bytesMax: number
  /** Latest epoch of the manifest. */
  committed(): Epoch
  /** False: another server has taken the database over. */
  owned(): Promise<boolean>
  /** undefined: nothing is stored. */
  readStored(relation: RelationId): ReadStored | undefined
  failed(relation: RelationId, reason: string): void
}

/** Delivery of every sink, and the cursors that the next manifest takes along. */
export class Sinks {
  readonly #options: SinksOptions
  readonly #deliveries = new Map<RelationId, Delivery>()
  /** Sinks whose rows are forgotten. */
  readonly #unlogged = new Map<RelationId, SinkProgress>()
  #cursors: Record<string, Epoch> = {}

  constructor(options: SinksOptions) {
    this.#options = options
  }

  start(binding: SinkBinding, delivered: Epoch, backlog: Backlog): void {
    const { relation } = binding
    const { around, bytesMax } = this.#options
    const sink = sinkOf(binding, around)
    if (!sink.logged) {
      const { guarantee } = sink
      const progress = { relation, guarantee, delivered, committed: delivered, backlogBytes: 0, error: '' }
      this.#unlogged.set(relation, progress)
      return
    }
    const delivery = new Delivery(
      {
        relation,
        sink,
        host: around.host,
        delivered,
        committed: this.#options.committed(),
        bytesMax,
        readStored: this.#options.readStored(relation),
        rateLimit: binding.rateLimit,
        owned: this.#options.owned,
        acknowledged: epoch => {
          if (this.#deliveries.has(relation)) this.#cursors[cursorName(relation)] = epoch
        },
        failed: reason => this.#options.failed(relation, reason),
      },
      backlog,
    )
    this.#deliveries.set(relation, delivery)
  }

  enqueue(relation: RelationId, batch: Batch): void {
    this.#deliveries.get(relation)?.enqueue(batch)
  }

  /** Rows a second from now on; undefined: no limit; 0: nothing goes. */
  limit(relation: RelationId, rowsPerSecond: number | undefined): void {
    this.#deliveries.get(relation)?.limit(rowsPerSecond)
  }

  isPaused(relation: RelationId): boolean {
    return this.#deliveries.get(relation)?.rateLimit === 0
  }

  drop(relation: RelationId): void {
    const delivery = this.#deliveries.get(relation)
    this.#deliveries.delete(relation)
    this.#unlogged.delete(relation)
    delete this.#cursors[cursorName(relation)]
    void delivery?.stop()
  }

  /** Cursors that moved since the last call. */
  takeCursors(): Readonly<Record<string, Epoch>> {
    const cursors = this.#cursors
    this.#cursors = {}
    return cursors
  }

  /** Bytes that wait in memory. */
  get queuedBytes(): number {
    let sum = 0
    for (const delivery of this.#deliveries.values()) sum += delivery.queuedBytes
    return sum
  }

  progress(epoch: Epoch): readonly SinkProgress[] {
    const unlogged = [...this.#unlogged.values()].map(p => ({ ...p, delivered: epoch, committed: epoch }))
    return [...this.#deliveries.values()].map(delivery => delivery.progress).concat(unlogged)
  }

  /** Why it does not deliver; '': it does. */
  error(relation: RelationId): string {
    return this.#deliveries.get(relation)?.progress.error ?? ''
  }

  counters(): RuntimeStats['sinks'] {
    return [...this.#deliveries.values()].map(delivery => delivery.counters)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#deliveries.values()].map(delivery => delivery.stop()))
  }
}
