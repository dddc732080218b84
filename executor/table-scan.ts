import { gather8, gather32, rowRange } from '../storage/gather.ts'
import type { KeyIndex } from '../storage/key-index.ts'
import type { AskedKeys } from '../storage/key-indexes.ts'
import type { StateTable } from '../storage/state-table.ts'
import { type Bytes, CHUNK_ROWS, type Chunk, type Column, type ColumnData } from '../types/chunk.ts'
import { physical, type Type } from '../types/type.ts'
import type { RowFilter } from './row-filter.ts'

/** Only rows that have one of the keys are wanted; others may come. */
export interface WantedKeys extends AskedKeys {
  /** Tells most of the others; undefined: is not worth it. */
  readonly filter: RowFilter | undefined
}

/** Rows are looked up where there are so many for each key, and read by ids where they are at most such a share; both in one step. */
export const ROWS_A_KEY = 16
const KEYS_MAX = 1 << 15
const FOUND_SHARE = 1 / 12
const FOUND_MAX = 1 << 16

/**
 * Rows of a table at one moment, read piece by piece: views of its columns while it does not change, copies of what is left
 * once it is about to. A chunk is valid until the next one is asked for or other work gets its turn; texts stay.
 */
export class TableScan implements Iterable<Chunk> {
  readonly #table: StateTable
  readonly #types: readonly Type[]
  /** Places of columns that are read; the others are NULL. */
  readonly #wanted: ReadonlySet<number> | undefined
  #end: number
  /** Ids of the rows; undefined: all below #end. */
  #ids: Int32Array | undefined
  #filter: RowFilter | undefined
  /** Is filled in passing. */
  #index: KeyIndex | undefined
  #at = 0
  #rows: Int32Array | undefined
  #copies: Chunk[] | undefined
  #closed: () => void

  constructor(table: StateTable, columns: readonly number[] | undefined, closed: () => void = () => {}) {
    this.#table = table
    this.#types = table.columns.map(column => column.type)
    this.#wanted = columns === undefined ? undefined : new Set(columns)
    this.#end = table.end
    this.#closed = closed
  }

  *[Symbol.iterator](): Generator<Chunk> {
    try {
      for (let chunk = this.#next(); chunk !== undefined; chunk = this.#next()) yield chunk
    } finally {
      this.close()
    }
  }

  /**
   * Before the first row: looks the rows up by one of these sets of keys, or leaves out what its filter can tell. Returns which;
   * undefined: neither.
   */
  narrow<K extends WantedKeys>(sets: readonly K[]): K | undefined {
    if (this.#copies !== undefined) return undefined
    const table = this.#table
    const bySize = sets.toSorted((a, b) => a.count - b.count)
    const most = Math.min(FOUND_MAX, Math.floor(table.size * FOUND_SHARE))
    for (const keys of bySize) {
      if (keys.count > KEYS_MAX || keys.count * ROWS_A_KEY > table.size) break
      const ids = table.byKeys.rowsOf(keys, most)
      if (ids !== undefined) {
        this.#ids = ids
        this.#end = ids.length
        return keys
      }
      this.#index ??= table.byKeys.wanted(keys.columns)
    }
    const first = bySize.find(keys => keys.filter !== undefined)
    this.#filter = first?.filter
    return first
  }

  /** The table is about to change. */
  settle(): void {
    if (this.#copies !== undefined) return
    this.#index = undefined
    const copies: Chunk[] = []
    for (let chunk = this.#view(); chunk !== undefined; chunk = this.#view()) copies.push(copied(chunk))
    this.#copies = copies.reverse()
    this.#closed()
  }

  /** No more rows are wanted. */
  close(): void {
    this.#copies = []
    this.#closed()
  }

  #next(): Chunk | undefined {
    return this.#copies === undefined ? this.#view() : this.#copies.pop()
  }

  #view(): Chunk | undefined {
    while (this.#at < this.#end) {
      const from = this.#at
      const to = Math.min(this.#end, from + CHUNK_ROWS)
      this.#at = to
      if (this.#ids !== undefined) return this.#chosen(this.#ids.subarray(from, to))
      this.#index?.cover(to)
      const ids = this.#live(from, to)
      if (ids === undefined) {
        const weights = this.#table.weights.subarray(from, to)
        return { columns: this.#columns(from, to), weights, length: to - from }
      }
      if (ids.length > 0) return this.#chosen(ids)
    }
    return undefined
  }

  /** Ids of rows that are there and that the filter keeps; undefined: all are. Valid until the next call. */
  #live(from: number, to: number): Int32Array | undefined {
    const { columns, weights, size, end } = this.#table
    const filter = this.#filter?.idle === false ? this.#filter : undefined
    if (filter === undefined && size === end) return undefined
    const ids = (this.#rows ??= new Int32Array(CHUNK_ROWS))
    let live = 0
    if (filter === undefined) {
      for (let id = from; id < to; id++) if (weights[id] !== 0) ids[live++] = id
    } else {
      const own = columns.map((column, i) =>
        filter.columns.includes(i) ? rowRange(column, from, to) : column,
      )
      const kept = filter.keep({ columns: own, length: to - from }, ids)
      for (let i = 0; i < kept; i++) if (weights[from + ids[i]!] !== 0) ids[live++] = from + ids[i]!
    }
    return live === to - from ? undefined : ids.subarray(0, live)
  }

  #chosen(ids: Int32Array): Chunk {
    const columns = this.#table.columns.map((column, i) =>
      this.#wanted?.has(i) === false ? nullColumn(this.#types[i]!) : column,
    )
    const rows = chosenRows({ columns, weights: this.#table.weights, length: this.#table.end }, ids)
    return { ...rows, columns: rows.columns.map(withoutNulls) }
  }

  #columns(from: number, to: number): readonly Column[] {
    return this.#table.columns.map((column, i): Column => {
      if (this.#wanted?.has(i) === false) return nullColumn(this.#types[i]!)
      return withoutNulls(rowRange(column, from, to))
    })
  }
}

function withoutNulls(column: Column): Column {
  return column.nulls !== null && !column.nulls.includes(1) ? { ...column, nulls: null } : column
}

/** The rows as a chunk whose numbers are its own; texts stay where they are. */
export function chosenRows({ columns, weights }: Chunk, rows: Int32Array): Chunk {
  const { length } = rows
  const own = new Int32Array(length)
  gather32(own, 0, weights, rows, length)
  return { columns: columns.map(column => chosen(column, rows, length)), weights: own, length }
}

/** One column of them. */
export function chosen({ type, data, nulls }: Column, rows: Int32Array, count: number): Column {
  if (data === NOTHING[physical(type)]) return { type, data, nulls }
  let ownNulls: Uint8Array | null = null
  if (nulls !== null) {
    ownNulls = new Uint8Array(count)
    gather8(ownNulls, 0, nulls, rows, count)
  }
  return { type, data: chosenData(data, rows, count), nulls: ownNulls }
}

function chosenData(data: ColumnData, rows: Int32Array, count: number): ColumnData {
  if (Array.isArray(data)) {
    const own = data.slice(0, count)
    for (let i = 0; i < count; i++) own[i] = data[rows[i]!]!
    return own
  }
  if ('bytes' in data) return chosenBytes(data, rows, count)
  const own = data.slice(0, count)
  for (let i = 0; i < count; i++) own[i] = data[rows[i]!]!
  return own
}

function chosenBytes({ bytes, starts, ends }: Bytes, rows: Int32Array, count: number): Bytes {
  const own = { bytes, starts: new Int32Array(count), ends: new Int32Array(count) }
  gather32(own.starts, 0, starts, rows, count)
  gather32(own.ends, 0, ends, rows, count)
  return own
}

function copied({ columns, weights, length }: Chunk): Chunk {
  return { columns: columns.map(copiedColumn), weights: weights.slice(), length }
}

function copiedColumn({ type, data, nulls }: Column): Column {
  if (data === NOTHING[physical(type)]) return { type, data, nulls }
  const own = Array.isArray(data)
    ? data
    : 'bytes' in data
      ? { bytes: data.bytes, starts: data.starts.slice(), ends: data.ends.slice() }
      : data.slice()
  return { type, data: own, nulls: nulls === null ? null : nulls.slice() }
}

const ALL_NULL = new Uint8Array(CHUNK_ROWS).fill(1)
const NOTHING: Readonly<Record<ReturnType<typeof physical>, ColumnData>> = {
  u8: new Uint8Array(CHUNK_ROWS),
  i32: new Int32Array(CHUNK_ROWS),
  i64: new BigInt64Array(CHUNK_ROWS),
  f64: new Float64Array(CHUNK_ROWS),
  bytes: { bytes: new Uint8Array(0), starts: new Int32Array(CHUNK_ROWS), ends: new Int32Array(CHUNK_ROWS) },
  values: new Array<null>(CHUNK_ROWS).fill(null),
}

function nullColumn(type: Type): Column {
  return { type, data: NOTHING[physical(type)], nulls: ALL_NULL }
}
