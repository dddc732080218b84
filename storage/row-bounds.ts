import type { Column } from '../types/chunk.ts'
import type { Type } from '../types/type.ts'
import { wordsOf } from '../types/words.ts'

/** A value of a column of whole numbers or times: number for 4-byte columns, else bigint. */
export type Bound = number | bigint

const BOUNDED = new Set(['int2', 'int4', 'int8', 'date', 'timestamp', 'timestamptz'])

/** Columns of the type can be compared with a Bound. */
export function isBounded(type: Type): boolean {
  return BOUNDED.has(type.name)
}

/** Rows whose cell in `column` lies below `bound`. */
export interface RowBound {
  readonly column: number
  readonly bound: Bound
}

/** Keeps of rows[0 .. count) those whose cell is not below the bound (NULL is not), in order; returns how many. */
export function keepRows(column: Column, bound: Bound, rows: Int32Array, count: number): number {
  const { data, nulls } = column
  let kept = 0
  if (data instanceof Int32Array) {
    for (let i = 0; i < count; i++) {
      const row = rows[i]!
      if (data[row]! >= bound || (nulls !== null && nulls[row] === 1)) rows[kept++] = row
    }
    return kept
  }
  const words = wordsOf(data as BigInt64Array)
  const high = Number(BigInt.asIntN(32, BigInt(bound) >> 32n))
  const low = Number(BigInt.asUintN(32, BigInt(bound)))
  for (let i = 0; i < count; i++) {
    const row = rows[i]!
    const top = words[2 * row + 1]!
    if (top > high || (top === high && words[2 * row]! >>> 0 >= low) || (nulls !== null && nulls[row] === 1))
      rows[kept++] = row
  }
  return kept
}

/** Rows from <= row < to that are below none of the bounds. */
export function rowsAbove(
  columns: readonly Column[],
  bounds: readonly RowBound[],
  from: number,
  to: number,
): Int32Array {
  const rows = new Int32Array(to - from)
  for (let i = 0; i < rows.length; i++) rows[i] = from + i
  let count = rows.length
  for (const { column, bound } of bounds) count = keepRows(columns[column]!, bound, rows, count)
  return rows.subarray(0, count)
}

/** The row with the greatest cell of the first `length` that are not NULL, or -1. */
export function greatestRow({ data, nulls }: Column, length: number): number {
  let greatest = -1
  if (data instanceof Int32Array) {
    for (let row = 0; row < length; row++)
      if ((nulls === null || nulls[row] === 0) && (greatest === -1 || data[row]! > data[greatest]!))
        greatest = row
    return greatest
  }
  const words = wordsOf(data as BigInt64Array)
  let high = 0
  let low = 0
  for (let row = 0; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue
    const top = words[2 * row + 1]!
    const bottom = words[2 * row]! >>> 0
    if (greatest !== -1 && (top < high || (top === high && bottom <= low))) continue
    greatest = row
    high = top
    low = bottom
  }
  return greatest
}
