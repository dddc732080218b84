import type { Bytes, Column, ColumnData } from '../types/chunk.ts'
import { physical, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { wordsOf } from '../types/words.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'
import { copyBytes, rowRange } from './gather.ts'
import { readOffsets, writeOffsets } from './offset-codec.ts'
import { readValue, writeDecimals, writeValue } from './value-codec.ts'

/** Rows from <= row < to: null flags when there are any, then the data by its physical type. */
export function writeColumn(writer: ByteWriter, column: Column, from: number, to: number): void {
  const range = rowRange(column, from, to)
  const { type, packed, nulls: flags } = range
  const nulls = flags?.includes(1) ? flags : null
  writer.u8(nulls === null ? 0 : 1)
  if (nulls !== null) writer.raw(nulls)
  if (packed !== undefined) {
    writeDecimals(writer, packed)
    return
  }
  const { data } = range
  switch (physical(type)) {
    case 'u8':
      writer.raw(data as Uint8Array)
      return
    case 'i32':
      writer.array(data as Int32Array)
      return
    case 'i64': {
      writeOffsets(writer, wordsOf(data as BigInt64Array))
      return
    }
    case 'f64':
      writer.array(data as Float64Array)
      return
    case 'bytes':
      writeBytes(writer, data as Bytes, nulls, to - from)
      return
    case 'values':
      writeValues(writer, type, data as Value[], nulls)
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
function writeBytes(writer: ByteWriter, from: Bytes, nulls: Uint8Array | null, count: number): void {
  const { bytes, starts, ends } = from
  const lengths = new Int32Array(count)
  let total = 0
  /** Where the bytes begin, if they lie there row after row already. */
  let base = -1
  let packed = true
  for (let row = 0; row < count; row++) {
    const length = ends[row]! - starts[row]!
    if (length === 0 || (nulls !== null && nulls[row] === 1)) continue
    if (base === -1) base = starts[row]!
    else if (starts[row] !== base + total) packed = false
    lengths[row] = length
    total += length
  }
  writer.array(lengths)
  if (total === 0) return
  if (packed) {
    writer.raw(bytes.subarray(base, base + total))
    return
  }
  const copy = new Uint8Array(total)
  let at = 0
  for (let row = 0; row < count; row++) {
    if (lengths[row] === 0) continue
    copyBytes(copy, at, bytes, starts[row]!, ends[row]!)
    at += lengths[row]!
  }
  writer.raw(copy)
}

function writeValues(
  writer: ByteWriter,
  type: Type,
  values: readonly Value[],
  nulls: Uint8Array | null,
): void {
  for (let row = 0; row < values.length; row++)
    writeValue(writer, type, nulls !== null && nulls[row] === 1 ? null : values[row]!)
}
