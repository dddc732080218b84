import { pow10 } from './decimal.ts'
import { assert } from './error.ts'
import { compareDocuments } from './json-order.ts'
import type { Type } from './type.ts'
import type { Decimal, Interval, Value } from './value.ts'
import { compareVectors } from './vector.ts'

const DAY = 86_400_000_000n

/** PostgreSQL's total order of two values of one type, NULL last; negative, 0 or positive. */
export function compareValues(type: Type, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  switch (type.name) {
    case 'numeric':
      return compareDecimals(a as Decimal, b as Decimal)
    case 'interval':
      return compareBigints(intervalMicros(a as Interval), intervalMicros(b as Interval))
    case 'array':
    case 'map':
      return compareLists(() => type.element!, a as readonly Value[], b as readonly Value[])
    case 'struct':
      return compareLists(i => type.fields![i]!.type, a as readonly Value[], b as readonly Value[])
    case 'float4':
    case 'float8':
      return compareFloats(a as number, b as number)
    case 'bytea':
      return Buffer.compare(a as Uint8Array, b as Uint8Array)
    case 'jsonb':
      return compareDocuments(a as string, b as string)
    case 'vector':
      return compareVectors(a as readonly number[], b as readonly number[])
    case 'text':
    case 'uuid':
    case 'variant':
    case 'bit':
    case 'varbit':
    case 'json':
      return compareTexts(a as string, b as string)
    case 'oid':
      return ((a as number) >>> 0) - ((b as number) >>> 0)
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

/** numeric order: -Infinity, finite, Infinity, NaN. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.special !== undefined || b.special !== undefined) return Math.sign(rank(a) - rank(b))
  if (a.scale === b.scale) return compareBigints(a.digits, b.digits)
  return a.scale < b.scale
    ? compareBigints(a.digits * pow10(b.scale - a.scale), b.digits)
    : compareBigints(a.digits, b.digits * pow10(a.scale - b.scale))
}

/** The length an interval compares by: months of 30 days, days of 24 hours. */
export function intervalMicros(i: Interval): bigint {
  return (BigInt(i.months) * 30n + BigInt(i.days)) * DAY + i.micros
}

function rank(value: Decimal): number {
  if (value.special === undefined) return 0
  return value.special === 'NaN' ? 2 : value.special === 'Infinity' ? 1 : -1
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Texts order by code point, as their UTF-8 bytes do. */
export function compareTexts(a: string, b: string): number {
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
