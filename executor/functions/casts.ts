import { decimalOf, decimalToNumber, NAN, parseDecimal, roundDecimal } from '../../types/decimal.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { formatText, parseText } from '../../types/text-io.ts'
import { sameType, TEXT, type Type, type TypeName } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { Decimal, Value } from '../../types/value.ts'

export type CastContext = 'implicit' | 'assignment' | 'explicit'

/** Narrow to wide: a cast to the right is implicit, to the left an assignment. */
const NUMBERS: readonly TypeName[] = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']
const TIMES: readonly TypeName[] = ['date', 'timestamp', 'timestamptz']
const DAY = 86_400_000_000n

/** The weakest context that converts `from` to `to`; undefined: there is no such cast. */
export function castContext(from: Type, to: Type): CastContext | undefined {
  if (sameType(from, to)) return 'implicit'
  for (const ladder of [NUMBERS, TIMES]) {
    const [a, b] = [ladder.indexOf(from.name), ladder.indexOf(to.name)]
    if (a !== -1 && b !== -1) return a < b ? 'implicit' : 'assignment'
  }
  if (from.name === 'array' && to.name === 'array') return castContext(from.element!, to.element!)
  if (to.name === 'text') return 'assignment'
  if (from.name === 'text') return 'explicit'
  if (from.name === 'bool' || to.name === 'bool')
    return from.name === 'int4' || to.name === 'int4' ? 'explicit' : undefined
  return undefined
}

/** Converts one value. Throws 22P02, 22003 or 22007 with PostgreSQL's wording; timestamptz is taken in UTC. */
export function castValue(value: Value, from: Type, to: Type): Value {
  if (value === null || sameType(from, to)) return value
  if (from.name === 'text') return parseText(to, value as string)
  if (to.name === 'text') return from.name === 'bool' ? String(value) : formatText(from, value)
  if (from.name === 'array' && to.name === 'array')
    return (value as readonly Value[]).map(v => castValue(v, from.element!, to.element!))
  if (from.name === 'bool' && to.name === 'int4') return value === true ? 1 : 0
  if (from.name === 'int4' && to.name === 'bool') return value !== 0
  if (NUMBERS.includes(from.name) && NUMBERS.includes(to.name))
    return castNumber(value as number | bigint | Decimal, to)
  if (TIMES.includes(from.name) && TIMES.includes(to.name))
    return castTime(value as number | bigint, from, to)
  throw notSupported(`cast from ${typeName(from)} to ${typeName(to)}`)
}

/** One type for UNION, CASE and COALESCE; undefined entries are untyped literals; undefined: none fits. */
export function commonType(types: readonly (Type | undefined)[]): Type | undefined {
  let best: Type | undefined
  for (const type of types) {
    if (type === undefined) continue
    if (best === undefined || (!sameType(best, type) && castContext(best, type) === 'implicit')) best = type
    else if (castContext(type, best) !== 'implicit') return undefined
  }
  return best ?? TEXT
}

function castNumber(value: number | bigint | Decimal, to: Type): Value {
  if (to.name === 'float8' || to.name === 'float4') return toFloat(value, to)
  const decimal = toDecimal(value)
  if (to.name === 'numeric') return decimal
  if (decimal.special !== undefined) throw outOfRange(to)
  const whole = typeof value === 'number' ? BigInt(roundHalfEven(value)) : roundDecimal(decimal, 0).digits
  const bits = to.name === 'int2' ? 16 : to.name === 'int4' ? 32 : 64
  if (BigInt.asIntN(bits, whole) !== whole) throw outOfRange(to)
  return bits === 64 ? whole : Number(whole)
}

function toFloat(value: number | bigint | Decimal, to: Type): number {
  const number = typeof value === 'object' ? decimalToNumber(value) : Number(value)
  const result = to.name === 'float4' ? Math.fround(number) : number
  if (!Number.isFinite(result) && Number.isFinite(number))
    throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
  return result
}

function toDecimal(value: number | bigint | Decimal): Decimal {
  if (typeof value === 'object') return value
  if (typeof value === 'bigint') return decimalOf(value)
  return Number.isNaN(value) ? NAN : parseDecimal(String(value))!
}

/** Floats round to even when cast to an integer (rint). */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function castTime(value: number | bigint, from: Type, to: Type): Value {
  if (from.name === 'date') {
    if (value === 0x7fffffff) return 2n ** 63n - 1n
    return value === -0x80000000 ? -(2n ** 63n) : BigInt(value) * DAY
  }
  if (to.name !== 'date') return value
  const micros = value as bigint
  if (micros === 2n ** 63n - 1n) return 0x7fffffff
  if (micros === -(2n ** 63n)) return -0x80000000
  return Number((micros - (((micros % DAY) + DAY) % DAY)) / DAY)
}

function outOfRange(to: Type): SqlError {
  return new SqlError('numeric_value_out_of_range', `${typeName(to)} out of range`)
}
