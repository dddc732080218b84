import type { Bytes, Chunk, Column } from './chunk.ts'
import { intervalMicros } from './compare.ts'
import { physical, type Type } from './type.ts'
import type { Decimal, Interval, Value } from './value.ts'

const NULL_HASH = 0x3c6ef372
const floats = new Float64Array(1)
const words = new Int32Array(floats.buffer)

/** Hashes rows over `columns` into `out`; equal rows hash equal in any chunk. Virtual node: hash >>> 24. */
export function hashRows(chunk: Chunk, columns: readonly number[], out: Int32Array): void {
  out.fill(0x165667b1, 0, chunk.length)
  for (const index of columns) combineColumn(chunk.columns[index]!, chunk.length, out)
}

/** int32 hash of one value, the same as in a column; 1.0 and 1.00 hash equal. */
export function hashValue(type: Type, value: Value): number {
  if (value === null) return NULL_HASH
  switch (physical(type)) {
    case 'u8':
      return mix(value ? 1 : 0)
    case 'i32':
      return mix(value as number)
    case 'i64':
      return hashInt64(value as bigint)
    case 'f64':
      return hashFloat(value as number)
    case 'bytes': {
      const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array)
      return hashBytes(bytes, 0, bytes.length)
    }
    case 'values':
      return hashObject(type, value)
  }
}

function combineColumn(column: Column, length: number, out: Int32Array): void {
  const nulls = column.nulls
  const kind = physical(column.type)
  const hash = cellHash(column, kind)
  for (let i = 0; i < length; i++) {
    const h = nulls !== null && nulls[i] === 1 ? NULL_HASH : hash(i)
    out[i] = mix(Math.imul(out[i]!, 31) + h)
  }
}

function cellHash(column: Column, kind: ReturnType<typeof physical>): (row: number) => number {
  switch (kind) {
    case 'u8':
    case 'i32': {
      const data = column.data as Int32Array
      return i => mix(data[i]!)
    }
    case 'i64': {
      const data = column.data as BigInt64Array
      const halves = new Int32Array(data.buffer, data.byteOffset, data.length * 2)
      return i => mix(Math.imul(mix(halves[2 * i + 1]!), 31) + halves[2 * i]!)
    }
    case 'f64': {
      const data = column.data as Float64Array
      return i => hashFloat(data[i]!)
    }
    case 'bytes': {
      const { bytes, starts, ends } = column.data as Bytes
      return i => hashBytes(bytes, starts[i]!, ends[i]!)
    }
    case 'values': {
      const data = column.data as Value[]
      return i => hashValue(column.type, data[i]!)
    }
  }
}

function hashObject(type: Type, value: Value): number {
  if (type.name === 'numeric') return hashDecimal(value as Decimal)
  if (type.name === 'interval') return hashBigint(intervalMicros(value as Interval))
  let h = 7
  const items = value as readonly Value[]
  for (let i = 0; i < items.length; i++) {
    h = mix(Math.imul(h, 31) + hashValue(type.element ?? type.fields![i]!.type, items[i]!))
  }
  return h
}

function hashDecimal(d: Decimal): number {
  if (d.special !== undefined) return mix(d.special.length)
  let { digits, scale } = d
  if (digits === 0n) return mix(0)
  for (; scale > 0 && digits % 10n === 0n; scale--) digits /= 10n
  return mix(Math.imul(hashBigint(digits), 31) + scale)
}

/** Of any size: 64 bits at a time. */
function hashBigint(value: bigint): number {
  let h = value < 0n ? 1 : 0
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) {
    h = mix(Math.imul(h, 31) + hashInt64(BigInt.asIntN(64, rest)))
  }
  return h
}

function hashInt64(value: bigint): number {
  const high = Number(BigInt.asIntN(32, value >> 32n))
  return mix(Math.imul(mix(high), 31) + Number(BigInt.asIntN(32, value)))
}

function hashFloat(value: number): number {
  floats[0] = value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value
  return mix(Math.imul(mix(words[1]!), 31) + words[0]!)
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
  return mix(h)
}

/** Murmur3's finalizer. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
