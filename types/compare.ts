import { pow10 } from './decimal.ts'
import type { Type } from './type.ts'
import type { Decimal, Interval, Value } from './value.ts'

const DAY = 86_400_000_000n

/** Order of two non-NULL values of one type, as in ORDER BY; NULLs inside arrays and structs come last. */
export function compareValues(type: Type, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  switch (type.name) {
    case 'float4':
    case 'float8':
      return compareFloats(a as number, b as number)
    case 'numeric':
      return compareDecimals(a as Decimal, b as Decimal)
    case 'interval':
      return order(intervalMicros(a as Interval), intervalMicros(b as Interval))
    case 'text':
    case 'jsonb':
    case 'uuid':
      return a === b ? 0 : Buffer.compare(Buffer.from(a as string), Buffer.from(b as string))
    case 'bytea':
      return Buffer.compare(a as Uint8Array, b as Uint8Array)
    case 'array':
    case 'struct':
      return compareLists(type, a as readonly Value[], b as readonly Value[])
    default:
      return order(a as number | bigint | boolean, b as number | bigint | boolean)
  }
}

/** NULL equals NULL: IS NOT DISTINCT FROM. */
export function equalValues(type: Type, a: Value, b: Value): boolean {
  return compareValues(type, a, b) === 0
}

/** numeric order: -Infinity, finite, Infinity, NaN. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const rank = specialRank(a) - specialRank(b)
  if (rank !== 0 || a.special !== undefined) return Math.sign(rank)
  if (a.scale === b.scale) return order(a.digits, b.digits)
  return a.scale < b.scale
    ? order(a.digits * pow10(b.scale - a.scale), b.digits)
    : order(a.digits, b.digits * pow10(a.scale - b.scale))
}

/** The length an interval compares by: months of 30 days, days of 24 hours. */
export function intervalMicros(i: Interval): bigint {
  return (BigInt(i.months) * 30n + BigInt(i.days)) * DAY + i.micros
}

/** float order of PostgreSQL: NaN equals itself and is greatest; -0 equals 0. */
function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1
  return Number.isNaN(b) ? -1 : order(a, b)
}

function specialRank(d: Decimal): number {
  if (d.special === undefined) return 0
  return d.special === 'NaN' ? 2 : d.special === 'Infinity' ? 1 : -1
}

function compareLists(type: Type, a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const result = compareValues(type.element ?? type.fields![i]!.type, a[i]!, b[i]!)
    if (result !== 0) return result
  }
  return order(a.length, b.length)
}

function order<T extends number | bigint | boolean>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}
