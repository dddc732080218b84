import type { Column } from '../types/chunk.ts'
import { rowRange } from './gather.ts'
import { hashRows } from './hash-rows.ts'
import { ListIndex } from './row-index.ts'

/** A table whose rows are indexed. */
export interface IndexedRows {
  readonly columns: readonly Column[]
  readonly weights: Int32Array
  /** Row ids are below this. */
  readonly end: number
}

/**
 * A table's rows by columns that queries ask for. It is filled while a scan goes through the table: rows below `#covered` are
 * in it, what is written among them meanwhile is followed, and once all are it finds rows.
 */
export class KeyIndex {
  readonly columns: readonly number[]
  /** Rows written into it since it was of use. */
  written = 0
  /** How often in turn it would have found too many. */
  refused = 0
  readonly #table: IndexedRows
  readonly #rows: ListIndex
  #covered = 0
  #complete = false

  constructor(table: IndexedRows, columns: readonly number[]) {
    this.#table = table
    this.columns = columns
    this.#rows = new ListIndex(table, columns, true, false)
  }

  /** All rows of the table are in it. */
  get complete(): boolean {
    return this.#complete
  }

  get byteLength(): number {
    return this.#rows.byteLength
  }

  /** A row was put. */
  add(id: number): void {
    if (!this.#complete && id >= this.#covered) return
    this.#rows.add(id)
    this.written++
  }

  /** A row is about to go. */
  remove(id: number): void {
    if (!this.#complete && id >= this.#covered) return
    this.#rows.remove(id)
    this.written++
  }

  /** Takes the rows below `to` in. */
  cover(to: number): void {
    const from = this.#covered
    if (this.#complete || to <= from) return
    const { columns, weights, end } = this.#table
    const length = to - from
    if (weights.subarray(from, to).includes(0)) {
      for (let id = from; id < to; id++) if (weights[id] !== 0) this.#rows.add(id)
    } else {
      const hashes = new Int32Array(length)
      const ranges = columns.map((column, i) =>
        this.columns.includes(i) ? rowRange(column, from, to) : column,
      )
      hashRows({ columns: ranges, length }, this.columns, hashes)
      this.#rows.addMany(from, undefined, length, hashes)
    }
    this.#covered = to
    this.#complete = to >= end
  }

  /**
   * Ids of rows with one of the keys (in the order of its columns), each once, in order. `one`: one row a key is enough.
   * undefined: they are more than `most`, or most likely so.
   */
  rowsOf(keys: readonly Column[], count: number, most: number, one: boolean): Int32Array | undefined {
    if (!one && count * this.#rows.rowsEach > most) return undefined
    const positions = keys.map((_, i) => i)
    const hashes = new Int32Array(count)
    const firsts = new Int32Array(count)
    const chunk = { columns: keys, length: count }
    hashRows(chunk, positions, hashes)
    this.#rows.firsts(chunk, positions, hashes, undefined, count, firsts)
    // Equal keys have the same list, and no row is in two.
    firsts.sort()
    const { links } = this.#rows
    const ids: number[] = []
    for (let i = 0; i < count; i++) {
      if (i > 0 && firsts[i] === firsts[i - 1]) continue
      for (let id = firsts[i]!; id !== -1; id = links[id]!) {
        if (ids.length === most) return undefined
        ids.push(id)
        if (one) break
      }
    }
    return Int32Array.from(ids).sort()
  }
}
