import { bytesOf } from '../storage/chunk-bytes.ts'
import type { Epoch, SinkEpoch } from '../types/connector.ts'

/** One committed epoch of a sink's log. */
export type Batch = SinkEpoch

/** What a recovered sink has still to get: in memory, or more than memory has room for. */
export type Backlog = readonly Batch[] | { readonly storedBytes: number }

/** The oldest epochs of the sink's log behind `after`, from the bucket; `through`: the version that was read. */
export type ReadStored = (after: Epoch) => Promise<{
  readonly epochs: readonly Batch[]
  readonly complete: boolean
  readonly through: Epoch
}>

/**
 * Committed epochs that a sink has still to get, oldest first. All of them are in the bucket; those that a failing sink has no room for
 * in memory are only there, and are read again when their turn comes.
 *
 * Invariant: the queue, then what is only stored, then what arrives while that is read (`#aside`) follow each other in
 * epoch order without a gap.
 */
export class SinkQueue {
  readonly #readStored: ReadStored | undefined
  readonly #bytesMax: number
  #batches: Batch[] = []
  #bytes = 0
  #stored = false
  #storedBytes = 0
  /** What comes while the bucket is read; undefined: it is not, or memory is full again. */
  #aside: Batch[] | undefined
  #asideBytes = 0

  /** `readStored` undefined: nothing is stored, all is kept in memory. */
  constructor(readStored: ReadStored | undefined, bytesMax: number, storedBytes: number) {
    this.#readStored = readStored
    this.#bytesMax = bytesMax
    this.#stored = storedBytes > 0
    this.#storedBytes = storedBytes
  }

  /** In memory. */
  get bytes(): number {
    return this.#bytes
  }

  /** In memory and stored, about; 0 only when there is nothing. */
  get backlogBytes(): number {
    return this.#bytes + this.#storedBytes
  }

  /** Nothing is in memory. */
  get empty(): boolean {
    return this.#batches.length === 0
  }

  /** The first one, and those behind it as long as all are within `bytesMax`. */
  oldest(bytesMax: number): readonly Batch[] {
    let bytes = 0
    const end = this.#batches.findIndex(({ chunks }, i) => (bytes += bytesOf(chunks)) > bytesMax && i > 0)
    return this.#batches.slice(0, end === -1 ? undefined : end)
  }

  /** Epochs follow that are only in the bucket. */
  get stored(): boolean {
    return this.#stored
  }

  /** `failing`: the sink takes nothing, so that memory is only for the next ones. */
  push(batch: Batch, failing: boolean): void {
    const size = bytesOf(batch.chunks)
    if (this.#stored) {
      this.#storedBytes += size
      this.#asideBytes += size
      this.#aside?.push(batch)
      if (this.#asideBytes > this.#bytesMax) this.#aside = undefined
      return
    }
    this.#batches.push(batch)
    this.#bytes += size
    if (failing) this.spill()
  }

  /** Takes the oldest ones away. */
  shift(count: number): void {
    for (const { chunks } of this.#batches.splice(0, count)) this.#bytes -= bytesOf(chunks)
  }

  /** Forgets what does not fit into memory. */
  spill(): void {
    if (this.#readStored === undefined) return
    while (this.#bytes > this.#bytesMax && this.#batches.length > 1) {
      const size = bytesOf(this.#batches.pop()!.chunks)
      this.#bytes -= size
      this.#storedBytes += size
      this.#stored = true
    }
  }

  /** Reads the next stored epochs, those after `delivered`, into the empty queue. */
  async refill(delivered: Epoch): Promise<void> {
    const aside: Batch[] = []
    this.#aside = aside
    this.#asideBytes = 0
    try {
      const { epochs, complete, through } = await this.#readStored!(delivered)
      this.#batches = [...epochs]
      if (complete && this.#aside === aside) {
        // What was committed while the version was read may be in it already.
        this.#batches.push(...aside.filter(batch => batch.epoch > through))
        this.#stored = false
      }
    } finally {
      this.#aside = undefined
    }
    this.#bytes = this.#batches.reduce((sum, batch) => sum + bytesOf(batch.chunks), 0)
    this.#storedBytes = this.#stored ? Math.max(1, this.#storedBytes - this.#bytes) : 0
  }
}
