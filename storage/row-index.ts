import type { Chunk, Column } from '../types/chunk.ts'
import { assert } from '../types/error.ts'
import type { Order } from '../types/job.ts'
import { physical } from '../types/type.ts'
import { wordsOf } from '../types/words.ts'
import { equalRows } from './compare-cells.ts'
import { rowRange } from './gather.ts'
import { grownArray, nextCapacity } from './growing-array.ts'
import { HashIndex, scatter } from './hash-index.ts'
import { hashRow, hashRows } from './hash-rows.ts'
import { compareOrder, OrderedRows } from './ordered-index.ts'
import { orderOfForms } from './same-form.ts'

interface Rows {
  readonly columns: readonly Column[]
}

/** Rows behind the index are gone through for lookups until that cost so many looks at each of them. */
const LOOKS_MAX = 32

/**
 * Secondary hash index: rows of equal columns form a doubly linked list; the hash entry names its head. Where one 8-byte
 * column is the key of rows that stay, rows enter it when enough is looked up: before that few lookups go through them,
 * since rows that come and expire in between were better not entered.
 */
export class ListIndex {
  readonly columns: readonly number[]
  readonly #rows: Rows
  readonly #heads = new HashIndex()
  #next = new Int32Array(64)
  /** undefined: rows are never removed. */
  #previous: Int32Array | undefined
  readonly #inPlace: boolean
  /** Rows #entered <= id < #end are behind the index; #looks: at rows among them since they were. */
  #entered = 0
  #end = 0
  #looks = 0

  /** `removes`: rows will be removed. `inPlace`: see grownArray. */
  constructor(rows: Rows, columns: readonly number[], removes: boolean, inPlace: boolean) {
    this.#rows = rows
    this.columns = columns
    this.#previous = removes ? new Int32Array(64) : undefined
    this.#inPlace = inPlace
  }

  add(id: number): void {
    if (id >= this.#next.length) this.#reserve(id + 1)
    this.#enterAll()
    const hash = hashRow(this.#rows, id, this.columns)
    this.#put(hash, id, this.#slotOf(hash, this.#rows.columns, this.columns, id))
    this.#end = Math.max(this.#end, id + 1)
    this.#entered = this.#end
  }

  /** Adds rows first, first + 1, …; `hashes` by row of the chunk that they were copied from (rows: which ones). */
  addMany(first: number, rows: Int32Array | undefined, count: number, hashes: Int32Array): void {
    if (this.#previous === undefined && this.#int64Words() !== undefined) {
      if (first + count > this.#next.length) this.#reserve(first + count)
      this.#end = first + count
      return
    }
    this.#enterAll()
    this.#enter(first, rows, count, hashes)
  }

  #enter(first: number, rows: Int32Array | undefined, count: number, hashes: Int32Array): void {
    if (first + count > this.#next.length) this.#reserve(first + count)
    const { columns } = this.#rows
    const only = this.#int64Words()
    for (let i = 0; i < count; i++) {
      const id = first + i
      const hash = hashes[rows === undefined ? i : rows[i]!]!
      const slot =
        only === undefined
          ? this.#slotOf(hash, columns, this.columns, id)
          : this.#slotOfInt64(only, hash, only[2 * id]!, only[2 * id + 1]!)
      this.#put(hash, id, slot)
    }
    this.#end = first + count
    this.#entered = this.#end
  }

  #enterAll(): void {
    const first = this.#entered
    const length = this.#end - first
    if (length === 0) return
    const hashes = new Int32Array(length)
    const columns = this.#rows.columns.map(column => rowRange(column, first, this.#end))
    hashRows({ columns, length }, this.columns, hashes)
    this.#enter(first, undefined, length, hashes)
    this.#looks = 0
  }

  /** Forgets every row; then has rows 0 .. count - 1. */
  rebuild(count: number): void {
    if (this.#entered > 0) this.#heads.clear()
    this.#entered = 0
    this.#looks = 0
    this.#end = count
    if (this.#int64Words() === undefined) this.#enterAll()
  }

  /** `slot`: the entry of the list it joins as the new head; -1: none yet. */
  #put(hash: number, id: number, slot: number): void {
    if (this.#previous !== undefined) this.#previous[id] = -1
    if (slot === -1) {
      this.#next[id] = -1
      this.#heads.insert(hash, id)
      return
    }
    const { entries } = this.#heads
    const head = entries[2 * slot + 1]! - 1
    this.#next[id] = head
    if (this.#previous !== undefined) this.#previous[head] = id
    entries[2 * slot + 1] = id + 1
  }

  remove(id: number): void {
    assert(this.#previous !== undefined, 'the index is of rows that can be removed')
    const next = this.#next[id]!
    const previous = this.#previous[id]!
    if (next !== -1) this.#previous[next] = previous
    if (previous !== -1) {
      this.#next[previous] = next
      return
    }
    const hash = hashRow(this.#rows, id, this.columns)
    if (next === -1) this.#heads.remove(hash, id)
    else this.#heads.replace(hash, id, next)
  }

  /** First row whose index columns equal `columns` of the chunk's row; -1: none. */
  first(chunk: Rows, row: number, columns: readonly number[]): number {
    this.#enterAll()
    return this.#headAt(this.#slotOf(hashRow(chunk, row, columns), chunk.columns, columns, row))
  }

  /** `first` for rows[0 .. count) of the chunk (none given: 0 .. count) into `out`; `hashes` are the chunk's by `columns`. */
  firsts(
    chunk: Rows,
    columns: readonly number[],
    hashes: Int32Array,
    rows: Int32Array | undefined,
    count: number,
    out: Int32Array,
  ): void {
    const words = this.#int64Words()
    const probe = chunk.columns[columns[0]!]
    const fits = words !== undefined && probe !== undefined && probe.nulls === null
    const behind = this.#end - this.#entered
    this.#looks += behind * count
    const goesThrough = fits && behind > 0 && this.#looks <= LOOKS_MAX * behind
    if (!goesThrough) this.#enterAll()
    if (fits) {
      const wanted = wordsOf(probe.data as BigInt64Array)
      for (let i = 0; i < count; i++) {
        const row = rows === undefined ? i : rows[i]!
        const [low, high] = [wanted[2 * row]!, wanted[2 * row + 1]!]
        const head = this.#headAt(this.#slotOfInt64(words, hashes[row]!, low, high))
        out[i] = goesThrough ? this.#linked(words, low, high, head) : head
      }
      return
    }
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!
      out[i] = this.#headAt(this.#slotOf(hashes[row]!, chunk.columns, columns, row))
    }
  }

  /** Puts the rows behind the index that have this key before `head`; returns the first of the list. */
  #linked(words: Int32Array, low: number, high: number, head: number): number {
    let first = head
    for (let id = this.#entered; id < this.#end; id++) {
      if (words[2 * id] !== low || words[2 * id + 1] !== high) continue
      this.#next[id] = first
      first = id
    }
    return first
  }

  /** By row id: the next row of the same list, or -1. Valid until rows are added. */
  get links(): Int32Array {
    return this.#next
  }

  /** The next row of the same list, or -1. */
  next(id: number): number {
    return this.#next[id]!
  }

  /** Rows a key, on the average. */
  get rowsEach(): number {
    return this.#end / Math.max(1, this.#heads.count)
  }

  get byteLength(): number {
    return this.#heads.byteLength + this.#next.byteLength + (this.#previous?.byteLength ?? 0)
  }

  #headAt(slot: number): number {
    return slot === -1 ? -1 : this.#heads.entries[2 * slot + 1]! - 1
  }

  #slotOf(hash: number, columns: readonly Column[], positions: readonly number[], row: number): number {
    const { entries, mask } = this.#heads
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const id = entries[2 * slot + 1]! - 1
      if (equalRows(this.#rows.columns, this.columns, id, columns, positions, row)) return slot
    }
    return -1
  }

  /** Halves of the stored cells when the index is of one 8-byte column without NULLs. */
  #int64Words(): Int32Array | undefined {
    const column = this.#rows.columns[this.columns[0]!]
    if (this.columns.length !== 1 || column === undefined) return undefined
    if (column.nulls !== null || physical(column.type) !== 'i64') return undefined
    return wordsOf(column.data as BigInt64Array)
  }

  #slotOfInt64(words: Int32Array, hash: number, low: number, high: number): number {
    const { entries, mask } = this.#heads
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const id = entries[2 * slot + 1]! - 1
      if (words[2 * id] === low && words[2 * id + 1] === high) return slot
    }
    return -1
  }

  #reserve(rows: number): void {
    const size = nextCapacity(this.#next.length, rows, 4, this.#inPlace)
    this.#next = grownArray(this.#next, size, this.#inPlace)
    if (this.#previous !== undefined) this.#previous = grownArray(this.#previous, size, this.#inPlace)
  }
}

/** Secondary order: per prefix, row ids sorted by `order`, ties by the whole row. */
export class OrderIndex {
  readonly #rows: Rows
  readonly #prefix: readonly number[]
  readonly #order: readonly Order[]
  readonly #groups = new HashIndex()
  readonly #lists: (OrderedRows | undefined)[] = []
  readonly #free: number[] = []
  readonly #compare: (a: number, b: number) => number

  constructor(rows: Rows, prefix: readonly number[], order: readonly Order[]) {
    this.#rows = rows
    this.#prefix = prefix
    this.#order = totalOrder(order, rows.columns.length)
    const forms = orderOfForms(rows.columns)
    this.#compare = (a, b) =>
      compareOrder(this.#order, rows.columns, a, rows.columns, b) || forms(a, b) || a - b
  }

  add(id: number): void {
    const hash = hashRow(this.#rows, id, this.#prefix)
    let list = this.#find(hash, this.#rows.columns, this.#prefix, id)
    if (list === -1) {
      list = this.#free.pop() ?? this.#lists.length
      this.#lists[list] = new OrderedRows(this.#compare)
      this.#groups.insert(hash, list)
    }
    this.#lists[list]!.insert(id)
  }

  remove(id: number): void {
    const hash = hashRow(this.#rows, id, this.#prefix)
    const at = this.#find(hash, this.#rows.columns, this.#prefix, id)
    if (at === -1) return
    const list = this.#lists[at]!
    // The list must be found by its rows, so it leaves the index before its last row does.
    if (list.size === 1) {
      this.#groups.remove(hash, at)
      this.#lists[at] = undefined
      this.#free.push(at)
    } else list.remove(id)
  }

  /** Rows whose prefix equals `columns` of the chunk's row, in order. */
  rows(chunk: Chunk | Rows, row: number, columns: readonly number[]): OrderedRows | undefined {
    const at = this.#find(hashRow(chunk, row, columns), chunk.columns, columns, row)
    return at === -1 ? undefined : this.#lists[at]
  }

  get order(): readonly Order[] {
    return this.#order
  }

  get byteLength(): number {
    return this.#groups.byteLength + this.#groups.count * 64
  }

  #find(hash: number, columns: readonly Column[], positions: readonly number[], row: number): number {
    const { entries, mask } = this.#groups
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const at = entries[2 * slot + 1]! - 1
      const id = this.#lists[at]!.first()
      if (equalRows(this.#rows.columns, this.#prefix, id, columns, positions, row)) return at
    }
    return -1
  }
}

/** The order, then every other column: no two different rows tie. */
export function totalOrder(order: readonly Order[], columns: number): readonly Order[] {
  const named = new Set(order.map(o => o.column))
  const rest: Order[] = []
  for (let column = 0; column < columns; column++)
    if (!named.has(column)) rest.push({ column, descending: false, nullsFirst: false })
  return [...order, ...rest]
}
