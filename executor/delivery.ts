import { bytesOf } from '../storage/chunk-bytes.ts'
import type { Epoch, Sink, SinkWriter } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import { Backoff } from './retry.ts'
import type { SinkProgress } from './runtime-contract.ts'
import { type Backlog, type Batch, type ReadStored, SinkQueue } from './sink-queue.ts'

/** Epochs that wait go together, which saves the end of a transaction for each. */
const TOGETHER_BYTES_MAX = 64 << 20

export interface DeliveryOptions {
  readonly relation: RelationId
  readonly sink: Sink
  readonly host: Host
  /** Highest epoch the manifest says was delivered. */
  readonly delivered: Epoch
  /** Latest epoch of the manifest. */
  readonly committed: Epoch
  /** Memory for epochs that a failing sink does not take; the others are read from the bucket again. */
  readonly bytesMax: number
  readonly readStored: ReadStored | undefined
  readonly rateLimit: number | undefined
  /** False: another server has taken the database over. */
  owned(): Promise<boolean>
  acknowledged(epoch: Epoch): void
  /** Told once as long as the reason stays the same. */
  failed(reason: string): void
}

/**
 * Hands a sink its committed epochs in order.
 *
 * Algorithm: open a writer, claim it (which fences every older writer), and only then believe the marker the target keeps;
 * skip epochs up to it, write the rest. After any failure the outcome is unknown: the writer is thrown away and all of this
 * starts again.
 * Invariants: an epoch is enqueued only after its manifest exists; it is acknowledged (and its log trimmed by a later manifest)
 * only after the target said that it has it. A limit is a debt: an epoch is written whole, the next one when its rows would have
 * gone at the rate.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #queue: SinkQueue
  readonly #stopping = new AbortController()
  #delivered: Epoch
  #committed: Epoch
  #error = ''
  #rows = 0
  #bytes = 0
  /** Rows a second; undefined: no limit; 0: nothing goes. */
  #rate: number | undefined
  /** Of the host's monotonic time; the next epoch of a limited sink goes then. */
  #dueMs = 0
  #wake: (() => void) | undefined
  readonly #ended: Promise<void>

  constructor(options: DeliveryOptions, backlog: Backlog) {
    this.#options = options
    this.#rate = options.rateLimit
    this.#delivered = options.delivered
    const storedBytes = 'storedBytes' in backlog ? backlog.storedBytes : 0
    this.#committed = storedBytes > 0 ? options.committed : options.delivered
    this.#queue = new SinkQueue(options.readStored, options.bytesMax, storedBytes)
    if (!('storedBytes' in backlog)) for (const batch of backlog) this.enqueue(batch)
    this.#ended = this.#run()
  }

  /** Bytes that wait in memory. */
  get queuedBytes(): number {
    return this.#queue.bytes
  }

  get counters(): { readonly relation: RelationId; readonly rows: number; readonly bytes: number } {
    return { relation: this.#options.relation, rows: this.#rows, bytes: this.#bytes }
  }

  get progress(): SinkProgress {
    return {
      relation: this.#options.relation,
      guarantee: this.#options.sink.guarantee,
      delivered: this.#delivered,
      committed: Math.max(this.#committed, this.#delivered),
      backlogBytes: this.#queue.backlogBytes,
      error: this.#error,
    }
  }

  /** Takes a committed epoch over. */
  enqueue(batch: Batch): void {
    this.#queue.push(batch, this.#oneByOne)
    this.#committed = batch.epoch
    this.#wake?.()
  }

  /** Epochs are not written together: one of them may be what failed, or each has to wait for its time. */
  get #oneByOne(): boolean {
    return this.#error !== '' || this.#rate !== undefined
  }

  get rateLimit(): number | undefined {
    return this.#rate
  }

  limit(rowsPerSecond: number | undefined): void {
    this.#rate = rowsPerSecond
    this.#dueMs = this.#options.host.monotonic()
    this.#queue.spill()
    this.#wake?.()
  }

  /** Ends after the write that is under way, if any. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake?.()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { host } = this.#options
    const { signal } = this.#stopping
    const backoff = new Backoff(host)
    while (!signal.aborted) {
      let writer: SinkWriter | undefined
      try {
        // A sink that never had a row is claimed too: an older server may still be writing.
        writer = await this.#options.sink.open()
        await this.#deliver(writer, () => {
          backoff.reset()
          this.#error = ''
        })
      } catch (error) {
        this.#fail(error)
        await backoff.pause(signal)
      } finally {
        await writer?.close().catch(error => this.#error === '' && this.#fail(error))
      }
    }
  }

  #fail(error: unknown): void {
    const reason = reasonOf(error)
    if (reason !== this.#error) this.#options.failed(reason)
    this.#error = reason
    this.#queue.spill()
  }

  async #deliver(writer: SinkWriter, succeeded: () => void): Promise<void> {
    const { host, owned } = this.#options
    const { signal } = this.#stopping
    host.crashPoint('C12')
    const marker = await writer.claim({ delivered: this.#delivered })
    host.crashPoint('C14')
    // A target without a marker is new, or an old server, for which it was new, wakes up after the marker was deleted. Who is
    // the owner after its claim is fenced by the claim of any later one.
    if (marker === undefined && !(await owned()))
      throw new SqlError('object_in_use', 'another server has taken the database over')
    if (marker !== undefined && marker > this.#delivered) this.#acknowledge(marker)
    while (!signal.aborted) {
      if (this.#queue.empty && this.#queue.stored) {
        await this.#queue.refill(this.#delivered)
        continue
      }
      if (this.#queue.empty) {
        // Only now: an epoch may be what fails, again and again.
        succeeded()
        await this.#more()
        continue
      }
      if (this.#rate === 0 || (this.#rate !== undefined && this.#dueMs > host.monotonic())) {
        await this.#pause()
        continue
      }
      const batches = this.#queue.oldest(this.#oneByOne ? 0 : TOGETHER_BYTES_MAX)
      const epochs = batches.filter(({ epoch }) => epoch > this.#delivered)
      const last = epochs.at(-1)
      if (last !== undefined) {
        const before = writer.sent
        await writer.write(epochs)
        host.crashPoint('C18')
        this.#count(epochs, before, writer.sent)
        this.#acknowledge(last.epoch)
        succeeded()
      }
      this.#queue.shift(batches.length)
    }
  }

  #count(epochs: readonly Batch[], before: SinkWriter['sent'], after: SinkWriter['sent']): void {
    const chunks = epochs.flatMap(epoch => epoch.chunks)
    const chunkRows = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (this.#rate) this.#dueMs = this.#options.host.monotonic() + (chunkRows * 1000) / this.#rate
    this.#rows += after === undefined ? chunkRows : after.rows - (before?.rows ?? 0)
    this.#bytes += after === undefined ? bytesOf(chunks) : after.bytes - (before?.bytes ?? 0)
  }

  #acknowledge(epoch: Epoch): void {
    this.#delivered = epoch
    this.#options.acknowledged(epoch)
  }

  /** Until the debt is paid, the limit changes or an epoch comes. */
  async #pause(): Promise<void> {
    const { host } = this.#options
    const over = new AbortController()
    const paid = this.#rate === 0 ? [] : [host.sleep(this.#dueMs - host.monotonic(), over.signal)]
    await Promise.race([...paid.map(sleep => sleep.catch(() => {})), this.#more()])
    over.abort()
    this.#wake = undefined
  }

  #more(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}

/** What went wrong, and what mends it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!(error instanceof SqlError)) return error.message
  return [error.message, error.detail, error.hint].filter(part => part !== undefined).join(' · ')
}
