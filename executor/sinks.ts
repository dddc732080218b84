import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import { type Surroundings, sinkOf } from './connector-bindings.ts'
import { type Batch, Delivery } from './delivery.ts'
import type { RuntimeStats, SinkBinding, SinkProgress } from './runtime-contract.ts'

/** Name of a sink's cursor in the manifest. */
export function cursorName(relation: RelationId): string {
  return `sink/${relation}`
}

/** Delivery of every sink, and the cursors that the next manifest takes along. */
export class Sinks {
  readonly #around: Surroundings
  readonly #failed: (relation: RelationId, reason: string) => void
  readonly #deliveries = new Map<RelationId, Delivery>()
  /** Sinks whose rows are forgotten. */
  readonly #unlogged = new Map<RelationId, SinkProgress>()
  #cursors: Record<string, Epoch> = {}

  constructor(around: Surroundings, failed: (relation: RelationId, reason: string) => void) {
    this.#around = around
    this.#failed = failed
  }

  start(binding: SinkBinding, delivered: Epoch, backlog: readonly Batch[]): void {
    const { relation } = binding
    const sink = sinkOf(binding, this.#around)
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
        host: this.#around.host,
        delivered,
        acknowledged: epoch => {
          if (this.#deliveries.has(relation)) this.#cursors[cursorName(relation)] = epoch
        },
        failed: reason => this.#failed(relation, reason),
      },
      backlog,
    )
    this.#deliveries.set(relation, delivery)
  }

  enqueue(relation: RelationId, batch: Batch): void {
    this.#deliveries.get(relation)?.enqueue(batch)
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

  get backlogBytes(): number {
    let sum = 0
    for (const delivery of this.#deliveries.values()) sum += delivery.backlogBytes
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
