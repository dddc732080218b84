import type { Column } from '../types/chunk.ts'
import { type IndexedRows, KeyIndex } from './key-index.ts'

/** An index is made when rows were asked for by its columns so often. */
const ASKED_MIN = 2
const INDEXES_MAX = 4
const ASKED_MAX = 64
/** An index into which so many times the table's rows were written since it was of use is dropped. */
const IDLE_WRITES = 4
/** Smaller tables are gone through. */
const INDEXED_ROWS_MIN = 8192

/** Columns, and rows of keys in the order of these columns. */
export interface AskedKeys {
  readonly columns: readonly number[]
  readonly keys: readonly Column[]
  readonly count: number
  /** One row of a key is as good as all. */
  readonly one: boolean
}

/** Indexes that a table has because queries ask for its rows by keys again and again. */
export class KeyIndexes {
  readonly #table: IndexedRows
  /** The one of most recent use last. */
  #indexes: KeyIndex[] = []
  /** How often rows were asked for, by columns. */
  readonly #asked = new Map<string, number>()

  constructor(table: IndexedRows) {
    this.#table = table
  }

  add(id: number): void {
    for (const index of this.#indexes) index.add(id)
    this.#dropIdle()
  }

  remove(id: number): void {
    for (const index of this.#indexes) index.remove(id)
  }

  get byteLength(): number {
    return this.#indexes.reduce((sum, { byteLength }) => sum + byteLength, 0)
  }

  /** Ids of rows that may have one of the keys, in order; undefined: no index is complete, or they are more than `most`. */
  rowsOf({ columns, keys, count, one }: AskedKeys, most: number): Int32Array | undefined {
    const fit = this.#indexes.filter(one => one.complete && one.columns.every(c => columns.includes(c)))
    const index = fit.toSorted((a, b) => b.columns.length - a.columns.length)[0]
    if (index === undefined) return undefined
    const own = index.columns.map(column => keys[columns.indexOf(column)]!)
    const whole = columns.every(column => index.columns.includes(column))
    const found = index.rowsOf(own, count, most, one && whole)
    if (found === undefined) return undefined
    index.written = 0
    this.#indexes = [...this.#indexes.filter(one => one !== index), index]
    return found
  }

  /** Rows are asked for by these columns: an index that whoever goes through the table shall fill; undefined: none. */
  wanted(columns: readonly number[]): KeyIndex | undefined {
    if (this.#table.end < INDEXED_ROWS_MIN) return undefined
    const own = [...new Set(columns)].sort((a, b) => a - b)
    const name = own.join()
    const known = this.#indexes.find(index => index.columns.join() === name)
    if (known !== undefined) return known.complete ? undefined : known
    const asked = (this.#asked.get(name) ?? 0) + 1
    if (this.#asked.size >= ASKED_MAX) this.#asked.clear()
    this.#asked.set(name, asked)
    if (asked < ASKED_MIN) return undefined
    this.#asked.delete(name)
    const made = new KeyIndex(this.#table, own)
    this.#indexes = [...this.#indexes.slice(-INDEXES_MAX + 1), made]
    return made
  }

  #dropIdle(): void {
    const most = IDLE_WRITES * Math.max(this.#table.end, INDEXED_ROWS_MIN)
    if (this.#indexes.some(({ written }) => written > most))
      this.#indexes = this.#indexes.filter(({ written }) => written <= most)
  }
}
