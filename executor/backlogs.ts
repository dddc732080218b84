import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import type { Batch } from './delivery.ts'

/**
 * What sinks have to deliver, from their stored logs. Chunks may come in any order: a merged object holds its large blocks
 * before its small ones. Delivery wants every epoch once, whole, in order.
 */
export class Backlogs {
  readonly #cursorOf: (relation: RelationId) => Epoch
  readonly #chunks = new Map<RelationId, Map<Epoch, Chunk[]>>()

  constructor(cursorOf: (relation: RelationId) => Epoch) {
    this.#cursorOf = cursorOf
  }

  add(relation: RelationId, epoch: Epoch, chunk: Chunk): void {
    if (epoch <= this.#cursorOf(relation)) return
    let epochs = this.#chunks.get(relation)
    if (epochs === undefined) this.#chunks.set(relation, (epochs = new Map()))
    const chunks = epochs.get(epoch)
    if (chunks === undefined) epochs.set(epoch, [chunk])
    else chunks.push(chunk)
  }

  inOrder(): Map<RelationId, readonly Batch[]> {
    const batches = (epochs: ReadonlyMap<Epoch, readonly Chunk[]>): Batch[] =>
      [...epochs].map(([epoch, chunks]) => ({ epoch, chunks })).sort((a, b) => a.epoch - b.epoch)
    return new Map([...this.#chunks].map(([relation, epochs]) => [relation, batches(epochs)]))
  }
}
