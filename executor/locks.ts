import { SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import { canceled } from './canceled.ts'

interface Held {
  owner: number
  readonly waiting: Waiter[]
}

interface Waiter {
  readonly owner: number
  readonly go: () => void
}

/** One session at a time on each table, in order of arrival. */
export class Locks {
  readonly #held = new Map<RelationId, Held>()
  /** The table that a session waits for. */
  readonly #waits = new Map<number, RelationId>()

  /** Resolves with what gives the table back. Throws 40P01 where sessions would wait for each other, and what `signal` says. */
  async take(table: RelationId, owner: number, signal?: AbortSignal): Promise<() => void> {
    const held = this.#held.get(table)
    if (held === undefined) this.#held.set(table, { owner, waiting: [] })
    else await this.#wait(table, held, owner, signal)
    let isHeld = true
    return () => {
      if (isHeld) this.#release(table)
      isHeld = false
    }
  }

  async #wait(table: RelationId, held: Held, owner: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw canceled(signal)
    this.#requireNoCircle(table, owner)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter = { owner, go: resolve }
    const giveUp = () => {
      const at = held.waiting.indexOf(waiter)
      // It may have the table already, and not have gone on yet.
      if (at === -1) return
      held.waiting.splice(at, 1)
      reject(canceled(signal!))
    }
    held.waiting.push(waiter)
    this.#waits.set(owner, table)
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
      this.#waits.delete(owner)
    }
  }

  #requireNoCircle(table: RelationId, owner: number): void {
    let next: RelationId | undefined = table
    while (next !== undefined) {
      const holder: number = this.#held.get(next)!.owner
      if (holder === owner)
        throw new SqlError('deadlock_detected', 'deadlock detected', {
          detail: 'Sessions wait for tables that each of them has changed and not committed.',
          hint: 'Run the transaction again, and let all transactions change tables in the same order.',
        })
      next = this.#waits.get(holder)
    }
  }

  #release(table: RelationId): void {
    const held = this.#held.get(table)!
    const next = held.waiting.shift()
    if (next === undefined) this.#held.delete(table)
    else {
      held.owner = next.owner
      // It has the table from now on, whenever it goes on.
      this.#waits.delete(next.owner)
      next.go()
    }
  }
}
