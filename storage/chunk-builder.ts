import { CHUNK_ROWS, type Chunk, type Column, type ColumnData, insertions } from '../types/chunk.ts'
import { physical, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { ColumnBuffer } from './column-buffer.ts'
import { ownedRows } from './gather.ts'

/** Collects output rows cell by cell and hands them on as chunks of about CHUNK_ROWS. */
export class ChunkBuilder {
  readonly columns: readonly ColumnBuffer[]
  /** Index of the row being written. */
  length = 0
  #weights = new Int32Array(64)
  readonly #emit: ((chunk: Chunk) => void) | undefined
  readonly #limit: number

  /** Full chunks go to `emit`; without it the builder grows until `take`. */
  constructor(types: readonly Type[], emit?: (chunk: Chunk) => void, limit = CHUNK_ROWS) {
    this.columns = types.map(type => new ColumnBuffer(type, 64, true))
    this.#emit = emit
    this.#limit = limit
  }

  /** Ends the current row. */
  push(weight: number): void {
    this.#weights[this.length++] = weight
    if (this.#emit !== undefined && this.length >= this.#limit) this.flush()
    if (this.length === this.#weights.length) this.#grow()
  }

  /** Copies cells of one row of `from` into columns `at`, `at` + 1, … */
  copyRow(at: number, from: readonly Column[], row: number): void {
    for (let i = 0; i < from.length; i++) this.columns[at + i]!.copy(this.length, from[i]!, row)
  }

  /**
   * Copies cells of rows[0 .. count) of `from` into columns `at`, `at` + 1, … of the current row and those behind it.
   * `pushMany` ends these rows once all their columns are there.
   */
  gather(at: number, from: readonly Column[], rows: Int32Array | undefined, count: number): void {
    for (let i = 0; i < from.length; i++) this.columns[at + i]!.gather(this.length, from[i]!, rows, count)
  }

  /** Ends `count` rows with these weights. */
  pushMany(weights: Int32Array, count: number): void {
    while (this.length + count >= this.#weights.length) this.#grow()
    this.#weights.set(weights.subarray(0, count), this.length)
    this.length += count
    if (this.#emit !== undefined && this.length >= this.#limit) this.flush()
  }

  nullRow(at: number, count: number): void {
    for (let i = 0; i < count; i++) this.columns[at + i]!.setNull(this.length)
  }

  /** Of all rows, about. */
  get bytes(): number {
    let rowBytes = 4
    for (const column of this.columns) rowBytes += column.rowBytes(this.length)
    return this.length * rowBytes
  }

  /** Emits what is there. */
  flush(): void {
    if (this.length === 0 || this.#emit === undefined) return
    const length = this.length
    this.#emit({ columns: this.columns.map(view), weights: this.#weights, length })
    this.length = 0
    for (const column of this.columns) column.clear()
  }

  /** All rows as one chunk that the caller owns; undefined: none. The builder starts anew. */
  take(): Chunk | undefined {
    if (this.length === 0) return undefined
    const length = this.length
    const columns = this.columns.map(column => compacted(column, length))
    const chunk = { columns, weights: this.#weights.slice(0, length), length }
    this.length = 0
    for (const column of this.columns) column.clear()
    return chunk
  }

  #grow(): void {
    const weights = new Int32Array(this.#weights.length * 2)
    weights.set(this.#weights)
    this.#weights = weights
    for (const column of this.columns) column.reserve(weights.length)
  }
}

function view(column: ColumnBuffer): Column {
  return { type: column.type, data: column.data, nulls: column.nulls }
}

/** A copy of the first `length` rows that shares nothing. */
export function compacted(column: Column, length: number): Column {
  return ownedRows(column, undefined, length)
}

/** A chunk of SQL values, row by row; `weights` default to 1. */
export function chunkOf(
  types: readonly Type[],
  rows: readonly (readonly Value[])[],
  weights?: readonly number[],
): Chunk {
  const builder = new ChunkBuilder(types)
  for (let row = 0; row < rows.length; row++) {
    for (let i = 0; i < types.length; i++) builder.columns[i]!.set(row, rows[row]![i]!)
    builder.push(weights?.[row] ?? 1)
  }
  return (
    builder.take() ?? {
      columns: types.map(type => compacted(new ColumnBuffer(type), 0)),
      weights: new Int32Array(0),
      length: 0,
    }
  )
}

/** One row; keys are looked up by such rows one by one, so the common types take no builder. */
export function rowOf(types: readonly Type[], values: readonly Value[]): Chunk {
  const columns: Column[] = []
  for (let i = 0; i < types.length; i++) {
    const data = cellOf(types[i]!, values[i]!)
    if (data === undefined) return chunkOf(types, [values])
    columns.push({ type: types[i]!, data, nulls: null })
  }
  return { columns, weights: insertions(1), length: 1 }
}

function cellOf(type: Type, value: Value): ColumnData | undefined {
  if (typeof value === 'bigint') return physical(type) === 'i64' ? BigInt64Array.of(value) : undefined
  if (typeof value === 'number') return physical(type) === 'i32' ? Int32Array.of(value) : undefined
  if (typeof value !== 'string' || physical(type) !== 'bytes') return undefined
  const bytes = Buffer.from(value)
  return { bytes, starts: new Int32Array(1), ends: Int32Array.of(bytes.length) }
}
