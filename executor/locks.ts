import type { RelationId } from '../types/job.ts'

/** One statement at a time on each table, in order of arrival. */
export class Locks {
  readonly #tails = new Map<RelationId, Promise<void>>()

  async take(table: RelationId): Promise<() => void> {
    const before = this.#tails.get(table)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#tails.set(table, promise)
    await before
    return () => {
      if (this.#tails.get(table) === promise) this.#tails.delete(table)
      resolve()
    }
  }
}
