import type { Bytes, Column, ColumnData } from '../types/chunk.ts'
import { physical, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { readOffsets, writeOffsets } from './offset-codec.ts'
import { readValue, writeValue } from './value-codec.ts'

/** Rows of a block: row `order[i]` for i in [from, to), or row i itself. */
export interface RowRange {
  readonly order: Uint32Array | undefined
  readonly from: number
  readonly to: number
}

/** Null flags when there are any, then the data by its physical type. */
export function writeColumn(writer: ByteWriter, column: Column, rows: RowRange): void {
  const nulls = column.nulls === null ? null : gather8(column.nulls, rows)
  if (nulls === null || !nulls.includes(1)) writer.u8(0)
  else {
    writer.u8(1)
    writer.raw(nulls)
  }
  switch (physical(column.type)) {
    case 'u8':
      writer.raw(gather8(column.data as Uint8Array, rows))
      return
    case 'i32':
      writer.array(gather32(column.data as Int32Array, rows))
      return
    case 'i64':
      writeOffsets(writer, gather64(column.data as BigInt64Array, rows))
      return
    case 'f64':
      writer.array(gather64(column.data as Float64Array, rows))
      return
    case 'bytes':
      writeBytes(writer, column.data as Bytes, nulls, rows)
      return
    case 'values':
      writeValues(writer, column, nulls, rows)
  }
}

/** A column whose arrays share no memory with anything. */
export function readColumn(reader: ByteReader, type: Type, length: number): Column {
  const nulls = reader.u8() === 1 ? new Uint8Array(reader.memory(length)) : null
  return { type, data: readData(reader, type, length), nulls }
}

function readData(reader: ByteReader, type: Type, length: number): ColumnData {
  switch (physical(type)) {
    case 'u8':
      return new Uint8Array(reader.memory(length))
    case 'i32':
      return new Int32Array(reader.memory(length * 4))
    case 'i64':
      return readOffsets(reader, length)
    case 'f64':
      return new Float64Array(reader.memory(length * 8))
    case 'bytes': {
      const ends = new Int32Array(reader.memory(length * 4))
      const starts = new Int32Array(length)
      let at = 0
      for (let i = 0; i < length; i++) {
        starts[i] = at
        at += ends[i]!
        ends[i] = at
      }
      return { bytes: new Uint8Array(reader.memory(at)), starts, ends }
    }
    case 'values': {
      const values: Value[] = []
      for (let i = 0; i < length; i++) values.push(readValue(reader, type))
      return values
    }
  }
}

/** Lengths, then the bytes row after row. */
function writeBytes(
  writer: ByteWriter,
  { bytes, starts, ends }: Bytes,
  nulls: Uint8Array | null,
  rows: RowRange,
): void {
  const { order, from, to } = rows
  const lengths = new Int32Array(to - from)
  let total = 0
  for (let i = from; i < to; i++) {
    if (nulls !== null && nulls[i - from] === 1) continue
    const row = order === undefined ? i : order[i]!
    total += lengths[i - from] = ends[row]! - starts[row]!
  }
  writer.array(lengths)
  const packed = new Uint8Array(total)
  let at = 0
  for (let i = from; i < to; i++) {
    const length = lengths[i - from]!
    const start = starts[order === undefined ? i : order[i]!]!
    if (length < 24) for (let k = 0; k < length; k++) packed[at + k] = bytes[start + k]!
    else packed.set(bytes.subarray(start, start + length), at)
    at += length
  }
  writer.raw(packed)
}

function writeValues(writer: ByteWriter, column: Column, nulls: Uint8Array | null, rows: RowRange): void {
  const { order, from, to } = rows
  const values = column.data as Value[]
  for (let i = from; i < to; i++) {
    const isNull = nulls !== null && nulls[i - from] === 1
    writeValue(writer, column.type, isNull ? null : values[order === undefined ? i : order[i]!]!)
  }
}

function gather8(data: Uint8Array, { order, from, to }: RowRange): Uint8Array {
  if (order === undefined) return data.subarray(from, to)
  const out = new Uint8Array(to - from)
  for (let i = from; i < to; i++) out[i - from] = data[order[i]!]!
  return out
}

export function gather32(data: Int32Array, { order, from, to }: RowRange): Int32Array {
  if (order === undefined) return data.subarray(from, to)
  const out = new Int32Array(to - from)
  for (let i = from; i < to; i++) out[i - from] = data[order[i]!]!
  return out
}

/** As pairs of 32-bit words, so that no bigint is made and no NaN changes. */
function gather64(data: BigInt64Array | Float64Array, { order, from, to }: RowRange): Int32Array {
  const words = new Int32Array(data.buffer, data.byteOffset, data.length * 2)
  if (order === undefined) return words.subarray(from * 2, to * 2)
  const out = new Int32Array((to - from) * 2)
  for (let i = from; i < to; i++) {
    const row = order[i]!
    out[2 * (i - from)] = words[2 * row]!
    out[2 * (i - from) + 1] = words[2 * row + 1]!
  }
  return out
}
