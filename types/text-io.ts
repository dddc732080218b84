import { parseArray } from './array-text.ts'
import { parseBytea } from './bytea-text.ts'
import { formatDecimal, parseDecimal } from './decimal.ts'
import { parse96 } from './decimal96-text.ts'
import { labelOf, placeOf } from './enum-labels.ts'
import { SqlError } from './error.ts'
import { extendedType } from './extended.ts'
import { formatFloat, styledFloat } from './float-text.ts'
import { byMemberNames, canonicalJson } from './json-text.ts'
import { canonicalPath } from './jsonpath/print.ts'
import { formatMap, parseMap } from './map-text.ts'
import { nearestReal } from './nearest-real.ts'
import { parseRecord } from './record-text.ts'
import { formatDate, formatTimestamp, formatTimestamptz } from './time/datetime.ts'
import { clock, formatInterval } from './time/interval.ts'
import {
  parseDate,
  parseInstant,
  parseIntervalText,
  parseLocalTimestamp,
  parseTimeOfDay,
  parseTimeWithZone,
} from './time/parse-time.ts'
import { styledDate, styledInterval, styledTimestamp } from './time/styled-time.ts'
import {
  inRisingWave,
  isPlainStyle,
  type TimeStyle,
  type TimeStyleText,
  timeStyle,
} from './time/time-style.ts'
import { formatTimeWithZone } from './time/time-with-zone.ts'
import type { Type } from './type.ts'
import { typeName } from './type-names.ts'
import type { Decimal, Interval, Value } from './value.ts'

/**
 * A type's input function. Throws 22P02, 22003, 22007 or 22008 with PostgreSQL's wording. `style`: the zone of times without one, the
 * order of dates. `now`: what the word means (parse-time.ts).
 */
export function parseText(type: Type, text: string, style: TimeStyleText = 'UTC', now?: bigint): Value {
  switch (type.name) {
    case 'bool': {
      const value = booleanOf(text)
      if (value === undefined) throw invalid(type, text)
      return value
    }
    case 'int2':
    case 'int4':
      return Number(parseInteger(type, text))
    case 'oid':
      return Number(BigInt.asIntN(32, parseInteger(type, text)))
    case 'int8':
      return parseInteger(type, text)
    case 'float4':
    case 'float8': {
      const value = parseFloatText(text)
      if (value === undefined) throw invalid(type, text)
      return inFloatRange(type, type.name === 'float4' ? nearestReal(text, value) : value, text)
    }
    case 'numeric': {
      const value = inRisingWave(style) ? parse96(text) : parseDecimal(text)
      if (value === undefined) throw invalid(type, text)
      return value
    }
    case 'text':
      return type.label === 'jsonpath' ? canonicalPath(text) : text
    case 'bytea':
      return parseBytea(text)
    case 'date':
      return parseDate(text, style, now)
    case 'time':
      return parseTimeOfDay(text, style, now)
    case 'timetz':
      return parseTimeWithZone(text, style, now)
    case 'timestamp':
      return parseLocalTimestamp(text, style, now)
    case 'timestamptz':
      return parseInstant(text, style, now)
    case 'interval':
      return parseIntervalText(text, style)
    case 'uuid': {
      const inner = /^\{(.*)\}$/.exec(text)?.[1] ?? text
      if (!/^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i.test(inner)) throw invalid(type, text)
      const hex = inner.toLowerCase().replaceAll('-', '')
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    }
    case 'jsonb':
      return canonicalJson(text)
    case 'array':
      return parseArray(type, text, (part, inside) => parseText(part, inside, style))
    case 'struct':
      return parseRecord(type, text, (part, inside) => parseText(part, inside, style))
    case 'map':
      return parseMap(type, text, (part, inside) => parseText(part, inside, style))
    case 'enum':
      return placeOf(type, text)
    default:
      return extendedType(type.name)!.parse(text)
  }
}

/** A type's output function; NULL has no text, so it is not taken. */
export function formatText(type: Type, value: Exclude<Value, null>, style: TimeStyleText = 'UTC'): string {
  switch (type.name) {
    case 'bool':
      return value ? 't' : 'f'
    case 'float4':
    case 'float8':
      if (isPlainStyle(style)) return formatFloat(value as number, type.name === 'float4')
      return floatInStyle(value as number, type.name === 'float4', timeStyle(style))
    case 'numeric':
      return formatDecimal(value as Decimal)
    case 'bytea':
      if (!isPlainStyle(style) && timeStyle(style).bytes === 'escape')
        return escapedBytes(value as Uint8Array)
      return `\\x${Buffer.from(value as Uint8Array).toString('hex')}`
    case 'date':
      return isPlainStyle(style) ? formatDate(value as number) : styledDate(value as number, timeStyle(style))
    case 'time':
      return clock(value as bigint, !isPlainStyle(style) && timeStyle(style).dialect.fractionsOfThree)
    case 'timetz':
      return formatTimeWithZone(value as bigint)
    case 'timestamp':
      if (isPlainStyle(style)) return formatTimestamp(value as bigint)
      return styledTimestamp(value as bigint, timeStyle(style), false)
    case 'timestamptz':
      if (isPlainStyle(style)) return formatTimestamptz(value as bigint, style)
      return styledTimestamp(value as bigint, timeStyle(style), true)
    case 'interval':
      if (isPlainStyle(style)) return formatInterval(value as Interval)
      return styledInterval(value as Interval, timeStyle(style))
    case 'oid':
      return String((value as number) >>> 0)
    case 'jsonb':
      return showsMemberNames(style) ? byMemberNames(value as string) : (value as string)
    case 'array':
      if (type.label !== undefined) return (value as readonly Value[]).join(' ')
      return `{${(value as readonly Value[]).map(v => arrayItem(type.element!, v, style)).join(',')}}`
    case 'map':
      return formatMap(type, value as readonly Value[], (part, inside) => formatText(part, inside, style))
    case 'enum':
      return labelOf(type, value as number)
    case 'struct':
      return `(${(value as readonly Value[]).map((v, i) => structItem(type.fields![i]!.type, v, style)).join(',')})`
    default:
      return extendedType(type.name)?.format(value) ?? String(value)
  }
}

/** Whether the members of documents are shown in the order of their names. */
export function showsMemberNames(style: TimeStyleText): boolean {
  return !isPlainStyle(style) && timeStyle(style).dialect.membersByName
}

function floatInStyle(value: number, single: boolean, { floatDigits, dialect }: TimeStyle): string {
  return styledFloat(value, single, floatDigits, dialect.longFloats)
}

/** bytea_output = escape: letters as they are, other bytes in octal digits. */
function escapedBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes)
    if (byte === 0x5c) text += '\\\\'
    else if (byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(8).padStart(3, '0')}`
    else text += String.fromCharCode(byte)
  return text
}

/** The words for true and false may be cut short where one letter more does not matter. */
function booleanOf(text: string): boolean | undefined {
  const word = text.trim().toLowerCase()
  if (word === '') return undefined
  if (word === '1' || word === 'on' || 'true'.startsWith(word) || 'yes'.startsWith(word)) return true
  const off = word.length > 1 && 'off'.startsWith(word)
  return word === '0' || off || 'false'.startsWith(word) || 'no'.startsWith(word) ? false : undefined
}

function parseInteger(type: Type, text: string): bigint {
  const trimmed = text.trim()
  if (!/^[+-]?\d+$/.test(trimmed)) throw invalid(type, text)
  const value = BigInt(trimmed.replace(/^\+/, ''))
  const bits = type.name === 'int2' ? 16 : type.name === 'int8' ? 64 : 32
  const fits = BigInt.asIntN(bits, value) === value
  // An oid has no sign; a negative one counts from the end, as in PostgreSQL.
  if (!fits && (type.name !== 'oid' || BigInt.asUintN(bits, value) !== value))
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

function arrayItem(type: Type, value: Value, style: TimeStyleText): string {
  if (value === null) return 'NULL'
  const text = formatText(type, value, style)
  if (type.name === 'array' && type.label === undefined) return text
  return text === '' || /[{},"\\\s]/.test(text) || text.toLowerCase() === 'null'
    ? `"${text.replace(/["\\]/g, '\\$&')}"`
    : text
}

function structItem(type: Type, value: Value, style: TimeStyleText): string {
  if (value === null) return ''
  const text = formatText(type, value, style)
  return text === '' || /[(),"\\\s]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text
}

function invalid(type: Type, text: string): SqlError {
  return new SqlError(
    'invalid_text_representation',
    `invalid input syntax for type ${typeName(type)}: "${text}"`,
  )
}
