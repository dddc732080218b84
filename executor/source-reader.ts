import type { Offset, Offsets, Reader, Source, SourceBatch } from '../types/connector.ts'
import { AssertionError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { Gate } from './gate.ts'
import { RateLimit } from './rate-limit.ts'
import { Backoff } from './retry.ts'

const READ_ROWS = 4096
/** Batches posted and not yet processed by the engine. */
const CREDITS = 4
const PAUSED_MS = 50

export interface SourceReaderOptions {
  readonly relation: RelationId
  readonly source: Source
  readonly from: Readonly<Record<string, Offset>>
  /** Exclusive ends: the reader ends when all are reached. */
  readonly until?: Readonly<Record<string, Offset>>
  readonly rateLimit: number | undefined
  readonly host: Host
  readonly gate: Gate
  /** Resolves when the engine has processed the batch. */
  push(batch: SourceBatch): Promise<void>
  failed(error: unknown): void
}

/** Reads one source on and on; after a failure it opens it anew where the last batch ended. */
export class SourceReader {
  readonly #options: SourceReaderOptions
  readonly #stopping = new AbortController()
  readonly #limit: RateLimit
  #at: Map<string, Offset>
  #reader: Reader | undefined
  #error = ''
  rows = 0
  bytes = 0
  readonly ended: Promise<void>

  constructor(options: SourceReaderOptions) {
    this.#options = options
    this.#limit = new RateLimit(options.rateLimit)
    this.#at = new Map(Object.entries(options.from))
    this.ended = this.#run()
  }

  /** Why it is not reading; '': it is. */
  get error(): string {
    return this.#error
  }

  /** Where the splits end, as far as is known. */
  get ends(): Offsets {
    return this.#reader?.ends?.() ?? new Map()
  }

  get rateLimit(): number | undefined {
    return this.#limit.rowsPerSecond
  }

  limit(rowsPerSecond: number | undefined): void {
    this.#limit.change(rowsPerSecond)
  }

  committed(offsets: Readonly<Record<string, Offset>>): void {
    this.#reader?.committed?.(new Map(Object.entries(offsets))).catch(this.#options.failed)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.ended
  }

  async #run(): Promise<void> {
    const { host, source, until, failed } = this.#options
    const { signal } = this.#stopping
    const backoff = new Backoff(host)
    let done = false
    while (!signal.aborted && !done) {
      try {
        const ends: Offsets | undefined = until === undefined ? undefined : new Map(Object.entries(until))
        this.#reader = await source.open(this.#at, ends)
        done = await this.#read(this.#reader, () => {
          backoff.reset()
          this.#error = ''
        })
      } catch (error) {
        if (error instanceof AssertionError) throw error
        this.#error = error instanceof Error ? error.message : String(error)
        failed(error)
        await backoff.pause(signal)
      } finally {
        await this.#reader?.close().catch(failed)
        this.#reader = undefined
      }
    }
    await source.close().catch(failed)
  }

  /** True: the ends were reached. */
  async #read(reader: Reader, succeeded: () => void): Promise<boolean> {
    const { host, gate } = this.#options
    const { signal } = this.#stopping
    const outstanding: Promise<void>[] = []
    while (!signal.aborted) {
      const allowed = this.#limit.allowed(host.now(), READ_ROWS)
      if (allowed === 0) {
        await host.sleep(PAUSED_MS, signal)
        continue
      }
      const batch = await reader.read(allowed, signal)
      if (signal.aborted) return false
      if (batch === undefined) {
        await Promise.all(outstanding)
        return this.#options.until !== undefined
      }
      while (gate.closed) await gate.pass()
      if (signal.aborted) return false
      // From here to the push nothing is awaited: the rows and the position behind them go together.
      this.#at = new Map([...this.#at, ...batch.offsets])
      this.rows += batch.chunk.length
      this.bytes += batch.bytes
      this.#limit.spend(batch.chunk.length)
      outstanding.push(this.#options.push(batch))
      succeeded()
      if (outstanding.length >= CREDITS) await outstanding.shift()
    }
    return false
  }
}
