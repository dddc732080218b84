import { gather8, gather32, rowRange } from '../storage/gather.ts'
import type { StateTable } from '../storage/state-table.ts'
import { type Bytes, CHUNK_ROWS, type Chunk, type Column, type ColumnData } from '../types/chunk.ts'
import { physical, type Type } from '../types/type.ts'

/**
 * Rows of a table at one moment, read piece by piece: views of its columns while it does not change, copies of what is left
 * once it is about to. A chunk is valid until the next one is asked for or other work gets its turn; texts stay.
 */
export class TableScan implements Iterable<Chunk> {
  readonly #table: StateTable
  readonly #types: readonly Type[]
  /** Places of columns that are read; the others are NULL. */
  readonly #wanted: ReadonlySet<number> | undefined
  readonly #end: number
  #at = 0
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

  /** The table is about to change. */
  settle(): void {
    if (this.#copies !== undefined) return
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
    const { weights } = this.#table
    while (this.#at < this.#end) {
      const from = this.#at
      const to = Math.min(this.#end, from + CHUNK_ROWS)
      this.#at = to
      let live = 0
      for (let id = from; id < to; id++) if (weights[id] !== 0) live++
      if (live === 0) continue
      const length = to - from
      if (live === length)
        return { columns: this.#columns(from, to), weights: weights.subarray(from, to), length }
      const rows = new Int32Array(live)
      let n = 0
      for (let i = 0; i < length; i++) if (weights[from + i] !== 0) rows[n++] = i
      return chosenRows(
        { columns: this.#columns(from, to), weights: weights.subarray(from, to), length },
        rows,
      )
    }
    return undefined
  }

  #columns(from: number, to: number): readonly Column[] {
    return this.#table.columns.map((column, i): Column => {
      if (this.#wanted?.has(i) === false) return nullColumn(this.#types[i]!)
      const range = rowRange(column, from, to)
      return range.nulls !== null && !range.nulls.includes(1) ? { ...range, nulls: null } : range
    })
  }
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
  if (Array.isArray(data)) return Array.from({ length: count }, (_, i) => data[rows[i]!]!)
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
