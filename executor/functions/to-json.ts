import { SqlError } from '../../types/error.ts'
import { formatJson, parseJson } from '../../types/json-text.ts'
import { formatText } from '../../types/text-io.ts'
import { formatDate, formatTimestamp, formatTimestamptz } from '../../types/time/datetime.ts'
import { type TimeStyleText, zoneOfStyle } from '../../types/time/time-style.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { jsonOfVariant } from '../../types/variant.ts'
import { fn } from './registry.ts'

/** A value as the text that PostgreSQL's to_json makes of it: no spaces in what is made, documents as they stand. */
export function jsonText(type: Type, value: Value, style: TimeStyleText): string {
  if (value === null) return 'null'
  switch (type.name) {
    case 'bool':
      return String(value)
    case 'int2':
    case 'int4':
    case 'int8':
    case 'int256':
      return String(value)
    case 'float4':
    case 'float8':
    case 'numeric': {
      const text = formatText(type, value, style)
      return /\d/.test(text) ? text : JSON.stringify(text)
    }
    case 'json':
    case 'jsonb':
      return value as string
    case 'variant':
      return formatJson(jsonOfVariant(parseJson(value as string)))
    case 'timestamp':
      return JSON.stringify(formatTimestamp(value as bigint).replace(' ', 'T'))
    case 'timestamptz':
      return JSON.stringify(formatTimestamptz(value as bigint, zoneOfStyle(style)).replace(' ', 'T'))
    case 'date':
      return JSON.stringify(formatDate(value as number))
    case 'array':
    case 'struct':
    case 'map':
      return listText(type, value as readonly Value[], ',', style)
    default:
      return JSON.stringify(formatText(type, value, style))
  }
}

/** An array, row or map, `separator` between its parts. */
function listText(type: Type, parts: readonly Value[], separator: string, style: TimeStyleText): string {
  if (type.name === 'array')
    return `[${parts.map(item => jsonText(type.element!, item, style)).join(separator)}]`
  const member = (name: string, of: Type, value: Value) =>
    `${JSON.stringify(name)}:${jsonText(of, value, style)}`
  const members =
    type.name === 'struct'
      ? type.fields!.map((field, i) => member(field.name, field.type, parts[i]!))
      : (parts as readonly (readonly Value[])[]).map(([k, v]) => {
          const [key, of] = keyAndValue(type)
          return member(formatText(key, k!), of, v!)
        })
  return `{${members.join(separator)}}`
}

/** A value as the name of a member, quoted. Throws 22023 for one that has parts. */
export function jsonName(type: Type, value: Exclude<Value, null>, style: TimeStyleText): string {
  if (PARTED.has(type.name))
    throw new SqlError('invalid_parameter_value', 'key value must be scalar, not array, composite, or json')
  const text = jsonText(type, value, style)
  return text.startsWith('"') ? text : JSON.stringify(text)
}

const PARTED: ReadonlySet<string> = new Set(['array', 'struct', 'map', 'json', 'jsonb', 'variant'])

type Build = (types: readonly Type[], values: readonly Value[], style: TimeStyleText) => string

const build = (signature: string, help: string, call: Build, strict: boolean) =>
  fn(signature, {
    help,
    strict,
    zoned: 'style',
    make: types =>
      ((...values: Value[]) => {
        const count = types.length - 1
        return call(types.slice(0, count), values.slice(0, count), String(values[count] ?? 'UTC'))
      }) as never,
  })

build('to_json(any) -> json', 'as JSON', ([type], [value], style) => jsonText(type!, value!, style), true)
for (const [name, what] of [
  ['row_to_json', 'record'],
  ['array_to_json', 'anyarray'],
]) {
  build(
    `${name}(${what}) -> json`,
    'as JSON',
    ([type], [value], style) => jsonText(type!, value!, style),
    true,
  )
  build(
    `${name}(${what}, bool) -> json`,
    'as JSON, with a line feed between its parts when asked',
    ([type], [value, lines], style) =>
      listText(type!, value as readonly Value[], lines === true ? ',\n ' : ',', style),
    true,
  )
}
build(
  'json_build_array(...any) -> json',
  'array of the arguments',
  (types, values, style) => `[${types.map((type, i) => jsonText(type, values[i]!, style)).join(', ')}]`,
  false,
)
build('json_build_object(...any) -> json', 'object of keys and values in turn', object, false)

function object(types: readonly Type[], values: readonly Value[], style: TimeStyleText): string {
  if (types.length % 2 === 1)
    throw new SqlError('invalid_parameter_value', 'argument list must have even number of elements', {
      hint: 'The arguments of json_build_object() must consist of alternating keys and values.',
    })
  const members: string[] = []
  for (let i = 0; i < types.length; i += 2) {
    const key = values[i]!
    if (key === null)
      throw new SqlError('invalid_parameter_value', `argument ${i + 1} cannot be null`, {
        hint: 'Object keys should be text.',
      })
    members.push(`${jsonName(types[i]!, key, style)} : ${jsonText(types[i + 1]!, values[i + 1]!, style)}`)
  }
  return `{${members.join(', ')}}`
}
