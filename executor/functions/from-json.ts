import { SqlError } from '../../types/error.ts'
import { documentText, elementsOf, kindOfJson, membersOf, plainJson } from '../../types/json-parts.ts'
import { canonicalJson } from '../../types/json-text.ts'
import { parseText } from '../../types/text-io.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import { limitField } from '../../types/type-modifier.ts'
import type { Value } from '../../types/value.ts'

/** Where a part of a document stands: in which member, and as which element of that. */
interface Place {
  readonly name?: string
  readonly indexes: readonly number[]
}

/**
 * A part of a document as a value of a type: arrays and objects part by part, others by their text (PostgreSQL's
 * populate_record_field). The texts of a jsonb and of a json are read alike. `base`: the row whose fields stay where the object has
 * no such members.
 */
export function fromJson(
  type: Type,
  json: string,
  style: string,
  place: Place = { indexes: [] },
  base: Value = null,
): Value {
  const kind = kindOfJson(json)
  if (kind === 'null') return null
  if (type.name === 'json' || type.name === 'jsonb') {
    const own = kind === 'string' ? JSON.stringify(plainJson(json)) : documentText(json)
    return type.name === 'json' ? own : canonicalJson(own)
  }
  const text = plainJson(json)!
  if (kind === 'string') return parseText(type, text, style)
  if (type.name === 'array') {
    if (kind !== 'array') throw noArray(place)
    return elementsOf(json).map((item, i) =>
      fromJson(type.element!, item, style, { ...place, indexes: [...place.indexes, i] }),
    )
  }
  if (type.name === 'struct') return fromObject(type, base, json, style)
  if (type.name === 'map' && kind === 'object') {
    const [key, of] = keyAndValue(type)
    return membersOf(json).map(({ name, value }) => [parseText(key, name, style), fromJson(of, value, style)])
  }
  return parseText(type, text, style)
}

/** A row of an object's members by their names; fields that it has not are those of `base`. */
export function fromObject(type: Type, base: Value, json: string, style: string): Value {
  const kind = kindOfJson(json)
  if (kind !== 'object')
    throw new SqlError(
      'invalid_parameter_value',
      `cannot call populate_composite on ${kind === 'array' ? 'an array' : 'a scalar'}`,
    )
  const members = new Map(membersOf(json).map(({ name, value }) => [name, value]))
  return type.fields!.map((field, i) => {
    const value = members.get(field.name)
    const own = base === null ? null : (base as readonly Value[])[i]!
    if (value === undefined) return own
    return limitField(field, fromJson(field.type, value, style, { name: field.name, indexes: [] }, own))
  })
}

function noArray({ name, indexes }: Place): SqlError {
  const element = indexes.length === 0 ? 'value' : `array element ${indexes.map(i => `[${i}]`).join('')}`
  const where = name === undefined ? '' : ` of key "${name}"`
  const hint = name === undefined && indexes.length === 0 ? undefined : `See the ${element}${where}.`
  return new SqlError('invalid_text_representation', 'expected JSON array', { hint })
}
