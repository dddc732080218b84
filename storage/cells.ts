import type { Bytes, Column, ColumnData } from '../types/chunk.ts'
import { assert } from '../types/error.ts'
import { fromJson, toJson } from '../types/json.ts'
import { physical, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'

/** Growing buffer of little-endian fields. */
export class ByteSink {
  bytes = new Uint8Array(1 << 12)
  length = 0

  raw(part: Uint8Array): void {
    this.#reserve(part.length)
    this.bytes.set(part, this.length)
    this.length += part.length
  }

  uint32(value: number): void {
    this.#reserve(4)
    new DataView(this.bytes.buffer).setUint32(this.length, value, true)
    this.length += 4
  }

  /** With its length in front. */
  sized(part: Uint8Array): void {
    this.uint32(part.length)
    this.raw(part)
  }

  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }

  #reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    let capacity = this.bytes.length * 2
    while (capacity < this.length + count) capacity *= 2
    const wider = new Uint8Array(capacity)
    wider.set(this.bytes.subarray(0, this.length))
    this.bytes = wider
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  uint32(): number {
    this.at += 4
    return this.#view.getUint32(this.at - 4, true)
  }

  /** A copy, so it is aligned and owned. */
  raw(length: number): Uint8Array<ArrayBuffer> {
    assert(this.at + length <= this.#bytes.length, 'a field does not end after its block')
    this.at += length
    return Uint8Array.prototype.slice.call(this.#bytes, this.at - length, this.at) as Uint8Array<ArrayBuffer>
  }

  sized(): Uint8Array<ArrayBuffer> {
    return this.raw(this.uint32())
  }
}

/** Writes the rows `order[0..]` of a column: null flags when there are any, then the physical array. */
export function writeColumn(sink: ByteSink, column: Column, order: Int32Array): void {
  const count = order.length
  const { nulls } = column
  const flags = nulls === null ? undefined : Uint8Array.from(order, row => nulls[row]!)
  sink.sized(flags ?? new Uint8Array(0))
  switch (physical(column.type)) {
    case 'u8':
      sink.sized(Uint8Array.from(order, row => (column.data as Uint8Array)[row]!))
      return
    case 'i32': {
      const from = column.data as Int32Array
      const to = new Int32Array(count)
      for (let i = 0; i < count; i++) to[i] = from[order[i]!]!
      sink.sized(new Uint8Array(to.buffer))
      return
    }
    case 'i64': {
      const from = column.data as BigInt64Array
      const to = new BigInt64Array(count)
      for (let i = 0; i < count; i++) to[i] = from[order[i]!]!
      sink.sized(new Uint8Array(to.buffer))
      return
    }
    case 'f64': {
      const from = column.data as Float64Array
      const to = new Float64Array(count)
      for (let i = 0; i < count; i++) to[i] = from[order[i]!]!
      sink.sized(new Uint8Array(to.buffer))
      return
    }
    case 'bytes':
      writeBytes(sink, column.data as Bytes, order)
      return
    case 'values': {
      const values = column.data as Value[]
      const list = Array.from(order, row => (flags !== undefined && nulls![row] === 1 ? null : values[row]!))
      sink.sized(new Uint8Array(Buffer.from(toJson(list))))
      return
    }
  }
}

function writeBytes(sink: ByteSink, from: Bytes, order: Int32Array): void {
  const ends = new Int32Array(order.length)
  let total = 0
  for (let i = 0; i < order.length; i++) ends[i] = total += from.ends[order[i]!]! - from.starts[order[i]!]!
  sink.sized(new Uint8Array(ends.buffer))
  const packed = new Uint8Array(total)
  for (let i = 0, at = 0; i < order.length; i++) {
    packed.set(from.bytes.subarray(from.starts[order[i]!]!, from.ends[order[i]!]!), at)
    at = ends[i]!
  }
  sink.sized(packed)
}

export function readColumn(reader: ByteReader, type: Type, count: number): Column {
  const flags = reader.sized()
  assert(flags.length === 0 || flags.length === count, 'null flags are as many as rows')
  return { type, data: readData(reader, type, count), nulls: flags.length === 0 ? null : flags }
}

function readData(reader: ByteReader, type: Type, count: number): ColumnData {
  const bytes = reader.sized()
  switch (physical(type)) {
    case 'u8':
      return bytes
    case 'i32':
      return new Int32Array(bytes.buffer)
    case 'i64':
      return new BigInt64Array(bytes.buffer)
    case 'f64':
      return new Float64Array(bytes.buffer)
    case 'bytes': {
      const ends = new Int32Array(bytes.buffer)
      const starts = new Int32Array(count)
      starts.set(ends.subarray(0, Math.max(0, count - 1)), 1)
      if (count === 0) return { bytes: new Uint8Array(0), starts, ends }
      return { bytes: reader.sized(), starts, ends }
    }
    case 'values':
      return fromJson(Buffer.from(bytes).toString()) as Value[]
  }
}
