import { bitsOfInteger, integerOfBits } from '../../types/bit-string.ts'
import {
  decimalOf,
  decimalToNumber,
  formatDecimal,
  NAN,
  parseDecimal,
  roundDecimal,
} from '../../types/decimal.ts'
import { ofFloat, toDouble } from '../../types/decimal96-text.ts'
import { plainType, sameDomains } from '../../types/domain-type.ts'
import { SqlError } from '../../types/error.ts'
import { halfEven } from '../../types/half-even.ts'
import { checkInt256 } from '../../types/int256.ts'
import { canonicalJson, isJsonNumber, parseJson } from '../../types/json-text.ts'
import { checkedEntries } from '../../types/map-text.ts'
import { formatText, parseText } from '../../types/text-io.ts'
import {
  checkTimestamp,
  DAY_MICROS,
  INFINITY_MICROS,
  instantToLocal,
  localToInstant,
  MINUS_INFINITY_MICROS,
  splitMicros,
  TIMESTAMP_END,
  TIMESTAMP_START,
  zoneOffsetSeconds,
} from '../../types/time/datetime.ts'
import {
  inRisingWave,
  isPlainStyle,
  type TimeStyleText,
  writesPlainValues,
  zoneOfStyle,
} from '../../types/time/time-style.ts'
import { packTime, timeOfZone, unpackTime } from '../../types/time/time-with-zone.ts'
import { FLOAT8, sameType, TEXT, type Type, type TypeName } from '../../types/type.ts'
import { limitField } from '../../types/type-modifier.ts'
import { typeName } from '../../types/type-names.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { formatVariant, parseVariant } from '../../types/variant.ts'
import { checkVector } from '../../types/vector.ts'

export type CastContext = 'implicit' | 'assignment' | 'explicit'

/** Narrow to wide: a cast to the right is implicit, to the left an assignment. */
const NUMBERS: readonly TypeName[] = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']
const INTEGERS: readonly TypeName[] = ['int2', 'int4', 'int8']
const BITS: readonly TypeName[] = ['bit', 'varbit']
const TIMES: readonly TypeName[] = ['date', 'timestamp', 'timestamptz']

/** The weakest context that converts `from` to `to`; undefined: there is no such cast (pg_cast). */
export function castContext(from: Type, to: Type): CastContext | undefined {
  if (sameType(from, to)) return 'implicit'
  for (const ladder of [NUMBERS, TIMES]) {
    const [a, b] = [ladder.indexOf(from.name), ladder.indexOf(to.name)]
    if (a !== -1 && b !== -1) return a < b ? 'implicit' : 'assignment'
  }
  if (from.name === 'int256' || to.name === 'int256') return int256Context(from, to)
  const special = vectorContext(from, to) ?? variantContext(from, to) ?? bitContext(from, to)
  if (special !== undefined) return special
  if (from.name === 'map' && to.name === 'map') return castContext(from.element!, to.element!)
  if (from.name === 'array' && to.name === 'array') return castContext(from.element!, to.element!)
  if (from.name === 'struct' && to.name === 'struct') return structContext(from, to)
  if (to.name === 'text') return 'assignment'
  if (from.name === 'json' || to.name === 'json') return jsonContext(from, to)
  // Names of relations are looked up wherever one is wanted: nextval(name).
  if (from.name === 'text') return to.label === 'regclass' ? 'implicit' : 'explicit'
  if (to.name === 'oid' && INTEGERS.includes(from.name)) return 'implicit'
  if (from.name === 'oid') return to.name === 'int4' || to.name === 'int8' ? 'assignment' : undefined
  if (to.name === 'timetz') return TO_TIMETZ[from.name]
  if (from.name === 'timetz') return to.name === 'time' ? 'assignment' : undefined
  if (to.name === 'time')
    return ['timestamp', 'timestamptz', 'interval'].includes(from.name) ? 'assignment' : undefined
  if (from.name === 'time') return to.name === 'interval' ? 'implicit' : undefined
  if (from.name === 'jsonb') return to.name === 'bool' || NUMBERS.includes(to.name) ? 'explicit' : undefined
  if (from.name === 'bool' || to.name === 'bool')
    return from.name === 'int4' || to.name === 'int4' ? 'explicit' : undefined
  return undefined
}

const TO_TIMETZ: Partial<Readonly<Record<TypeName, CastContext>>> = {
  time: 'implicit',
  timestamptz: 'assignment',
}

/** Integers widen to it, it widens to double precision; from numeric and to integers only when asked. */
function int256Context(from: Type, to: Type): CastContext | undefined {
  if (from.name === 'text' || to.name === 'text') return from.name === 'text' ? 'explicit' : 'assignment'
  if (INTEGERS.includes(from.name) || to.name === 'float8') return 'implicit'
  return NUMBERS.includes(from.name) || NUMBERS.includes(to.name) ? 'explicit' : undefined
}

/** As pgvector: to an array of reals by itself, from arrays of numbers where a vector is stored. */
function vectorContext(from: Type, to: Type): CastContext | undefined {
  if (from.name === 'vector') return to.element?.name === 'float4' ? 'implicit' : undefined
  if (to.name !== 'vector' || from.name !== 'array') return undefined
  return VECTOR_SOURCES.includes(from.element!.name) ? 'assignment' : undefined
}

const VECTOR_SOURCES: readonly TypeName[] = ['int4', 'numeric', 'float4', 'float8']

/** Its text, or its document; both ways where it is stored. */
function jsonContext(from: Type, to: Type): CastContext | undefined {
  if (from.name === 'text') return 'explicit'
  const other = from.name === 'json' ? to : from
  return other.name === 'jsonb' ? 'assignment' : undefined
}

/** To and from its document. */
function variantContext(from: Type, to: Type): CastContext | undefined {
  if (from.name === 'variant')
    return ['text', 'json', 'jsonb', 'bool'].includes(to.name) || NUMBERS.includes(to.name)
      ? 'explicit'
      : undefined
  return to.name === 'variant' && ['json', 'jsonb'].includes(from.name) ? 'explicit' : undefined
}

/** The two kinds of bit strings are one without their lengths; bits of a fixed length are those of an integer, when asked. */
function bitContext(from: Type, to: Type): CastContext | undefined {
  if (BITS.includes(from.name) && BITS.includes(to.name)) return 'implicit'
  const integer = from.name === 'bit' ? to : to.name === 'bit' ? from : undefined
  return integer?.name === 'int4' || integer?.name === 'int8' ? 'explicit' : undefined
}

/** The strongest context any field needs. */
function structContext(from: Type, to: Type): CastContext | undefined {
  if (from.fields!.length !== to.fields!.length) return undefined
  const order: readonly CastContext[] = ['implicit', 'assignment', 'explicit']
  let worst = 0
  for (const [i, field] of from.fields!.entries()) {
    const context = castContext(field.type, to.fields![i]!.type)
    if (context === undefined) return undefined
    worst = Math.max(worst, order.indexOf(context))
  }
  return order[worst]
}

/** What of the session's style the conversion depends on; undefined: nothing. */
export function castStyle(from: Type, to: Type, session: () => TimeStyleText): TimeStyleText | undefined {
  if (sameType(from, to)) return undefined
  const texts = holds(from, TEXTS) || holds(to, TEXTS)
  if (holds(from, INSTANTS) || holds(to, INSTANTS)) return texts ? session() : zoneOfStyle(session())
  const timed = texts && (holds(from, STYLED) || holds(to, STYLED))
  const written = holds(to, TEXTS) && holds(from, WRITTEN)
  const numbered = isDialectal(from, to)
  if (!timed && !written && !numbered) return undefined
  const style = session()
  if ((numbered || written) && inRisingWave(style)) return style
  if (!timed && !written) return undefined
  return isPlainStyle(style) || (!timed && writesPlainValues(style)) ? undefined : style
}

/** Whether another dialect may convert otherwise. Whole numbers and numerics become each other in one way. */
function isDialectal(from: Type, to: Type): boolean {
  if (from.name === 'numeric' ? WHOLE.has(to.name) : to.name === 'numeric' && WHOLE.has(from.name))
    return false
  return holds(from, DOCUMENTS) || holds(from, DIALECTAL) || holds(to, DIALECTAL)
}

const WHOLE: ReadonlySet<TypeName> = new Set(['int2', 'int4', 'int8'])
const TEXTS: ReadonlySet<TypeName> = new Set(['text'])
const INSTANTS: ReadonlySet<TypeName> = new Set(['timestamptz', 'timetz'])
const STYLED: ReadonlySet<TypeName> = new Set(['date', 'timestamp', 'interval'])
/** Read, written or converted otherwise in another dialect. */
const DIALECTAL: ReadonlySet<TypeName> = new Set(['numeric', 'time'])
const DOCUMENTS: ReadonlySet<TypeName> = new Set(['jsonb'])
const WRITTEN: ReadonlySet<TypeName> = new Set(['bytea', 'float4', 'float8'])

function holds(type: Type, names: ReadonlySet<TypeName>): boolean {
  if (type.element !== undefined) return holds(type.element, names)
  if (type.name === 'struct') return type.fields!.some(field => holds(field.type, names))
  return names.has(type.name)
}

/** Converts one value. Throws 22P02, 22003 or 22007 with PostgreSQL's wording; `zone` is the session's, or its whole style. */
export function castValue(value: Value, from: Type, to: Type, zone: TimeStyleText = 'UTC'): Value {
  if (value === null || sameType(from, to)) return value
  if (from.name === 'text') return parseText(to, value as string, zone)
  if (to.name === 'text') return from.name === 'bool' ? String(value) : formatText(from, value, zone)
  if (from.name === 'bit' || from.name === 'varbit') return castBits(value as string, to)
  if (to.name === 'bit') return bitsOfInteger(BigInt(value as number | bigint), 1)
  if (from.name === 'vector' && to.name === 'array') return value
  if (from.name === 'array' && to.name === 'vector') return vectorOfArray(value as readonly Value[], from)
  if (from.name === 'variant') {
    const document = formatVariant(value as string)
    return to.name === 'json' || to.name === 'jsonb' ? document : castJson(document, to, zone)
  }
  if (to.name === 'variant') return parseVariant(value as string)
  if (from.name === 'json') return canonicalJson(value as string)
  if (to.name === 'json') return value
  if (from.name === 'array' && to.name === 'array')
    return (value as readonly Value[]).map(v => castValue(v, from.element!, to.element!, zone))
  if (from.name === 'map' && to.name === 'map')
    return checkedEntries(
      (value as readonly Value[]).map(
        v => castValue(v, from.element!, to.element!, zone) as readonly Value[],
      ),
    )
  if (from.name === 'struct' && to.name === 'struct')
    return (value as readonly Value[]).map((v, i) =>
      limitField(to.fields![i]!, castValue(v, from.fields![i]!.type, to.fields![i]!.type, zone)),
    )
  if (to.name === 'int256') return checkInt256(wholeForInt256(value as number | bigint | Decimal, to))
  if (from.name === 'bool' && to.name === 'int4') return value === true ? 1 : 0
  if (from.name === 'int4' && to.name === 'bool') return value !== 0
  if (from.name === 'oid' || to.name === 'oid') return castOid(value as number | bigint, to)
  if (from.name === 'jsonb') return castJson(value as string, to, zone)
  if ((NUMBERS.includes(from.name) || from.name === 'int256') && NUMBERS.includes(to.name))
    return castNumber(value as number | bigint | Decimal, from, to, zone)
  if (to.name === 'timetz') return timeWithZone(value as bigint, from, zoneOfStyle(zone))
  if (from.name === 'timetz') return unpackTime(value as bigint).micros
  if (from.name === 'interval') return timeOfDay((value as Interval).micros)
  if (to.name === 'interval') return { months: 0, days: 0, micros: value as bigint }
  return castTime(value as number | bigint, from, to, zoneOfStyle(zone))
}

/** One type for UNION, CASE and COALESCE; undefined entries are untyped literals; undefined: none fits. */
export function commonType(types: readonly (Type | undefined)[]): Type | undefined {
  let best: Type | undefined
  const [first] = types
  const isOne = first !== undefined && types.every(type => type && sameDomains(type, first))
  for (const each of types) {
    if (each === undefined) continue
    // Types of one domain stay of it; else they are what it stands on.
    const type = isOne ? each : plainType(each)
    if (best === undefined) best = type
    // Of two that are one kind of value the first is taken.
    else if (castContext(type, best) === 'implicit') continue
    else if (castContext(best, type) === 'implicit') best = type
    else return undefined
  }
  return best ?? TEXT
}

function vectorOfArray(items: readonly Value[], { element }: Type): readonly number[] {
  if (items.some(Array.isArray)) throw new SqlError('data_exception', 'array must be 1-D')
  if (items.includes(null)) throw new SqlError('null_value_not_allowed', 'array must not contain nulls')
  return checkVector(items.map(item => castValue(item, element!, FLOAT8) as number))
}

/** Without a length nothing of the bits is lost. */
function castBits(bits: string, to: Type): Value {
  if (BITS.includes(to.name)) return bits
  const value = integerOfBits(bits, to.name === 'int8' ? 64 : 32)
  if (value === undefined) throw outOfRange(to)
  return to.name === 'int8' ? value : Number(value)
}

function castNumber(value: number | bigint | Decimal, from: Type, to: Type, style: TimeStyleText): Value {
  if (to.name === 'float8' || to.name === 'float4') return toFloat(value, to, style)
  if (to.name === 'numeric') return toDecimal(value, from, style)
  const whole = typeof value === 'number' ? wholeOfFloat(value, to) : wholeOf(value, to)
  const bits = to.name === 'int2' ? 16 : to.name === 'int4' ? 32 : 64
  if (BigInt.asIntN(bits, whole) !== whole) throw outOfRange(to)
  return bits === 64 ? whole : Number(whole)
}

const wholeForInt256 = (value: number | bigint | Decimal, to: Type): bigint =>
  typeof value === 'number' ? wholeOfFloat(value, to) : wholeOf(value, to)

function wholeOf(value: bigint | Decimal, to: Type): bigint {
  if (typeof value === 'bigint') return value
  if (value.special === undefined) return roundDecimal(value, 0).digits
  const what = value.special === 'NaN' ? 'NaN' : 'infinity'
  throw new SqlError('feature_not_supported', `cannot convert ${what} to ${typeName(to)}`)
}

function wholeOfFloat(value: number, to: Type): bigint {
  if (!Number.isFinite(value)) throw outOfRange(to)
  return BigInt(halfEven(value))
}

function toFloat(value: number | bigint | Decimal, to: Type, style: TimeStyleText): number {
  const double = inRisingWave(style) ? toDouble : decimalToNumber
  const number = typeof value === 'object' ? double(value) : Number(value)
  const result = to.name === 'float4' ? Math.fround(number) : number
  if (typeof value === 'object' && value.special === undefined) {
    if (!Number.isFinite(result) || (result === 0 && value.digits !== 0n))
      throw new SqlError(
        'numeric_value_out_of_range',
        `"${formatDecimal(value)}" is out of range for type ${typeName(to)}`,
      )
  }
  if (!Number.isFinite(result) && Number.isFinite(number))
    throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
  if (result === 0 && number !== 0)
    throw new SqlError('numeric_value_out_of_range', 'value out of range: underflow')
  return result
}

/** A float becomes the numeric of its 15 (real: 6) leading digits, as %g prints them. */
function toDecimal(value: number | bigint | Decimal, from: Type, style: TimeStyleText): Decimal {
  if (typeof value === 'object') return value
  if (typeof value === 'bigint') return decimalOf(value)
  if (Number.isNaN(value)) return NAN
  if (!Number.isFinite(value)) return parseDecimal(String(value))!
  if (from.name !== 'float4' && from.name !== 'float8') return decimalOf(value)
  if (inRisingWave(style)) return ofFloat(value, from.name === 'float4' ? 24 : 52)
  return parseDecimal(String(Number(value.toPrecision(from.name === 'float4' ? 6 : 15))))!
}

/** Object ids are 32 bits without a sign; an int4 keeps its bits. */
function castOid(value: number | bigint, to: Type): Value {
  if (to.name === 'int8') return BigInt(Number(value) >>> 0)
  if (to.name === 'oid' && (value > 0xffffffffn || value < -0x80000000n))
    throw new SqlError('numeric_value_out_of_range', 'OID out of range')
  return Number(BigInt.asIntN(32, BigInt(value)))
}

function castJson(text: string, to: Type, style: TimeStyleText): Value {
  const json = parseJson(text)
  if (json === null && inRisingWave(style)) return null
  if (to.name === 'bool' && typeof json === 'boolean') return json
  if (to.name !== 'bool' && json !== null && isJsonNumber(json))
    return inRisingWave(style)
      ? castNumber(Number(json.text), FLOAT8, to, style)
      : castNumber(parseDecimal(json.text)!, { name: 'numeric' }, to, style)
  const kind =
    json === null
      ? 'null'
      : Array.isArray(json)
        ? 'array'
        : json instanceof Map
          ? 'object'
          : isJsonNumber(json)
            ? 'numeric'
            : typeof json
  throw new SqlError('invalid_parameter_value', `cannot cast jsonb ${kind} to type ${typeName(to)}`)
}

function castTime(value: number | bigint, from: Type, to: Type, zone: string): Value {
  const micros = from.name === 'date' ? startOfDay(value as number) : (value as bigint)
  if (micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) {
    if (to.name === 'time') return null
    if (to.name !== 'date') return micros
    return micros > 0n ? 0x7fffffff : -0x80000000
  }
  if (to.name === 'timestamptz') return checkTimestamp(localToInstant(micros, zone))
  const local = from.name === 'timestamptz' ? instantToLocal(micros, zone) : micros
  if (to.name === 'timestamp') return local
  return to.name === 'date' ? splitMicros(local).days : timeOfDay(local)
}

function timeWithZone(micros: bigint, from: Type, zone: string): Value {
  if (from.name === 'time') return timeOfZone(micros, zone)
  if (micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return null
  const east = zoneOffsetSeconds(zone, micros)
  return packTime(splitMicros(micros + BigInt(east) * 1_000_000n).time, east)
}

function startOfDay(days: number): bigint {
  if (days === 0x7fffffff) return INFINITY_MICROS
  if (days === -0x80000000) return MINUS_INFINITY_MICROS
  const micros = BigInt(days) * DAY_MICROS
  if (micros >= TIMESTAMP_END || micros < TIMESTAMP_START)
    throw new SqlError('datetime_field_overflow', 'date out of range for timestamp')
  return micros
}

function timeOfDay(micros: bigint): bigint {
  return splitMicros(micros).time
}

function outOfRange(to: Type): SqlError {
  return new SqlError('numeric_value_out_of_range', `${typeName(to)} out of range`)
}
