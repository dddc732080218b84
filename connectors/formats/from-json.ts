import { SqlError } from '../../types/error.ts'
import { extendedType } from '../../types/extended.ts'
import { parseText } from '../../types/text-io.ts'
import { FLOAT8, keyAndValue, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { parseVariant } from '../../types/variant.ts'
import { checkVector } from '../../types/vector.ts'
import { isObject, type Json, JsonNumber, jsonbText, jsonText } from './json-value.ts'
import { parseDecimal } from './number.ts'
import { cutToMicros, epochMicros } from './time.ts'

/** A JSON value as a value of `type`; throws SqlError when it does not fit. Absent and null are NULL. */
export function fromJson(value: Json | undefined, type: Type): Value {
  if (value === undefined || value === null) return null
  if (type.name === 'jsonb') return jsonbText(value)
  if (type.name === 'json') return jsonText(value)
  if (type.name === 'variant') return parseVariant(jsonbText(value))
  if (type.name === 'vector' && Array.isArray(value))
    return checkVector(value.map(item => Number(fromJson(item, FLOAT8) ?? Number.NaN)))
  if (type.name === 'array') {
    if (!Array.isArray(value)) throw mismatch(value, type)
    return value.map(item => fromJson(item, type.element!))
  }
  if (type.name === 'struct') {
    if (!isObject(value)) throw mismatch(value, type)
    return type.fields!.map(field => fromJson(member(value, field.name), field.type))
  }
  if (type.name === 'map') {
    if (!isObject(value)) throw mismatch(value, type)
    const [key, of] = keyAndValue(type)
    return Object.keys(value).map(k => [fromText(k, key, false), fromJson(value[k], of)])
  }
  if (typeof value === 'boolean') {
    if (type.name === 'bool') return value
    if (type.name === 'text') return String(value)
    throw mismatch(value, type)
  }
  if (value instanceof JsonNumber) return fromText(value.text, type, true)
  if (typeof value === 'string') return fromText(value, type, false)
  if (type.name === 'text') return JSON.stringify(plain(value))
  throw mismatch(value, type)
}

/** The member by exact name, else by its lower-case form (unquoted SQL names are folded). */
export function member(object: { readonly [key: string]: Json }, name: string): Json | undefined {
  if (Object.hasOwn(object, name)) return object[name]
  for (const key of Object.keys(object)) if (key.toLowerCase() === name) return object[key]
  return undefined
}

/** Text (a CSV cell, a JSON string or a JSON number) as a value of `type`. */
export function fromText(text: string, type: Type, isNumber: boolean): Value {
  switch (type.name) {
    case 'bool':
      if (/^(true|t|1)$/i.test(text)) return true
      if (/^(false|f|0)$/i.test(text)) return false
      throw mismatch(text, type)
    case 'int2':
      return Number(integer(text, type, 32767n))
    case 'int4':
      return Number(integer(text, type, 2147483647n))
    case 'oid':
      return Number(integer(text, type, 4294967295n)) | 0
    case 'int8':
      return integer(text, type, 9223372036854775807n)
    case 'int256':
      return integer(text, type, 2n ** 255n - 1n)
    case 'float4':
      return Math.fround(float(text, type))
    case 'float8':
      return float(text, type)
    case 'numeric':
      return parseDecimal(text)
    case 'text':
      return text
    case 'uuid':
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw mismatch(text, type)
      return text.toLowerCase()
    case 'bytea':
      return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text, 'base64')
    case 'date':
      return isNumber ? Number(integer(text, type, 2147483647n)) : parseText(type, text)
    case 'time':
      return isNumber ? epochMicros(integer(text, type, 1n << 62n)) : parseText(type, text)
    case 'timestamp':
    case 'timestamptz':
      if (isNumber) return epochMicros(integer(text, type, 1n << 62n))
      return parseText(type, cutToMicros(text))
    case 'timetz':
    case 'interval':
    case 'enum':
      return parseText(type, text)
    case 'vector':
    case 'variant':
    case 'bit':
    case 'varbit':
    case 'json':
      return extendedType(type.name)!.parse(text)
    default:
      throw mismatch(text, type)
  }
}

const NUMERIC = /^[+-]?[\d.]/

function integer(text: string, type: Type, max: bigint): bigint {
  const decimal = NUMERIC.test(text) ? parseDecimal(text) : undefined
  if (decimal === undefined) throw mismatch(text, type)
  const value = decimal.digits / 10n ** BigInt(decimal.scale)
  if (decimal.special !== undefined || value * 10n ** BigInt(decimal.scale) !== decimal.digits)
    throw mismatch(text, type)
  if (value > max || value < -max - 1n) {
    throw new SqlError('numeric_value_out_of_range', `value "${text}" is out of range for type ${type.name}`)
  }
  return value
}

function float(text: string, type: Type): number {
  const value = /^[+-]?(inf|infinity)$/i.test(text)
    ? text.startsWith('-')
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : Number(text)
  if (text.trim() === '' || (Number.isNaN(value) && !/^nan$/i.test(text))) throw mismatch(text, type)
  return value
}

function mismatch(value: Json, type: Type): SqlError {
  const shown = typeof value === 'string' ? value : JSON.stringify(plain(value))
  return new SqlError(
    'invalid_text_representation',
    `invalid input syntax for type ${type.name}: "${shown.slice(0, 100)}"`,
  )
}

/** The document as ordinary JavaScript values, for printing. */
function plain(value: Json): unknown {
  if (value instanceof JsonNumber) return Number(value.text)
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}
