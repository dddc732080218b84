import { assert } from '../../types/error.ts'
import { formatText, parseText } from '../../types/text-io.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/** JSON of a value as the prelude reads it. */
export function toSandbox(value: Value, type: Type): string {
  if (value === null) return 'null'
  switch (type.name) {
    case 'bool':
    case 'int2':
    case 'int4':
      return String(value)
    case 'float4':
    case 'float8':
      return Number.isFinite(value) ? String(value) : `"${value}"`
    case 'bytea':
      return `"${Buffer.from(value as Uint8Array).toString('hex')}"`
    case 'json':
    case 'jsonb':
      return value as string
    case 'array':
      return `[${(value as readonly Value[]).map(item => toSandbox(item, type.element!)).join(',')}]`
    case 'struct':
      return `[${(value as readonly Value[]).map((v, i) => toSandbox(v, type.fields![i]!.type)).join(',')}]`
    default:
      return JSON.stringify(formatText(type, value))
  }
}

/** JSON of the arguments of one call. */
export function argumentsToSandbox(values: readonly Value[], types: readonly Type[]): string {
  return `[${values.map((value, i) => toSandbox(value, types[i]!)).join(',')}]`
}

/** A value as the prelude gives it. Throws 22P02 or 22003 for what the type does not hold. */
export function fromSandbox(value: unknown, type: Type): Value {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return type.name === 'bool' ? value : parseText(type, String(value))
  if (type.name === 'array') {
    assert(Array.isArray(value), 'javascript: an array comes as one')
    return value.map(item => fromSandbox(item, type.element!))
  }
  if (type.name === 'struct') {
    assert(Array.isArray(value), 'javascript: a row comes as an array')
    return type.fields!.map((field, i) => fromSandbox(value[i], field.type))
  }
  if (type.name === 'text') return String(value)
  return parseText(type, String(value), 'UTC')
}
