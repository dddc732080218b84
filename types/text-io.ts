import { parseArray } from './array-text.ts'
import {
  DATE_END,
  DATE_START,
  formatDate,
  formatTimestamp,
  formatTimestamptz,
  INFINITY_MICROS,
  localToInstant,
  MINUS_INFINITY_MICROS,
  parseTime,
  parseTimestamp,
  splitMicros,
  TIMESTAMP_END,
  TIMESTAMP_START,
} from './datetime.ts'
import { formatDecimal, parseDecimal } from './decimal.ts'
import { SqlError } from './error.ts'
import { extendedType } from './extended.ts'
import { formatFloat } from './float-text.ts'
import { clock, formatInterval, parseInterval } from './interval.ts'
import { canonicalJson } from './json-text.ts'
import { formatMap, parseMap } from './map-text.ts'
import { parseRecord } from './record-text.ts'
import type { Type } from './type.ts'
import { typeName } from './type-names.ts'
import type { Decimal, Interval, Value } from './value.ts'

const BOOLEANS: Readonly<Record<string, boolean>> = {
  t: true,
  true: true,
  y: true,
  yes: true,
  on: true,
  '1': true,
  f: false,
  false: false,
  n: false,
  no: false,
  off: false,
  '0': false,
}

/** A type's input function. Throws 22P02, 22003, 22007 or 22008 with PostgreSQL's wording. `zone`: of timestamptz without one. */
export function parseText(type: Type, text: string, zone = 'UTC'): Value {
  switch (type.name) {
    case 'bool': {
      const value = BOOLEANS[text.trim().toLowerCase()]
      if (value === undefined) throw invalid(type, text)
      return value
    }
    case 'int2':
    case 'int4':
    case 'oid':
      return Number(parseInteger(type, text))
    case 'int8':
      return parseInteger(type, text)
    case 'float4':
    case 'float8': {
      const value = parseFloatText(text)
      if (value === undefined) throw invalid(type, text)
      return inFloatRange(type, type.name === 'float4' ? Math.fround(value) : value, text)
    }
    case 'numeric': {
      const value = parseDecimal(text)
      if (value === undefined) throw invalid(type, text)
      return value
    }
    case 'text':
      return text
    case 'bytea':
      return parseBytea(text)
    case 'date': {
      const parsed = timestampOf(type, text)
      if (parsed.micros === INFINITY_MICROS) return 0x7fffffff
      if (parsed.micros === MINUS_INFINITY_MICROS) return -0x80000000
      const { days } = splitMicros(parsed.micros)
      if (days >= DATE_START && days < DATE_END) return days
      throw new SqlError('datetime_field_overflow', `date out of range: "${text}"`)
    }
    case 'time': {
      const value = parseTime(text)
      if (value === undefined) throw invalidTime(type, text)
      if (value === 'range') throw outOfRange(text)
      return value
    }
    case 'timestamp':
      return inRange(timestampOf(type, text).micros, text)
    case 'timestamptz': {
      const parsed = timestampOf(type, text)
      if (parsed.micros === INFINITY_MICROS || parsed.micros === MINUS_INFINITY_MICROS) return parsed.micros
      return inRange(localToInstant(parsed.micros, parsed.zone ?? zone), text)
    }
    case 'interval': {
      const value = parseInterval(text)
      if (value === undefined) throw invalidTime(type, text)
      return value
    }
    case 'uuid': {
      const hex = text.trim().toLowerCase().replace(/[{}-]/g, '')
      if (!/^[0-9a-f]{32}$/.test(hex)) throw invalid(type, text)
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    }
    case 'jsonb':
      return canonicalJson(text)
    case 'array':
      return parseArray(type, text, (part, inside) => parseText(part, inside, zone))
    case 'struct':
      return parseRecord(type, text, (part, inside) => parseText(part, inside, zone))
    case 'map':
      return parseMap(type, text, (part, inside) => parseText(part, inside, zone))
    default:
      return extendedType(type.name)!.parse(text)
  }
}

/** A type's output function; NULL has no text, so it is not taken. */
export function formatText(type: Type, value: Exclude<Value, null>, zone = 'UTC'): string {
  switch (type.name) {
    case 'bool':
      return value ? 't' : 'f'
    case 'float4':
    case 'float8':
      return formatFloat(value as number, type.name === 'float4')
    case 'numeric':
      return formatDecimal(value as Decimal)
    case 'bytea':
      return `\\x${Buffer.from(value as Uint8Array).toString('hex')}`
    case 'date':
      return formatDate(value as number)
    case 'time':
      return clock(value as bigint)
    case 'timestamp':
      return formatTimestamp(value as bigint)
    case 'timestamptz':
      return formatTimestamptz(value as bigint, zone)
    case 'interval':
      return formatInterval(value as Interval)
    case 'oid':
      return String((value as number) >>> 0)
    case 'array':
      if (type.label !== undefined) return (value as readonly Value[]).join(' ')
      return `{${(value as readonly Value[]).map(v => arrayItem(type.element!, v, zone)).join(',')}}`
    case 'map':
      return formatMap(type, value as readonly Value[], (part, inside) => formatText(part, inside, zone))
    case 'struct':
      return `(${(value as readonly Value[]).map((v, i) => structItem(type.fields![i]!.type, v, zone)).join(',')})`
    default:
      return extendedType(type.name)?.format(value) ?? String(value)
  }
}

function parseInteger(type: Type, text: string): bigint {
  const trimmed = text.trim()
  if (!/^[+-]?\d+$/.test(trimmed)) throw invalid(type, text)
  const value = BigInt(trimmed.replace(/^\+/, ''))
  const bits = type.name === 'int2' ? 16 : type.name === 'int8' ? 64 : 32
  if (BigInt.asIntN(bits, value) !== value)
    throw new SqlError(
      'numeric_value_out_of_range',
      `value "${trimmed}" is out of range for type ${typeName(type)}`,
    )
  return value
}

function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim()
  const word = trimmed.toLowerCase()
  if (/^[+-]?nan$/.test(word)) return Number.NaN
  if (/^[+-]?inf(inity)?$/.test(word)) return word.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined
}

/** Throws 22003 for digits that became an infinity or zero. */
function inFloatRange(type: Type, value: number, text: string): number {
  if (value !== 0 && Number.isFinite(value)) return value
  const written = value === 0 ? /^[^eE]*[1-9]/.test(text) : /\d/.test(text)
  if (!written) return value
  const message = `"${text.trim()}" is out of range for type ${typeName(type)}`
  throw new SqlError('numeric_value_out_of_range', message)
}

function parseBytea(text: string): Uint8Array {
  if (!text.startsWith('\\x')) {
    const bytes = text.replace(/\\(\\|[0-7]{3})/g, (_, e: string) =>
      e === '\\' ? '\\' : String.fromCharCode(parseInt(e, 8)),
    )
    return new Uint8Array(Buffer.from(bytes, bytes === text ? 'utf8' : 'latin1'))
  }
  const hex = text.slice(2).replace(/\s/g, '')
  if (!/^([0-9a-f]{2})*$/i.test(hex))
    throw new SqlError('invalid_parameter_value', `invalid hexadecimal data`)
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function timestampOf(type: Type, text: string): { micros: bigint; zone: string | undefined } {
  const parsed = parseTimestamp(text)
  if (parsed === undefined) throw invalidTime(type, text)
  if (parsed === 'range') throw outOfRange(text)
  return parsed
}

function arrayItem(type: Type, value: Value, zone: string): string {
  if (value === null) return 'NULL'
  const text = formatText(type, value, zone)
  if (type.name === 'array' && type.label === undefined) return text
  return text === '' || /[{},"\\\s]/.test(text) || text.toLowerCase() === 'null'
    ? `"${text.replace(/["\\]/g, '\\$&')}"`
    : text
}

function structItem(type: Type, value: Value, zone: string): string {
  if (value === null) return ''
  const text = formatText(type, value, zone)
  return text === '' || /[(),"\\\s]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text
}

function invalid(type: Type, text: string): SqlError {
  return new SqlError(
    'invalid_text_representation',
    `invalid input syntax for type ${typeName(type)}: "${text}"`,
  )
}

function inRange(micros: bigint, text: string): bigint {
  const finite = micros >= TIMESTAMP_START && micros < TIMESTAMP_END
  if (finite || micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return micros
  throw new SqlError('datetime_field_overflow', `timestamp out of range: "${text}"`)
}

function invalidTime(type: Type, text: string): SqlError {
  const name = typeName(type).replace(/ without time zone$/, '')
  return new SqlError('invalid_datetime_format', `invalid input syntax for type ${name}: "${text}"`)
}

function outOfRange(text: string): SqlError {
  return new SqlError('datetime_field_overflow', `date/time field value out of range: "${text}"`)
}
