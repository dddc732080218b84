import { toDouble } from '../../types/decimal96-text.ts'
import { SqlError } from '../../types/error.ts'
import { formatFloat } from '../../types/float-text.ts'
import { formatJson, type Json, jsonNumber, parseJson } from '../../types/json-text.ts'
import { formatText } from '../../types/text-io.ts'
import { formatDate, formatTimestamp, formatTimestamptz } from '../../types/time/datetime.ts'
import {
  inRisingWave,
  isPlainStyle,
  type TimeStyleText,
  timeStyle,
  zoneOfStyle,
} from '../../types/time/time-style.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { jsonOfVariant } from '../../types/variant.ts'
import { type FunctionBody, fn } from './registry.ts'

/** A value of any type as PostgreSQL's to_jsonb makes it; in RisingWave's style numbers with a fraction are doubles. */
export function toJson(type: Type, value: Value, style: TimeStyleText): Json {
  if (value === null) return null
  switch (type.name) {
    case 'bool':
      return value as boolean
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      return jsonNumber(String(value))
    case 'int256':
      return inRisingWave(style) ? String(value) : jsonNumber(String(value))
    case 'float4':
    case 'float8': {
      if (!Number.isFinite(value)) return formatText(type, value)
      if (inRisingWave(style)) return double(value as number)
      // jsonb's numbers are numerics, which have no negative zero.
      return parseJson(formatFloat((value as number) + 0, type.name === 'float4'))
    }
    case 'numeric':
      if ((value as Decimal).special === undefined && inRisingWave(style))
        return double(toDouble(value as Decimal))
      return (value as Decimal).special === undefined
        ? jsonNumber(formatText(type, value))
        : formatText(type, value)
    case 'json':
    case 'jsonb':
      return parseJson(value as string)
    case 'variant':
      return jsonOfVariant(parseJson(value as string))
    case 'timestamp':
      return formatTimestamp(value as bigint, isLong(style)).replace(' ', 'T')
    case 'timestamptz': {
      const zone = inRisingWave(style) ? 'UTC' : zoneOfStyle(style)
      return formatTimestamptz(value as bigint, zone, { threes: isLong(style) }).replace(' ', 'T')
    }
    case 'date':
      return formatDate(value as number)
    case 'array':
      return (value as readonly Value[]).map(item => toJson(type.element!, item, style))
    case 'map': {
      const [key, of] = keyAndValue(type)
      const entries = value as readonly (readonly Value[])[]
      return new Map(entries.map(([k, v]) => [formatText(key, k!), toJson(of, v!, style)]))
    }
    case 'struct':
      return new Map(
        type.fields!.map((field, i) => [
          field.name,
          toJson(field.type, (value as readonly Value[])[i]!, style),
        ]),
      )
    default:
      return formatText(type, value, style)
  }
}

/** The shortest digits, with a point or an exponent: an exponent from 10^16 on and below 10^-5. */
function double(value: number): Json {
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e') as [string, string]
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace('.', '')
  const whole = Number(exponent) + 1
  if (whole > 16 || whole <= -5) return jsonNumber(`${sign}${mantissa}e${Number(exponent)}`)
  if (whole <= 0) return jsonNumber(`${sign}0.${'0'.repeat(-whole)}${digits}`)
  return jsonNumber(`${sign}${digits.slice(0, whole).padEnd(whole, '0')}.${digits.slice(whole) || '0'}`)
}

const isLong = (style: TimeStyleText) => !isPlainStyle(style) && timeStyle(style).dialect.fractionsOfThree

type Build = (types: readonly Type[], values: readonly Value[], zone: string) => Json

function build(signature: string, help: string, call: Build, strict: boolean): void {
  make(signature, help, call, { strict, zoned: true })
  // A NULL is a document, too.
  make(signature, help, call, { strict: false, zoned: 'style', dialect: 'risingwave' })
}

function make(
  signature: string,
  help: string,
  call: Build,
  how: Pick<FunctionBody, 'strict' | 'zoned' | 'dialect'>,
): void {
  fn(signature, {
    help,
    ...how,
    make: types =>
      ((...values: Value[]) => {
        const count = types.length - 1
        return formatJson(call(types.slice(0, count), values.slice(0, count), String(values[count] ?? 'UTC')))
      }) as never,
  })
}

build('to_jsonb(any) -> jsonb', 'as JSON', ([type], [value], zone) => toJson(type!, value!, zone), true)
build(
  'jsonb_build_array(...any) -> jsonb',
  'array of the arguments',
  (types, values, zone) => types.map((type, i) => toJson(type, values[i]!, zone)),
  false,
)
build('jsonb_build_object(...any) -> jsonb', 'object of keys and values in turn', object, false)

function object(types: readonly Type[], values: readonly Value[], zone: string): Json {
  if (types.length % 2 === 1)
    throw new SqlError('invalid_parameter_value', 'argument list must have even number of elements', {
      hint: 'The arguments of jsonb_build_object() must consist of alternating keys and values.',
    })
  const entries: [string, Json][] = []
  for (let i = 0; i < types.length; i += 2) {
    const key = values[i]!
    if (key === null) throw new SqlError('invalid_parameter_value', `argument ${i + 1}: key must not be null`)
    entries.push([jsonKey(types[i]!, key, zone), toJson(types[i + 1]!, values[i + 1]!, zone)])
  }
  return new Map(entries)
}

function jsonKey(type: Type, value: Exclude<Value, null>, zone: string): string {
  if (type.name === 'array' || type.name === 'struct' || type.name === 'json' || type.name === 'jsonb')
    throw new SqlError('invalid_parameter_value', 'key value must be scalar, not array, composite, or json')
  if (inRisingWave(zone)) return type.name === 'bool' ? String(value) : formatText(type, value, zone)
  const json = toJson(type, value, zone)
  return typeof json === 'string' ? json : formatJson(json)
}
