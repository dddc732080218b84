import type { Chunk, Column } from '../types/chunk.ts'
import type { Order } from '../types/job.ts'
import { physical } from '../types/type.ts'
import { equalRows } from './compare-cells.ts'
import { HashIndex, scatter } from './hash-index.ts'
import { hashRow } from './hash-rows.ts'
import { compareOrder, OrderedRows } from './ordered-index.ts'

interface Rows {
  readonly columns: readonly Column[]
}

/** Secondary hash index: rows of equal columns form a doubly linked list; the hash entry names its head. */
export class ListIndex {
  readonly columns: readonly number[]
  readonly #rows: Rows
  readonly #heads = new HashIndex()
  #next = new Int32Array(64)
  #previous = new Int32Array(64)

  constructor(rows: Rows, columns: readonly number[]) {
    this.#rows = rows
    this.columns = columns
  }

  add(id: number): void {
    if (id >= this.#next.length) this.#reserve(id + 1)
    const hash = hashRow(this.#rows, id, this.columns)
    const head = this.#find(hash, this.#rows.columns, this.columns, id)
    this.#next[id] = head
    this.#previous[id] = -1
    if (head === -1) this.#heads.insert(hash, id)
    else {
      this.#previous[head] = id
      this.#heads.replace(hash, head, id)
    }
  }

  /** Adds rows first, first + 1, …; `hashes` by row of the chunk that they were copied from (rows: which ones). */
  addMany(first: number, rows: Int32Array | undefined, count: number, hashes: Int32Array): void {
    if (first + count > this.#next.length) this.#reserve(first + count)
    const { columns } = this.#rows
    const only = this.#int64Words()
    for (let i = 0; i < count; i++) {
      const id = first + i
      const hash = hashes[rows === undefined ? i : rows[i]!]!
      const head =
        only === undefined
          ? this.#find(hash, columns, this.columns, id)
          : this.#findInt64(only, hash, only[2 * id]!, only[2 * id + 1]!)
      this.#next[id] = head
      this.#previous[id] = -1
      if (head === -1) this.#heads.insert(hash, id)
      else {
        this.#previous[head] = id
        this.#heads.replace(hash, head, id)
      }
    }
  }

  remove(id: number): void {
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
    return this.#find(hashRow(chunk, row, columns), chunk.columns, columns, row)
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
    if (words !== undefined && probe !== undefined && probe.nulls === null) {
      const data = probe.data as BigInt64Array
      const wanted = new Int32Array(data.buffer, data.byteOffset, data.length * 2)
      for (let i = 0; i < count; i++) {
        const row = rows === undefined ? i : rows[i]!
        out[i] = this.#findInt64(words, hashes[row]!, wanted[2 * row]!, wanted[2 * row + 1]!)
      }
      return
    }
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!
      out[i] = this.#find(hashes[row]!, chunk.columns, columns, row)
    }
  }

  /** By row id: the next row of the same list, or -1. Valid until rows are added. */
  get links(): Int32Array {
    return this.#next
  }

  /** The next row of the same list, or -1. */
  next(id: number): number {
    return this.#next[id]!
  }

  get byteLength(): number {
    return this.#heads.byteLength + this.#next.byteLength * 2
  }

  #find(hash: number, columns: readonly Column[], positions: readonly number[], row: number): number {
    const { entries, mask } = this.#heads
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const id = entries[2 * slot + 1]! - 1
      if (equalRows(this.#rows.columns, this.columns, id, columns, positions, row)) return id
    }
    return -1
  }

  /** Halves of the stored cells when the index is of one 8-byte column without NULLs. */
  #int64Words(): Int32Array | undefined {
    const column = this.#rows.columns[this.columns[0]!]
    if (this.columns.length !== 1 || column === undefined) return undefined
    if (column.nulls !== null || physical(column.type) !== 'i64') return undefined
    const data = column.data as BigInt64Array
    return new Int32Array(data.buffer, data.byteOffset, data.length * 2)
  }

  #findInt64(words: Int32Array, hash: number, low: number, high: number): number {
    const { entries, mask } = this.#heads
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const id = entries[2 * slot + 1]! - 1
      if (words[2 * id] === low && words[2 * id + 1] === high) return id
    }
    return -1
  }

  #reserve(rows: number): void {
    let size = this.#next.length
    while (size < rows) size *= 2
    const next = new Int32Array(size)
    next.set(this.#next)
    const previous = new Int32Array(size)
    previous.set(this.#previous)
    this.#next = next
    this.#previous = previous
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
    this.#compare = (a, b) => compareOrder(this.#order, rows.columns, a, rows.columns, b) || a - b
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
