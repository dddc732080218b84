import { SqlError } from '../../types/error.ts'
import { formatFloat } from '../../types/float-text.ts'
import { formatJson, type Json, jsonNumber, parseJson } from '../../types/json-text.ts'
import { formatText } from '../../types/text-io.ts'
import { formatDate, formatTimestamp, formatTimestamptz } from '../../types/time/datetime.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { jsonOfVariant } from '../../types/variant.ts'
import { fn } from './registry.ts'

/** A value of any type as PostgreSQL's to_jsonb makes it. */
export function toJson(type: Type, value: Value, zone: string): Json {
  if (value === null) return null
  switch (type.name) {
    case 'bool':
      return value as boolean
    case 'int2':
    case 'int4':
    case 'int8':
    case 'int256':
    case 'oid':
      return jsonNumber(String(value))
    case 'float4':
    case 'float8': {
      if (!Number.isFinite(value)) return formatText(type, value)
      // jsonb's numbers are numerics, which have no negative zero.
      return parseJson(formatFloat((value as number) + 0, type.name === 'float4'))
    }
    case 'numeric':
      return (value as Decimal).special === undefined
        ? jsonNumber(formatText(type, value))
        : formatText(type, value)
    case 'json':
    case 'jsonb':
      return parseJson(value as string)
    case 'variant':
      return jsonOfVariant(parseJson(value as string))
    case 'timestamp':
      return formatTimestamp(value as bigint).replace(' ', 'T')
    case 'timestamptz':
      return formatTimestamptz(value as bigint, zone).replace(' ', 'T')
    case 'date':
      return formatDate(value as number)
    case 'array':
      return (value as readonly Value[]).map(item => toJson(type.element!, item, zone))
    case 'map': {
      const [key, of] = keyAndValue(type)
      const entries = value as readonly (readonly Value[])[]
      return new Map(entries.map(([k, v]) => [formatText(key, k!), toJson(of, v!, zone)]))
    }
    case 'struct':
      return new Map(
        type.fields!.map((field, i) => [
          field.name,
          toJson(field.type, (value as readonly Value[])[i]!, zone),
        ]),
      )
    default:
      return formatText(type, value, zone)
  }
}

type Build = (types: readonly Type[], values: readonly Value[], zone: string) => Json

const build = (signature: string, help: string, call: Build, strict: boolean) =>
  fn(signature, {
    help,
    strict,
    zoned: true,
    make: types =>
      ((...values: Value[]) => {
        const count = types.length - 1
        return formatJson(call(types.slice(0, count), values.slice(0, count), String(values[count] ?? 'UTC')))
      }) as never,
  })

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
  const json = toJson(type, value, zone)
  return typeof json === 'string' ? json : formatJson(json)
}
