import { bytesOf } from '../storage/chunk-bytes.ts'
import type { Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import type { BatchRows } from './batch.ts'
import { rowsThen } from './rows-then.ts'

/** So many bytes of changes are kept at most. */
const BYTES_MAX = 64 << 20

interface Change {
  readonly relation: RelationId
  readonly atMs: number
  readonly serial: number
  readonly chunks: readonly Chunk[]
  readonly bytes: number
}

/** A moment whose rows somebody goes on to read. */
export interface Pin {
  /** Changes with a lower number belong to it. */
  readonly serial: number
  release(): void
}

export type Moment = { readonly timeMs: number } | Pick<Pin, 'serial'>

/**
 * The newest changes of served relations, by which older rows are found: the rows of a time are those of now without what came
 * after it. Invariant: changes are in the order of their epochs; nothing of a relation is missing since its floor.
 */
export class History {
  #changes: (Change | undefined)[] = []
  /** Those before it are gone. */
  #first = 0
  #bytes = 0
  /** Number of the next change. */
  #serial = 0
  /** Older moments than this are not known. */
  readonly #floor: { timeMs: number; serial: number }
  /** Of relations whose columns were changed since. */
  readonly #floors = new Map<RelationId, { readonly timeMs: number; readonly serial: number }>()
  readonly #pins = new Set<Pin>()

  readonly #keepMs: () => number

  constructor(startMs: number, keepMs: () => number) {
    this.#floor = { timeMs: startMs, serial: 0 }
    this.#keepMs = keepMs
  }

  /** The epoch's net change of a relation, published now; the chunks are not changed by anybody. */
  add(relation: RelationId, atMs: number, chunks: readonly Chunk[]): void {
    const bytes = bytesOf(chunks)
    this.#changes.push({ relation, atMs, serial: this.#serial++, chunks, bytes })
    this.#bytes += bytes
    const sinceMs = atMs - this.#keepMs()
    let pinned = this.#serial
    for (const { serial } of this.#pins) pinned = Math.min(pinned, serial)
    while (this.#first < this.#changes.length) {
      const oldest = this.#changes[this.#first]!
      if (this.#bytes <= BYTES_MAX && (oldest.atMs >= sinceMs || oldest.serial >= pinned)) break
      this.#changes[this.#first++] = undefined
      this.#bytes -= oldest.bytes
      this.#floor.timeMs = Math.max(this.#floor.timeMs, oldest.atMs)
      this.#floor.serial = oldest.serial + 1
    }
    // Moved rarely: what is gone stays in front until it is half of all.
    if (this.#first * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#first)
      this.#first = 0
    }
  }

  /** The relation has other columns from now on, or is gone. */
  cut(relation: RelationId, atMs: number): void {
    this.#floors.set(relation, { timeMs: atMs, serial: this.#serial })
  }

  /** What comes later is kept until it is released, as far as memory goes. */
  pin(): Pin {
    const pin: Pin = { serial: this.#serial, release: () => this.#pins.delete(pin) }
    this.#pins.add(pin)
    return pin
  }

  /** Whether the relation's rows are others than at that moment, or may be. */
  isChanged(relation: RelationId, at: Moment): boolean {
    return this.#isGone(relation, at) || this.#later(relation, at).length > 0
  }

  /**
   * The relation's rows at that moment; `open` yields those of now. Throws 22023 for a time before what is kept, 72000 for such a pin.
   * `beside`: columns that only the rows of now have, behind the others.
   */
  rowsAt(
    relation: RelationId,
    at: Moment,
    schema: Schema,
    open: () => BatchRows,
    beside: Schema = [],
  ): BatchRows {
    if (this.#isGone(relation, at)) throw this.#gone(relation, at)
    const later = this.#later(relation, at)
    return later.length === 0 ? open() : rowsThen(open(), later, schema, beside)
  }

  #later(relation: RelationId, at: Moment): readonly Chunk[] {
    const found: Chunk[] = []
    for (let i = this.#changes.length - 1; i >= this.#first; i--) {
      const change = this.#changes[i]!
      if ('serial' in at && change.serial < at.serial) break
      if (change.relation !== relation) continue
      if ('serial' in at || change.atMs > at.timeMs) found.push(...change.chunks)
    }
    return found
  }

  #isGone(relation: RelationId, at: Moment): boolean {
    const floor = this.#floors.get(relation)
    if ('serial' in at) return at.serial < Math.max(this.#floor.serial, floor?.serial ?? 0)
    return at.timeMs < Math.max(this.#floor.timeMs, floor?.timeMs ?? 0)
  }

  #gone(relation: RelationId, at: Moment): SqlError {
    if ('serial' in at)
      return new SqlError('snapshot_too_old', 'snapshot too old', {
        detail:
          'Tables changed by more since the first query of the block than is kept, or got other columns.',
      })
    const floor = Math.max(this.#floor.timeMs, this.#floors.get(relation)?.timeMs ?? 0)
    return new SqlError(
      'invalid_parameter_value',
      `Time-travel version expired: table ${relation}, epoch 0`,
      {
        detail: `Rows of ${new Date(at.timeMs).toISOString()} are not kept any more, those since ${new Date(floor).toISOString()} are.`,
      },
    )
  }
}
