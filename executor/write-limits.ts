import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import { canceled } from './canceled.ts'
import type { JobChange } from './runtime-contract.ts'

interface Limit {
  /** Rows a second; 0: nothing passes. */
  readonly rate: number
  /** Of the host's monotonic time; the next statement passes then. */
  dueMs: number
}

/** How fast statements write into tables: a statement is whole, so the one after it waits for as long as its rows take. */
export class WriteLimits {
  readonly #host: Host
  readonly #limits = new Map<RelationId, Limit>()
  #changed = Promise.withResolvers<void>()

  constructor(host: Host) {
    this.#host = host
  }

  /** undefined: no limit. */
  set(relation: RelationId, rate: number | undefined): void {
    if (rate === undefined) this.#limits.delete(relation)
    else this.#limits.set(relation, { rate, dueMs: this.#host.monotonic() })
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  /** Returns when so many rows may go into the table. */
  async pass(relation: RelationId, rows: number, signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      if (signal?.aborted) throw canceled(signal)
      const limit = this.#limits.get(relation)
      if (limit === undefined) return
      const wait = limit.dueMs - this.#host.monotonic()
      if (limit.rate > 0 && wait <= 0) {
        limit.dueMs = this.#host.monotonic() + (rows * 1000) / limit.rate
        return
      }
      await this.#pause(limit.rate > 0 ? wait : undefined, signal)
    }
  }

  /** Until the time is over, a limit changes or the statement is given up. */
  async #pause(ms: number | undefined, signal: AbortSignal | undefined): Promise<void> {
    const over = new AbortController()
    const given = Promise.withResolvers<void>()
    const giveUp = () => given.resolve()
    signal?.addEventListener('abort', giveUp)
    const slept = ms === undefined ? [] : [this.#host.sleep(ms, over.signal).catch(() => {})]
    await Promise.race([...slept, this.#changed.promise, given.promise])
    over.abort()
    signal?.removeEventListener('abort', giveUp)
  }
}

/** The limits of recovered tables. */
export function writeLimits(host: Host, jobs: Iterable<JobChange>): WriteLimits {
  const limits = new WriteLimits(host)
  for (const { job, writeRate } of jobs) if (writeRate !== undefined) limits.set(job.relation, writeRate)
  return limits
}
