import { formatDecimal, parseDecimal } from '../../types/decimal.ts'
import { fit } from '../../types/decimal96.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { extendedType } from '../../types/extended.ts'
import { formatText, parseText } from '../../types/text-io.ts'
import { inRisingWave } from '../../types/time/time-style.ts'
import { packTime, unpackTime } from '../../types/time/time-with-zone.ts'
import type { Type } from '../../types/type.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { oidOf } from './oids.ts'

/** 2000-01-01 in days and microseconds since 1970: PostgreSQL's binary epoch. */
const DAYS_2000 = 10957
const MICROS_2000 = 946_684_800_000_000n

/** A value's bytes in text (0) or binary (1) format. */
export function encodeValue(type: Type, value: Exclude<Value, null>, format: number, zone: string): Buffer {
  return format === 0 ? Buffer.from(formatText(type, value, zone)) : encodeBinary(type, value)
}

export function decodeParameter(type: Type, bytes: Buffer, format: number, zone: string): Value {
  if (format === 0) return parseText(type, bytes.toString(), zone)
  try {
    const value = decodeBinary(type, bytes)
    return type.name === 'numeric' && inRisingWave(zone) ? fit(value as Decimal) : value
  } catch (error) {
    if (error instanceof SqlError) throw error
    throw new SqlError('invalid_binary_representation', `incorrect binary data format for type ${type.name}`)
  }
}

export function encodeBinary(type: Type, value: Exclude<Value, null>): Buffer {
  switch (type.name) {
    case 'bool':
      return Buffer.from([value ? 1 : 0])
    case 'int2':
      return fixed(2, b => b.writeInt16BE(value as number))
    case 'int4':
      return fixed(4, b => b.writeInt32BE(value as number))
    case 'oid':
      return fixed(4, b => b.writeUInt32BE((value as number) >>> 0))
    case 'int8':
    case 'time':
      return fixed(8, b => b.writeBigInt64BE(value as bigint))
    case 'float4':
      return fixed(4, b => b.writeFloatBE(value as number))
    case 'float8':
      return fixed(8, b => b.writeDoubleBE(value as number))
    case 'timetz': {
      const { micros, east } = unpackTime(value as bigint)
      return fixed(12, b => b.writeInt32BE(0 - east, b.writeBigInt64BE(micros)))
    }
    case 'date':
      return fixed(4, b => b.writeInt32BE((value as number) - DAYS_2000))
    case 'timestamp':
    case 'timestamptz':
      return fixed(8, b => b.writeBigInt64BE(shifted(value as bigint, -MICROS_2000)))
    case 'interval': {
      const { months, days, micros } = value as Interval
      return fixed(16, b => b.writeInt32BE(months, b.writeInt32BE(days, b.writeBigInt64BE(micros))))
    }
    case 'bytea':
      return Buffer.from(value as Uint8Array)
    case 'uuid':
      return Buffer.from((value as string).replaceAll('-', ''), 'hex')
    case 'jsonb':
      return Buffer.concat([Buffer.from([1]), Buffer.from(value as string)])
    case 'numeric':
      return encodeNumeric(value as Decimal)
    case 'array':
      return encodeArray(type, value as readonly Value[])
    case 'struct':
      return Buffer.concat([
        fixed(4, b => b.writeInt32BE(type.fields!.length)),
        ...(value as readonly Value[]).flatMap((v, i) => {
          const field = type.fields![i]!.type
          return [fixed(4, b => b.writeUInt32BE(oidOf(field))), ...sized(field, v)]
        }),
      ])
    case 'map':
    case 'enum':
      return Buffer.from(formatText(type, value))
    case 'text':
      return Buffer.from(value as string)
    default:
      return Buffer.from(extendedType(type.name)!.toBytes(value))
  }
}

/** One header for all dimensions. Throws 0A000 for nested arrays of different lengths: PostgreSQL has none. */
function encodeArray(type: Type, items: readonly Value[]): Buffer {
  const lengths: number[] = []
  let element = type
  for (
    let level: Value = items;
    element.name === 'array' && element.label === undefined;
    element = element.element!
  ) {
    if (Array.isArray(level) && level.length > 0) lengths.push(level.length)
    level = Array.isArray(level) ? ((level[0] ?? null) as Value) : null
  }
  const leaves = leavesOf(items, lengths)
  const head = Buffer.alloc(12 + 8 * lengths.length)
  head.writeInt32BE(lengths.length, 0)
  head.writeInt32BE(leaves.includes(null) ? 1 : 0, 4)
  head.writeUInt32BE(oidOf(element), 8)
  for (const [i, length] of lengths.entries()) head.writeInt32BE(1, head.writeInt32BE(length, 12 + i * 8))
  return Buffer.concat([head, ...leaves.flatMap(item => sized(element, item))])
}

function leavesOf(items: readonly Value[], [own = 0, ...inner]: readonly number[]): readonly Value[] {
  if (items.length !== own) throw notSupported('an array of arrays of different lengths in binary format')
  if (inner.length === 0) return items
  return items.flatMap(item => {
    if (Array.isArray(item)) return leavesOf(item as readonly Value[], inner)
    throw notSupported('an array with a NULL in place of an array in binary format')
  })
}

function sized(type: Type, value: Value): Buffer[] {
  if (value === null) return [fixed(4, b => b.writeInt32BE(-1))]
  const bytes = encodeBinary(type, value)
  return [fixed(4, b => b.writeInt32BE(bytes.length)), bytes]
}

/** numeric_send: base-10000 digits with weight, sign and display scale. */
function encodeNumeric(d: Decimal): Buffer {
  const head = (count: number, weight: number, sign: number, scale: number) =>
    fixed(8, b =>
      b.writeUInt16BE(scale, b.writeUInt16BE(sign, b.writeInt16BE(weight, b.writeInt16BE(count)))),
    )
  if (d.special !== undefined)
    return head(0, 0, { NaN: 0xc000, Infinity: 0xd000, '-Infinity': 0xf000 }[d.special], 0)
  const [whole, fraction = ''] = formatDecimal(d).replace('-', '').split('.') as [string, string?]
  const padded = whole.padStart(Math.ceil(whole.length / 4) * 4, '0')
  const text = padded + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  let digits = (text.match(/.{4}/g) ?? []).map(Number)
  let weight = padded.length / 4 - 1
  while (digits.length > 0 && digits[0] === 0) {
    digits = digits.slice(1)
    weight--
  }
  while (digits.at(-1) === 0) digits.pop()
  const body = fixed(digits.length * 2, b => {
    for (const [i, digit] of digits.entries()) b.writeInt16BE(digit, i * 2)
  })
  return Buffer.concat([
    head(digits.length, digits.length === 0 ? 0 : weight, d.digits < 0n ? 0x4000 : 0, d.scale),
    body,
  ])
}

function decodeBinary(type: Type, b: Buffer): Value {
  switch (type.name) {
    case 'bool':
      return b[0] === 1
    case 'int2':
      return b.readInt16BE()
    case 'int4':
      return b.readInt32BE()
    case 'oid':
      return b.readUInt32BE()
    case 'int8':
    case 'time':
      return b.readBigInt64BE()
    case 'float4':
      return b.readFloatBE()
    case 'float8':
      return b.readDoubleBE()
    case 'timetz':
      return packTime(b.readBigInt64BE(), 0 - b.readInt32BE(8))
    case 'date':
      return b.readInt32BE() + DAYS_2000
    case 'timestamp':
    case 'timestamptz':
      return shifted(b.readBigInt64BE(), MICROS_2000)
    case 'interval':
      return { micros: b.readBigInt64BE(), days: b.readInt32BE(8), months: b.readInt32BE(12) }
    case 'enum':
      return parseText(type, b.toString())
    case 'bytea':
      return new Uint8Array(b)
    case 'uuid':
      return parseText(type, b.toString('hex'))
    case 'jsonb':
      return parseText(type, b.subarray(b[0] === 1 ? 1 : 0).toString())
    case 'numeric':
      return decodeNumeric(b)
    case 'map':
      return parseText(type, b.toString())
    case 'text':
      return b.toString()
    case 'array':
      return decodeArray(type, b)
    case 'struct':
      throw notSupported('a composite parameter in binary format')
    default:
      return extendedType(type.name)!.fromBytes(b)
  }
}

function decodeArray(type: Type, b: Buffer): Value[] {
  const dimensions = Array.from({ length: b.readInt32BE(0) }, (_, i) => b.readInt32BE(12 + 8 * i))
  let element = type.element!
  for (let i = 1; i < dimensions.length; i++) {
    if (element.name !== 'array')
      throw notSupported('an array parameter of more dimensions than its type has')
    element = element.element!
  }
  let at = 12 + 8 * dimensions.length
  const read = ([own = 0, ...inner]: readonly number[]): Value[] =>
    Array.from({ length: own }, () => {
      if (inner.length > 0) return read(inner)
      const length = b.readInt32BE(at)
      at += 4
      const value = length < 0 ? null : decodeBinary(element, b.subarray(at, at + length))
      at += Math.max(0, length)
      return value
    })
  return read(dimensions)
}

function decodeNumeric(b: Buffer): Decimal {
  const [count, weight, sign, scale] = [
    b.readInt16BE(0),
    b.readInt16BE(2),
    b.readUInt16BE(4),
    b.readUInt16BE(6),
  ]
  const special = ({ 49152: 'NaN', 53248: 'Infinity', 61440: '-Infinity' } as const)[sign as 0xc000]
  if (special !== undefined) return { digits: 0n, scale: 0, special }
  let digits = 0n
  for (let i = 0; i < count; i++) digits = digits * 10000n + BigInt(b.readInt16BE(8 + 2 * i))
  const exponent = (weight - count + 1) * 4
  const text = `${sign === 0x4000 ? '-' : ''}${digits}e${exponent}`
  const value = parseDecimal(text)!
  return value.scale > scale
    ? { digits: value.digits / 10n ** BigInt(value.scale - scale), scale }
    : { digits: value.digits * 10n ** BigInt(scale - value.scale), scale }
}

/** The infinities stay. */
function shifted(micros: bigint, by: bigint): bigint {
  return micros === 2n ** 63n - 1n || micros === -(2n ** 63n) ? micros : micros + by
}

function fixed(size: number, write: (b: Buffer) => void): Buffer {
  const b = Buffer.alloc(size)
  write(b)
  return b
}
