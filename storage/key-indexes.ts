import type { Column } from '../types/chunk.ts'
import type { RowId, TableSpec } from './contract.ts'
import { type IndexedRows, KeyIndex } from './key-index.ts'

/** An index is made when rows were asked for by its columns so often. */
const ASKED_MIN = 2
const INDEXES_MAX = 4
const ASKED_MAX = 64
/** An index into which so many times the table's rows were written since it was of use is dropped. */
const IDLE_WRITES = 4
/** An index by which so many times in turn too many rows were found is dropped. */
const REFUSED_MAX = 16
/** Smaller tables are gone through. */
export const INDEXED_ROWS_MIN = 8192

/** Columns, and rows of keys in the order of these columns. */
export interface AskedKeys {
  readonly columns: readonly number[]
  readonly keys: readonly Column[]
  readonly count: number
  /** One row of a key is as good as all. */
  readonly one: boolean
}

/** A table whose rows queries ask for. */
interface AskedTable extends IndexedRows {
  readonly spec: { readonly mode: TableSpec['mode'] }
  readonly identity: readonly number[]
  find(chunk: { readonly columns: readonly Column[] }, row: number, columns: readonly number[]): RowId
}

/** Indexes that a table has because queries ask for its rows by keys again and again. */
export class KeyIndexes {
  readonly #table: AskedTable
  /** The one of most recent use last. */
  #indexes: KeyIndex[] = []
  /** How often rows were asked for, by columns. */
  readonly #asked = new Map<string, number>()

  constructor(table: AskedTable) {
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

  /** Ids of rows that may have one of the keys, in order; undefined: nothing finds them, or they are more than `most`. */
  rowsOf(asked: AskedKeys, most: number): Int32Array | undefined {
    const { columns, keys, count, one } = asked
    if (this.#table.spec.mode === 'keyed' && this.#table.identity.every(c => columns.includes(c)))
      return rowsOfKey(this.#table, asked, most)
    const fit = this.#indexes.filter(index => index.complete && index.columns.every(c => columns.includes(c)))
    const index = fit.toSorted((a, b) => b.columns.length - a.columns.length)[0]
    if (index === undefined) return undefined
    const own = index.columns.map(column => keys[columns.indexOf(column)]!)
    const whole = columns.every(column => index.columns.includes(column))
    const found = index.rowsOf(own, count, most, one && whole)
    this.#indexes = this.#indexes.filter(other => other !== index)
    index.refused = found === undefined ? index.refused + 1 : 0
    if (found !== undefined) index.written = 0
    if (index.refused < REFUSED_MAX) this.#indexes.push(index)
    else this.#asked.set(index.columns.join(), -REFUSED_MAX)
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

/** Rows of a keyed table by its own index. */
function rowsOfKey(
  table: AskedTable,
  { columns, keys, count }: AskedKeys,
  most: number,
): Int32Array | undefined {
  const positions = table.identity.map(column => columns.indexOf(column))
  const ids = new Int32Array(count)
  let found = 0
  for (let row = 0; row < count; row++) {
    const id = table.find({ columns: keys }, row, positions)
    if (id !== -1) ids[found++] = id
  }
  const sorted = ids.subarray(0, found).sort()
  const once = sorted.filter((id, i) => i === 0 || id !== sorted[i - 1])
  return once.length > most ? undefined : once
}
