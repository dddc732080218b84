import type { Bytes, Chunk, Column } from '../types/chunk.ts'
import { hashDocument } from '../types/document-bytes.ts'
import { hashBytes } from '../types/hash-bytes.ts'
import { hashFloat, hashValue, mixHash, NULL_HASH } from '../types/hash-value.ts'
import { physical } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { wordsOf } from '../types/words.ts'

const SEED = 0x1b873593

/** Hash of the given columns of every row into `out`: equal rows (NULL = NULL, 1.0 = 1.00) hash equally. */
export function hashRows(
  chunk: Pick<Chunk, 'columns' | 'length'>,
  columns: readonly number[],
  out: Int32Array,
): void {
  out.fill(SEED, 0, chunk.length)
  for (const index of columns) hashColumn(chunk.columns[index]!, chunk.length, out)
}

function hashColumn(column: Column, length: number, out: Int32Array): void {
  const nulls = column.nulls
  const kind = physical(column.type)
  if (kind === 'i64') {
    const words = wordsOf(column.data as BigInt64Array)
    for (let i = 0; i < length; i++) {
      const h =
        nulls !== null && nulls[i] === 1
          ? NULL_HASH
          : words[2 * i]! ^ Math.imul(words[2 * i + 1]!, 0x85ebca6b)
      out[i] = mixHash(out[i]!, h)
    }
    return
  }
  if (kind === 'i32') {
    const data = column.data as Int32Array
    for (let i = 0; i < length; i++)
      out[i] = mixHash(out[i]!, nulls !== null && nulls[i] === 1 ? NULL_HASH : data[i]!)
    return
  }
  if (kind === 'bytes' && nulls === null && column.type.name !== 'jsonb') {
    const { bytes, starts, ends } = column.data as Bytes
    for (let i = 0; i < length; i++) out[i] = mixHash(out[i]!, hashBytes(bytes, starts[i]!, ends[i]!))
    return
  }
  for (let i = 0; i < length; i++) out[i] = mixHash(out[i]!, hashCell(column, i))
}

/** Hash of one row, the same as `hashRows` gives. */
export function hashRow(
  chunk: { readonly columns: readonly Column[] },
  row: number,
  columns: readonly number[],
): number {
  let h = SEED
  for (let i = 0; i < columns.length; i++) h = mixHash(h, hashCell(chunk.columns[columns[i]!]!, row))
  return h
}

const word = new BigInt64Array(1)
const halves = new Int32Array(word.buffer)

function hashCell(column: Column, row: number): number {
  if (column.nulls !== null && column.nulls[row] === 1) return NULL_HASH
  switch (physical(column.type)) {
    case 'u8':
      return (column.data as Uint8Array)[row]!
    case 'i32':
      return (column.data as Int32Array)[row]!
    case 'i64':
      word[0] = (column.data as BigInt64Array)[row]!
      return halves[0]! ^ Math.imul(halves[1]!, 0x85ebca6b)
    case 'f64':
      return hashFloat((column.data as Float64Array)[row]!)
    case 'bytes': {
      const { bytes, starts, ends } = column.data as Bytes
      const hash = column.type.name === 'jsonb' ? hashDocument : hashBytes
      return hash(bytes, starts[row]!, ends[row]!)
    }
    case 'values':
      return hashValue(column.type, (column.data as Value[])[row]!)
  }
}
