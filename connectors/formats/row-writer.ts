import type { Chunk } from '../../types/chunk.ts'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { ColumnWriter } from './column-writer.ts'

/** Collects decoded rows column by column and turns them into one chunk that the caller owns. */
export class RowWriter {
  readonly columns: readonly ColumnWriter[]
  weights: Int32Array
  /** Rows complete; cells behind them are garbage. */
  length = 0

  /** `rows` is a guess: it grows. */
  constructor(schema: Schema, rows = 64) {
    this.columns = schema.map(field => new ColumnWriter(field.type, rows))
    this.weights = new Int32Array(rows)
  }

  /** Makes room for another row. */
  reserve(): void {
    if (this.length < this.weights.length) return
    const rows = Math.max(16, this.length * 2)
    for (const column of this.columns) column.grow(rows)
    const weights = new Int32Array(rows)
    weights.set(this.weights)
    this.weights = weights
  }

  /** Adds a row; columns it does not reach are set by `set`. */
  push(row: readonly Value[], weight: number): void {
    this.reserve()
    for (let i = 0; i < row.length; i++) this.columns[i]!.set(this.length, row[i]!)
    this.weights[this.length++] = weight
  }

  set(row: number, column: number, value: Value): void {
    this.columns[column]!.set(row, value)
  }

  /** Forgets the cells of a row that was begun behind the last one: there, none may be NULL. */
  clearRow(): void {
    for (const column of this.columns) column.nulls[this.length] = 0
  }

  /** Takes rows back. */
  truncate(length: number): void {
    for (const column of this.columns) column.nulls.fill(0, length, this.length)
    this.length = length
  }

  chunk(): Chunk {
    const { columns, weights, length } = this
    return { columns: columns.map(column => column.column(length)), weights, length }
  }
}
