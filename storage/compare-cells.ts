import type { Bytes, Column } from '../types/chunk.ts'
import { compareFloats, compareValues } from '../types/compare.ts'
import { equalDocuments } from '../types/document-bytes.ts'
import { compareDocuments } from '../types/json-order.ts'
import { physical } from '../types/type.ts'
import type { Value } from '../types/value.ts'

/** IS NOT DISTINCT FROM of two cells of one type. */
export function equalCells(a: Column, i: number, b: Column, j: number): boolean {
  const nullA = a.nulls !== null && a.nulls[i] === 1
  const nullB = b.nulls !== null && b.nulls[j] === 1
  if (nullA || nullB) return nullA === nullB
  switch (physical(a.type)) {
    case 'u8':
      return (a.data as Uint8Array)[i] === (b.data as Uint8Array)[j]
    case 'i32':
      return (a.data as Int32Array)[i] === (b.data as Int32Array)[j]
    case 'i64':
      return (a.data as BigInt64Array)[i] === (b.data as BigInt64Array)[j]
    case 'f64':
      return compareFloats((a.data as Float64Array)[i]!, (b.data as Float64Array)[j]!) === 0
    case 'bytes':
      if (equalBytes(a.data as Bytes, i, b.data as Bytes, j)) return true
      return a.type.name === 'jsonb' && equalTexts(a.data as Bytes, i, b.data as Bytes, j)
    case 'values':
      return compareValues(a.type, (a.data as Value[])[i]!, (b.data as Value[])[j]!) === 0
  }
}

/** Order of two cells of one type, NULL last. */
export function compareCells(a: Column, i: number, b: Column, j: number): number {
  const nullA = a.nulls !== null && a.nulls[i] === 1
  const nullB = b.nulls !== null && b.nulls[j] === 1
  if (nullA || nullB) return nullA === nullB ? 0 : nullA ? 1 : -1
  switch (physical(a.type)) {
    case 'u8':
      return (a.data as Uint8Array)[i]! - (b.data as Uint8Array)[j]!
    case 'i32': {
      const x = (a.data as Int32Array)[i]!
      const y = (b.data as Int32Array)[j]!
      return x < y ? -1 : x > y ? 1 : 0
    }
    case 'i64': {
      const x = (a.data as BigInt64Array)[i]!
      const y = (b.data as BigInt64Array)[j]!
      return x < y ? -1 : x > y ? 1 : 0
    }
    case 'f64':
      return compareFloats((a.data as Float64Array)[i]!, (b.data as Float64Array)[j]!)
    case 'bytes':
      if (a.type.name === 'jsonb')
        return compareDocuments(textAt(a.data as Bytes, i), textAt(b.data as Bytes, j))
      return compareBytes(a.data as Bytes, i, b.data as Bytes, j)
    case 'values':
      return compareValues(a.type, (a.data as Value[])[i]!, (b.data as Value[])[j]!)
  }
}

/** True when the columns of both rows are not distinct; `columnsA[k]` is compared with `columnsB[k]`. */
export function equalRows(
  a: readonly Column[],
  columnsA: readonly number[],
  i: number,
  b: readonly Column[],
  columnsB: readonly number[],
  j: number,
): boolean {
  for (let k = 0; k < columnsA.length; k++)
    if (!equalCells(a[columnsA[k]!]!, i, b[columnsB[k]!]!, j)) return false
  return true
}

/** Of documents. */
function equalTexts(a: Bytes, i: number, b: Bytes, j: number): boolean {
  return equalDocuments(a.bytes, a.starts[i]!, a.ends[i]!, b.bytes, b.starts[j]!, b.ends[j]!)
}

/** Whether two cells hold the same bytes. */
export function equalBytes(a: Bytes, i: number, b: Bytes, j: number): boolean {
  let from = a.starts[i]!
  let other = b.starts[j]!
  const to = a.ends[i]!
  if (to - from !== b.ends[j]! - other) return false
  const x = a.bytes
  const y = b.bytes
  while (from < to) if (x[from++] !== y[other++]) return false
  return true
}

function compareBytes(a: Bytes, i: number, b: Bytes, j: number): number {
  const fromA = a.starts[i]!
  const fromB = b.starts[j]!
  const lengthA = a.ends[i]! - fromA
  const lengthB = b.ends[j]! - fromB
  const length = Math.min(lengthA, lengthB)
  for (let k = 0; k < length; k++) {
    const order = a.bytes[fromA + k]! - b.bytes[fromB + k]!
    if (order !== 0) return order
  }
  return lengthA - lengthB
}

function textAt(column: Bytes, row: number): string {
  return Buffer.from(column.bytes.buffer, column.bytes.byteOffset, column.bytes.byteLength).toString(
    'utf8',
    column.starts[row],
    column.ends[row],
  )
}
