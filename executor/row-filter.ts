import { scatter } from '../storage/hash-index.ts'
import { hashRows } from '../storage/hash-rows.ts'
import type { Chunk, Column } from '../types/chunk.ts'
import { chosenRows } from './table-scan.ts'

/** Bits for each row of the gathered side: one in 16 of the rows without a partner passes. */
const BITS_A_ROW = 16
/** 8 KB: rows that pass by chance cost more than a few lines of the cache. */
const BITS_MIN = 1 << 16
/** Of so many rows the first are tried; a filter that keeps most of them is given up. */
const TRIED_ROWS = 16_384
const WORTH_SHARE = 0.6

/** Keeps rows that may have a partner: a bit for each hash of a key. */
export class RowFilter {
  /** Where the rows that are tried have their keys. */
  readonly columns: readonly number[]
  readonly #bits: Int32Array
  readonly #mask: number
  #rows = new Int32Array(4096)
  #seen = 0
  #kept = 0

  /** `keys`: those columns of the gathered side. */
  constructor(columns: readonly number[], keys: readonly Column[], count: number) {
    this.columns = columns
    let bits = BITS_MIN
    while (bits < count * BITS_A_ROW) bits *= 2
    this.#mask = bits - 1
    this.#bits = new Int32Array(bits >>> 5)
    const hashes = new Int32Array(count)
    hashRows(
      { columns: keys, length: count },
      keys.map((_, k) => k),
      hashes,
    )
    for (let id = 0; id < count; id++) {
      const at = scatter(hashes[id]!) & this.#mask
      this.#bits[at >>> 5]! |= 1 << (at & 31)
    }
  }

  /** Does not pay. */
  get idle(): boolean {
    return this.#seen >= TRIED_ROWS && this.#kept > this.#seen * WORTH_SHARE
  }

  /** Rows of `kept` that may have a partner are moved to its front; returns how many. All are tried. */
  keep(chunk: { readonly columns: readonly Column[]; readonly length: number }, kept: Int32Array): number {
    const { length } = chunk
    hashRows(chunk, this.columns, kept)
    const bits = this.#bits
    const mask = this.#mask
    let count = 0
    for (let row = 0; row < length; row++) {
      const at = scatter(kept[row]!) & mask
      if ((bits[at >>> 5]! >>> (at & 31)) & 1) kept[count++] = row
    }
    this.#seen += length
    this.#kept += count
    return count
  }

  /** The rows that may have a partner; undefined: none. */
  apply(chunk: Chunk): Chunk | undefined {
    if (this.idle) return chunk
    const { length } = chunk
    if (this.#rows.length < length) this.#rows = new Int32Array(length)
    const kept = this.keep(chunk, this.#rows)
    if (kept === length) return chunk
    if (kept === 0) return undefined
    return chosenRows(chunk, this.#rows.slice(0, kept))
  }
}
