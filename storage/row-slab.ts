import type { Chunk } from '../types/chunk.ts'
import type { Schema } from '../types/type.ts'
import { ColumnBuffer } from './column-buffer.ts'
import type { RowId } from './contract.ts'
import { grownArray, nextCapacity } from './growing-array.ts'

const CAPACITY = 64

/** Rows in typed columns by row id, with what a table notes of each. */
export class RowSlab {
  readonly columns: readonly ColumnBuffer[]
  /** By row id: 0 = free or tombstone; keyed: 1 = present; bag, append, log: how often. */
  weights = new Int32Array(CAPACITY)
  /** Row ids are below this. */
  end = 0
  /** Of the identity, where there is an index by it. */
  protected hashes = new Int32Array(CAPACITY)
  /** Weight at the last seal, right for dirty rows and tombstones. */
  protected base = new Int32Array(CAPACITY)
  protected dirtyFlags = new Uint8Array(CAPACITY)
  /** Rows below the end that are none. */
  protected free: RowId[] = []
  readonly #inPlace: boolean

  /** `inPlace`: see grownArray. */
  constructor(schema: Schema, inPlace: boolean) {
    this.#inPlace = inPlace
    this.columns = schema.map(field => new ColumnBuffer(field.type, CAPACITY, false, inPlace))
  }

  protected reserve(rows: number): void {
    const inPlace = this.#inPlace
    const capacity = nextCapacity(this.weights.length, rows, 4, inPlace)
    for (const column of this.columns) column.reserve(capacity)
    this.weights = grownArray(this.weights, capacity, inPlace)
    this.hashes = grownArray(this.hashes, capacity, inPlace)
    this.base = grownArray(this.base, capacity, inPlace)
    this.dirtyFlags = grownArray(this.dirtyFlags, capacity, inPlace)
  }

  /** Puts columns of rows[0 .. count) of the chunk (none given: its first) behind all others. Returns the first one's id. */
  protected appendColumns(chunk: Chunk, rows: Int32Array | undefined, count: number): RowId {
    const first = this.end
    this.end += count
    if (this.end > this.weights.length) this.reserve(this.end)
    for (let i = 0; i < this.columns.length; i++)
      this.columns[i]!.gather(first, chunk.columns[i]!, rows, count)
    return first
  }

  /** The last rows, down to `first`, move to where rows are free or `gone`; returns the ids they have now. */
  protected fillHoles(
    gone: readonly RowId[],
    first: RowId,
    moved: (to: RowId, from: RowId) => void,
  ): readonly RowId[] {
    const { weights, free } = this
    const filled: RowId[] = []
    const fill = (id: RowId) => {
      this.#moveLast(id)
      moved(id, this.end)
      filled.push(id)
    }
    for (const id of gone) {
      while (this.end > first && weights[this.end - 1] === 0) this.end--
      if (id >= this.end) continue
      if (this.end === first) free.push(id)
      else fill(id)
    }
    // Not more of them than there are rows to move: a table may have a million free ones.
    while (this.end > first && free.length > 0) fill(free.pop()!)
    return filled
  }

  #moveLast(to: RowId): void {
    const from = --this.end
    for (const column of this.columns) column.move(to, from)
    for (const numbers of [this.weights, this.base, this.hashes]) {
      numbers[to] = numbers[from]!
      numbers[from] = 0
    }
  }
}
