import { assert } from '../types/error.ts'
import type { Type } from '../types/type.ts'
import type { Decimal, Interval, Value } from '../types/value.ts'

/** PostgreSQL's total order of two values of one type, NULL last; negative, 0 or positive. */
export function compareValues(type: Type, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  switch (type.name) {
    case 'numeric':
      return compareDecimals(a as Decimal, b as Decimal)
    case 'interval':
      return compareBigints(intervalMicros(a as Interval), intervalMicros(b as Interval))
    case 'array':
      return compareLists(() => type.element!, a as readonly Value[], b as readonly Value[])
    case 'struct':
      return compareLists(i => type.fields![i]!.type, a as readonly Value[], b as readonly Value[])
    case 'float4':
    case 'float8':
      return compareFloats(a as number, b as number)
    case 'bytea':
      return Buffer.compare(a as Uint8Array, b as Uint8Array)
    case 'text':
    case 'uuid':
    case 'jsonb':
      return compareTexts(a as string, b as string)
    default:
      return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
  }
}

/** Order of floats in PostgreSQL: NaN equals itself and is greater than all others, the zeros are equal. */
export function compareFloats(a: number, b: number): number {
  if (a < b) return -1
  if (a > b) return 1
  if (a === b) return 0
  return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1
}

/** Hash that is equal for equal values (1.0 and 1.00, 1 day and 24 hours) and the same in every process. */
export function hashValue(type: Type, value: Value): number {
  if (value === null) return NULL_HASH
  switch (type.name) {
    case 'numeric':
      return hashDecimal(value as Decimal)
    case 'interval':
      return hashBigint(intervalMicros(value as Interval))
    case 'array':
      return (value as readonly Value[]).reduce<number>((h, v) => mixHash(h, hashValue(type.element!, v)), 11)
    case 'struct':
      return (value as readonly Value[]).reduce<number>(
        (h, v, i) => mixHash(h, hashValue(type.fields![i]!.type, v)),
        13,
      )
    case 'bytea':
      return hashBytes(value as Uint8Array, 0, (value as Uint8Array).length)
    case 'text':
    case 'uuid':
    case 'jsonb': {
      const bytes = Buffer.from(value as string)
      return hashBytes(bytes, 0, bytes.length)
    }
    case 'float4':
    case 'float8':
      return hashFloat(value as number)
    case 'bool':
      return value === true ? 1 : 0
    default:
      return typeof value === 'bigint' ? hashBigint(value) : (value as number) | 0
  }
}

export const NULL_HASH = 0x2c1b3c6d

/** Folds one cell's hash into the row's. */
export function mixHash(h: number, value: number): number {
  let x = Math.imul(h ^ value, 0x9e3779b1)
  x ^= x >>> 15
  x = Math.imul(x, 0x85ebca6b)
  return x ^ (x >>> 13)
}

export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let h = 0x811c9dc5 ^ (to - from)
  for (let i = from; i < to; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193)
  return h
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

export function hashFloat(value: number): number {
  float[0] = value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value
  return words[0]! ^ Math.imul(words[1]!, 0x85ebca6b)
}

function hashBigint(value: bigint): number {
  const low = Number(BigInt.asIntN(32, value))
  return low ^ Math.imul(Number(BigInt.asIntN(32, value >> 32n)), 0x85ebca6b)
}

function hashDecimal(value: Decimal): number {
  if (value.special !== undefined) return value.special.length * 0x1000193 + 7
  let { digits, scale } = value
  if (digits === 0n) return 17
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale--
  }
  return mixHash(hashBigint(digits), scale)
}

function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.special !== undefined || b.special !== undefined) return rank(a) - rank(b)
  if (a.scale === b.scale) return compareBigints(a.digits, b.digits)
  return a.scale < b.scale
    ? compareBigints(a.digits * 10n ** BigInt(b.scale - a.scale), b.digits)
    : compareBigints(a.digits, b.digits * 10n ** BigInt(a.scale - b.scale))
}

function rank(value: Decimal): number {
  if (value.special === undefined) return 0
  return value.special === 'NaN' ? 2 : value.special === 'Infinity' ? 1 : -1
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function intervalMicros(value: Interval): bigint {
  return BigInt(value.months * 30 + value.days) * 86_400_000_000n + value.micros
}

/** Texts order by code point, as their UTF-8 bytes do. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const surrogates = (x & 0xf800) === 0xd800 ? 1 : 0
    const others = (y & 0xf800) === 0xd800 ? 1 : 0
    return surrogates === others ? x - y : surrogates - others
  }
  return a.length - b.length
}

function compareLists(typeOf: (i: number) => Type, a: readonly Value[], b: readonly Value[]): number {
  assert(Array.isArray(a) && Array.isArray(b), 'arrays and structs are lists of values')
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = compareValues(typeOf(i), a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return a.length - b.length
}
