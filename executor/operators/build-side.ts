import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { equalCells } from '../../storage/compare-cells.ts'
import { gather32 } from '../../storage/gather.ts'
import { scatter } from '../../storage/hash-index.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import { physical, type Schema } from '../../types/type.ts'

/** Rows that others are looked up in: gathered first, then linked once into chains of equal hash. */
export class BuildSide {
  readonly columns: readonly ColumnBuffer[]
  weights = new Int32Array(64)
  count = 0
  /** Weight of what each row matched; undefined: not wanted. */
  matches: Float64Array | undefined
  /** No row takes another back. */
  positive = true
  readonly #keys: readonly number[]
  #hashes = new Int32Array(64)
  /** 1: the row's key matches nothing. */
  #unable = new Uint8Array(64)
  #heads = new Int32Array(0)
  #next = new Int32Array(0)
  #mask = 0

  constructor(schema: Schema, keys: readonly number[]) {
    this.columns = schema.map(field => new ColumnBuffer(field.type, 64, true))
    this.#keys = keys
  }

  /** Adds the chunk's rows; `hashes` of their keys. `unable[row]` 1: the row is kept, and found by none. */
  add(chunk: Chunk, hashes: Int32Array, unable: Uint8Array | undefined): void {
    const first = this.count
    const { length } = chunk
    this.#reserve(first + length)
    for (let i = 0; i < this.columns.length; i++)
      this.columns[i]!.gather(first, chunk.columns[i]!, undefined, length)
    gather32(this.weights, first, chunk.weights, undefined, length)
    gather32(this.#hashes, first, hashes, undefined, length)
    if (unable !== undefined) this.#unable.set(unable.subarray(0, length), first)
    for (let i = 0; i < length; i++) if (chunk.weights[i]! < 0) this.positive = false
    this.count += length
  }

  get bytes(): number {
    const numbers = this.weights.length + this.#hashes.length + this.#heads.length + this.#next.length
    return 4 * numbers + byteLengths(this.columns)
  }

  /** All rows are there: links them. */
  complete(marks: boolean): void {
    let size = 16
    while (size < this.count) size *= 2
    this.#mask = size - 1
    this.#heads = new Int32Array(size)
    this.#next = new Int32Array(this.count)
    const heads = this.#heads
    const next = this.#next
    const hashes = this.#hashes
    const unable = this.#unable
    const mask = this.#mask
    // Backwards, so that a chain lists its rows as they came.
    for (let id = this.count - 1; id >= 0; id--) {
      if (unable[id] === 1) continue
      const slot = scatter(hashes[id]!) & mask
      next[id] = heads[slot]!
      heads[slot] = id + 1
    }
    if (marks) this.matches = new Float64Array(this.count)
  }

  /**
   * Collects pairs of a row of the chunk, from `row` on, and a row here with the same key, until `most` are there. `one`: at
   * most one a row. Returns how many, and sets `stopped` to where to go on.
   */
  pairs(
    chunk: Chunk,
    keys: readonly number[],
    hashes: Int32Array,
    unable: Uint8Array | undefined,
    one: boolean,
    from: Cursor,
    rows: Int32Array,
    ids: Int32Array,
  ): number {
    const heads = this.#heads
    const next = this.#next
    const own = this.#hashes
    const mask = this.#mask
    const most = rows.length
    const same = this.#sameKey(chunk.columns, keys)
    let { row, id } = from
    let count = 0
    for (; row < chunk.length; row++, id = -1) {
      if (unable !== undefined && unable[row] === 1) continue
      const hash = hashes[row]!
      if (id === -1) id = heads[scatter(hash) & mask]!
      for (; id !== 0; id = next[id - 1]!) {
        if (own[id - 1] !== hash || (same !== undefined && !same(row, id - 1))) continue
        if (count === most) {
          from.row = row
          from.id = id
          return count
        }
        rows[count] = row
        ids[count++] = id - 1
        if (one) break
      }
    }
    from.row = row
    from.id = -1
    return count
  }

  /** Compares keys of equal hash; undefined: the hash tells all. */
  #sameKey(
    columns: readonly Column[],
    keys: readonly number[],
  ): ((row: number, id: number) => boolean) | undefined {
    if (keys.length === 0) return undefined
    const mine = this.#keys.map(i => this.columns[i]!)
    const theirs = keys.map(i => columns[i]!)
    if (keys.length === 1 && mine[0]!.nulls === null && theirs[0]!.nulls === null) {
      // One 32-bit word is hashed one to one.
      if (physical(mine[0]!.type) === 'i32') return undefined
      if (physical(mine[0]!.type) === 'i64') {
        const a = mine[0]!.i64
        const b = theirs[0]!.data as BigInt64Array
        return (row, id) => a[id] === b[row]
      }
    }
    return (row, id) => {
      for (let k = 0; k < mine.length; k++) if (!equalCells(theirs[k]!, row, mine[k]!, id)) return false
      return true
    }
  }

  #reserve(rows: number): void {
    if (rows <= this.weights.length) return
    let capacity = this.weights.length
    while (capacity < rows) capacity *= 2
    const weights = new Int32Array(capacity)
    weights.set(this.weights)
    this.weights = weights
    const hashes = new Int32Array(capacity)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const unable = new Uint8Array(capacity)
    unable.set(this.#unable)
    this.#unable = unable
  }
}

/** Where a search for pairs stopped. */
export interface Cursor {
  row: number
  /** Next row of the chain, plus one; -1: the chain's first. */
  id: number
}
