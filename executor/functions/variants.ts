import { SqlError } from '../../types/error.ts'
import { formatJson, type Json, parseJson } from '../../types/json-text.ts'
import { formatText } from '../../types/text-io.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import {
  objectVariant,
  scalarVariant,
  type VariantTag,
  variantAt,
  variantKind,
  variantOfJson,
  variantPath,
} from '../../types/variant.ts'
import { fn } from './registry.ts'
import { toJson } from './to-jsonb.ts'

const TAGS: Readonly<Partial<Record<Type['name'], VariantTag>>> = {
  bool: 'boolean',
  int2: 'int16',
  int4: 'int32',
  int8: 'int64',
  oid: 'int64',
  float4: 'double',
  float8: 'double',
  bytea: 'binary',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp_ntz_micros',
  timestamptz: 'timestamp_micros',
}

/** A value of any type, keeping the types of the scalars in it; a type that variants have not becomes its text. */
function variantOf(type: Type, value: Value, zone: string): Json {
  if (value === null) return scalarVariant('null', null)
  const list = value as readonly Value[]
  switch (type.name) {
    case 'variant':
      return parseJson(value as string)
    case 'json':
    case 'jsonb':
      return variantOfJson(parseJson(value as string))
    case 'array':
      return list.map(item => variantOf(type.element!, item, zone))
    case 'struct':
      return objectVariant(type.fields!.map((f, i) => [f.name, variantOf(f.type, list[i]!, zone)]))
    case 'map': {
      const [key, of] = keyAndValue(type)
      const entries = list as readonly (readonly Value[])[]
      return objectVariant(entries.map(([k, v]) => [formatText(key, k!), variantOf(of, v!, zone)]))
    }
    case 'numeric':
      return scalarVariant(
        (value as Decimal).special === undefined ? 'decimal16' : 'double',
        toJson(type, value, zone),
      )
    default:
      return scalarVariant(TAGS[type.name] ?? 'string', toJson(type, value, zone))
  }
}

fn('to_variant(any) -> variant', {
  help: 'value of any type with the types of what is in it',
  strict: false,
  zoned: true,
  make: ([type]) => ((value: Value, zone: string) => formatJson(variantOf(type!, value, zone))) as never,
})
fn('variant_typeof(variant) -> text', {
  help: 'array, object or the type of the scalar',
  call: (variant: string) => variantKind(parseJson(variant)),
})

const get = (variant: string, path: readonly (string | number)[]): Value => {
  const found = variantAt(parseJson(variant), path)
  return found === undefined ? null : formatJson(found)
}

fn('variant_get(variant, text) -> variant', {
  help: 'what is at a path such as $.a[0], NULL when nothing is',
  call: (variant: string, path: string) => {
    const steps = variantPath(path)
    if (steps !== undefined) return get(variant, steps)
    throw new SqlError('invalid_parameter_value', `invalid variant path: "${path}"`)
  },
})
fn('try_variant_get(variant, text) -> variant', {
  help: 'what is at a path, NULL when nothing is or it is no path',
  call: (variant: string, path: string) => {
    const steps = variantPath(path)
    return steps === undefined ? null : get(variant, steps)
  },
})
