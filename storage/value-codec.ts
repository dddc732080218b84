import { extendedType } from '../types/extended.ts'
import type { PackedDecimals } from '../types/packed-decimals.ts'
import { physical, type Type } from '../types/type.ts'
import type { Decimal, Interval, Value } from '../types/value.ts'
import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

const NULL = 0
const PRESENT = 1
/** Tags of numeric, besides NULL; PRESENT: digits fit 64 bits. */
const WIDE = 2
const SPECIALS = ['NaN', 'Infinity', '-Infinity'] as const
const FIRST_SPECIAL = 3
/** A tag, a scale, 64 bits. */
const DECIMAL_BYTES = 13

/** One value of any type: a tag, then its fields; lists hold their elements the same way. */
export function writeValue(writer: ByteWriter, type: Type, value: Value): void {
  if (value === null) {
    writer.u8(NULL)
    return
  }
  if (type.name === 'numeric') {
    writeDecimal(writer, value as Decimal)
    return
  }
  writer.u8(PRESENT)
  switch (physical(type)) {
    case 'u8':
      writer.u8(value === true ? 1 : 0)
      return
    case 'i32':
      writer.i32(value as number)
      return
    case 'i64':
      writer.i64(value as bigint)
      return
    case 'f64':
      writer.f64(value as number)
      return
    case 'bytes':
      writer.sized(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array))
      return
    case 'values':
      if (type.name === 'interval') writeInterval(writer, value as Interval)
      else writeOther(writer, type, value)
  }
}

export function readValue(reader: ByteReader, type: Type): Value {
  const tag = reader.u8()
  if (tag === NULL) return null
  if (type.name === 'numeric') return readDecimal(reader, tag)
  switch (physical(type)) {
    case 'u8':
      return reader.u8() === 1
    case 'i32':
      return reader.i32()
    case 'i64':
      return reader.i64()
    case 'f64':
      return reader.f64()
    case 'bytes': {
      const part = reader.sized()
      if (type.name === 'bytea') return Uint8Array.from(part)
      return Buffer.from(part.buffer, part.byteOffset, part.length).toString()
    }
    case 'values':
      return type.name === 'interval' ? readInterval(reader) : readOther(reader, type)
  }
}

function writeDecimal(writer: ByteWriter, { digits, scale, special }: Decimal): void {
  if (special !== undefined) {
    writer.u8(FIRST_SPECIAL + SPECIALS.indexOf(special))
    return
  }
  if (BigInt.asIntN(64, digits) === digits) {
    writer.u8(PRESENT)
    writer.i32(scale)
    writer.i64(digits)
    return
  }
  writer.u8(WIDE)
  writer.i32(scale)
  writer.u8(digits < 0n ? 1 : 0)
  const hex = (digits < 0n ? -digits : digits).toString(16)
  writer.sized(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'))
}

/** As `writeValue` does, number by number. */
export function writeDecimals(writer: ByteWriter, { digits, scales }: PackedDecimals): void {
  writer.reserve(digits.length * DECIMAL_BYTES)
  for (let i = 0; i < digits.length; i++) {
    const scale = scales[i]!
    if (scale === -1) writer.u8(NULL)
    else {
      writer.u8(PRESENT)
      writer.i32(scale)
      writer.whole(digits[i]!)
    }
  }
}

function readDecimal(reader: ByteReader, tag: number): Decimal {
  if (tag >= FIRST_SPECIAL) return { digits: 0n, scale: 0, special: SPECIALS[tag - FIRST_SPECIAL]! }
  const scale = reader.i32()
  if (tag === PRESENT) return { digits: reader.i64(), scale }
  const negative = reader.u8() === 1
  const part = reader.sized()
  const digits = BigInt(`0x${Buffer.from(part.buffer, part.byteOffset, part.length).toString('hex')}`)
  return { digits: negative ? -digits : digits, scale }
}

function writeInterval(writer: ByteWriter, { months, days, micros }: Interval): void {
  writer.i32(months)
  writer.i32(days)
  writer.i64(micros)
}

function readInterval(reader: ByteReader): Interval {
  return { months: reader.i32(), days: reader.i32(), micros: reader.i64() }
}

function writeOther(writer: ByteWriter, type: Type, value: Exclude<Value, null>): void {
  const extended = extendedType(type.name)
  if (extended === undefined) writeList(writer, type, value as readonly Value[])
  else writer.sized(extended.toBytes(value))
}

function readOther(reader: ByteReader, type: Type): Value {
  const extended = extendedType(type.name)
  return extended === undefined ? readList(reader, type) : extended.fromBytes(reader.sized())
}

function writeList(writer: ByteWriter, type: Type, items: readonly Value[]): void {
  writer.i32(items.length)
  for (let i = 0; i < items.length; i++) writeValue(writer, itemType(type, i), items[i]!)
}

function readList(reader: ByteReader, type: Type): Value[] {
  const count = reader.i32()
  const items: Value[] = []
  for (let i = 0; i < count; i++) items.push(readValue(reader, itemType(type, i)))
  return items
}

function itemType(type: Type, index: number): Type {
  return type.element ?? type.fields![index]!.type
}
