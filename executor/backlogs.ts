import { bytesOf } from '../storage/chunk-bytes.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import type { Backlog, Batch } from './sink-queue.ts'

/**
 * What sinks have to deliver, from their stored logs. Chunks may come in any order: a merged object holds its large blocks
 * before its small ones. Delivery wants every epoch once, whole, in order. More than `bytesMax` of a sink stay in the bucket.
 */
export class Backlogs {
  readonly #cursorOf: (relation: RelationId) => Epoch
  readonly #bytesMax: number
  readonly #chunks = new Map<RelationId, Map<Epoch, Chunk[]>>()
  readonly #bytes = new Map<RelationId, number>()

  constructor(cursorOf: (relation: RelationId) => Epoch, bytesMax: number) {
    this.#cursorOf = cursorOf
    this.#bytesMax = bytesMax
  }

  add(relation: RelationId, epoch: Epoch, chunk: Chunk): void {
    if (epoch <= this.#cursorOf(relation)) return
    const bytes = (this.#bytes.get(relation) ?? 0) + bytesOf([chunk])
    this.#bytes.set(relation, bytes)
    if (bytes > this.#bytesMax) {
      this.#chunks.delete(relation)
      return
    }
    let epochs = this.#chunks.get(relation)
    if (epochs === undefined) this.#chunks.set(relation, (epochs = new Map()))
    const chunks = epochs.get(epoch)
    if (chunks === undefined) epochs.set(epoch, [chunk])
    else chunks.push(chunk)
  }

  inOrder(): Map<RelationId, Backlog> {
    const batches = (epochs: ReadonlyMap<Epoch, readonly Chunk[]>): Batch[] =>
      [...epochs].map(([epoch, chunks]) => ({ epoch, chunks })).sort((a, b) => a.epoch - b.epoch)
    return new Map(
      [...this.#bytes].map(([relation, storedBytes]): [RelationId, Backlog] => {
        const epochs = this.#chunks.get(relation)
        return [relation, epochs === undefined ? { storedBytes } : batches(epochs)]
      }),
    )
  }
}
