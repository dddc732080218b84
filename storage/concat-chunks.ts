import type { Bytes, Chunk, Column, ColumnData } from '../types/chunk.ts'
import { PackedColumn, type PackedDecimals } from '../types/packed-decimals.ts'
import { physical } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { gatherBytes, totalBytes } from './gather.ts'

/** One chunk with the rows of all, in order; the only one itself when there is one. */
export function concatChunks(chunks: readonly Chunk[]): Chunk {
  if (chunks.length === 1) return chunks[0]!
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const weights = new Int32Array(length)
  let at = 0
  for (const chunk of chunks) {
    weights.set(chunk.weights.subarray(0, chunk.length), at)
    at += chunk.length
  }
  const columns = chunks[0]!.columns.map((_, i) => concatColumns(chunks, i, length))
  return { columns, weights, length }
}

function concatColumns(chunks: readonly Chunk[], index: number, length: number): Column {
  const { type } = chunks[0]!.columns[index]!
  let nulls: Uint8Array | null = null
  let at = 0
  for (const chunk of chunks) {
    const from = chunk.columns[index]!.nulls
    if (from !== null) (nulls ??= new Uint8Array(length)).set(from.subarray(0, chunk.length), at)
    at += chunk.length
  }
  const packed = chunks.map(chunk => chunk.columns[index]!.packed)
  if (packed.every(part => part !== undefined))
    return new PackedColumn(type, nulls, concatDecimals(packed, chunks, length))
  return { type, data: concatData(chunks, index, length), nulls }
}

function concatDecimals(
  parts: readonly PackedDecimals[],
  chunks: readonly Chunk[],
  length: number,
): PackedDecimals {
  const all = { digits: new Float64Array(length), scales: new Int16Array(length) }
  let at = 0
  for (const [i, { digits, scales }] of parts.entries()) {
    const rows = chunks[i]!.length
    all.digits.set(digits.subarray(0, rows), at)
    all.scales.set(scales.subarray(0, rows), at)
    at += rows
  }
  return all
}

function concatData(chunks: readonly Chunk[], index: number, length: number): ColumnData {
  switch (physical(chunks[0]!.columns[index]!.type)) {
    case 'u8':
      return filled(new Uint8Array(length), chunks, index)
    case 'i32':
      return filled(new Int32Array(length), chunks, index)
    case 'f64':
      return filled(new Float64Array(length), chunks, index)
    case 'i64':
      return filled(new BigInt64Array(length), chunks, index)
    case 'bytes':
      return concatBytes(chunks, index, length)
    case 'values':
      return chunks.flatMap(chunk => (chunk.columns[index]!.data as Value[]).slice(0, chunk.length))
  }
}

interface Numbers<A> {
  set(from: A, at: number): void
  subarray(from: number, to: number): A
}

function filled<A extends ColumnData & Numbers<A>>(all: A, chunks: readonly Chunk[], index: number): A {
  let at = 0
  for (const chunk of chunks) {
    all.set((chunk.columns[index]!.data as A).subarray(0, chunk.length), at)
    at += chunk.length
  }
  return all
}

function concatBytes(chunks: readonly Chunk[], index: number, length: number): Bytes {
  const parts = chunks.map(chunk => ({ data: chunk.columns[index]!.data as Bytes, rows: chunk.length }))
  const total = parts.reduce((sum, { data, rows }) => sum + totalBytes(data, undefined, rows), 0)
  const all = { bytes: new Uint8Array(total), starts: new Int32Array(length), ends: new Int32Array(length) }
  let row = 0
  let at = 0
  for (const { data, rows } of parts) {
    at = gatherBytes(all.bytes, at, all.starts, all.ends, row, data, undefined, rows)
    row += rows
  }
  return all
}
