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
  readonly #columns: readonly number[]
  readonly #bits: Int32Array
  readonly #mask: number
  #hashes = new Int32Array(4096)
  #seen = 0
  #kept = 0

  /** `columns`: where the rows that are tried have their keys; `keys`: those columns of the gathered side. */
  constructor(columns: readonly number[], keys: readonly Column[], count: number) {
    this.#columns = columns
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

  /** The rows that may have a partner; undefined: none. */
  apply(chunk: Chunk): Chunk | undefined {
    if (this.idle) return chunk
    const { length } = chunk
    if (this.#hashes.length < length) this.#hashes = new Int32Array(length)
    const hashes = this.#hashes
    hashRows(chunk, this.#columns, hashes)
    const bits = this.#bits
    const mask = this.#mask
    let kept = 0
    for (let row = 0; row < length; row++) {
      const at = scatter(hashes[row]!) & mask
      if ((bits[at >>> 5]! >>> (at & 31)) & 1) hashes[kept++] = row
    }
    this.#seen += length
    this.#kept += kept
    if (kept === length) return chunk
    if (kept === 0) return undefined
    const rows = hashes.slice(0, kept)
    return chosenRows(chunk, rows)
  }
}
