import { SqlError } from '../../types/error.ts'
import { formatJson, type Json, memberKeys, parseJson } from '../../types/json-text.ts'
import type { Type } from '../../types/type.ts'
import { limitField } from '../../types/type-modifier.ts'
import type { Value } from '../../types/value.ts'
import { fromJson } from './from-jsonb.ts'
import { kind } from './jsonb-edit.ts'
import { fn } from './registry.ts'

/** A document as text: a string's own characters, NULL for null. */
const plain = (json: Json): string | null =>
  json === null ? null : typeof json === 'string' ? json : formatJson(json)

for (const prefix of ['jsonb', 'json']) {
  for (const [suffix, result, show] of [
    ['', 'jsonb', formatJson],
    ['_text', 'text', plain],
  ] as const) {
    fn(`${prefix}_array_elements${suffix}(jsonb) -> setof ${result}`, {
      help: 'elements of an array',
      column: 'value',
      rows: (a: string) => elements(parseJson(a)).map(show),
    })
    fn(`${prefix}_each${suffix}(jsonb) -> setof struct<key text, value ${result}>`, {
      help: 'members of an object',
      rows: (a: string) => {
        const object = parseJson(a)
        if (!(object instanceof Map)) throw bad(`cannot call ${prefix}_each${suffix} on a non-object`)
        return memberKeys(object).map(key => [key, show(object.get(key)!)])
      },
    })
  }
  fn(`${prefix}_object_keys(jsonb) -> setof text`, {
    help: 'keys of an object',
    rows: (a: string) => {
      const object = parseJson(a)
      if (object instanceof Map) return memberKeys(object)
      throw bad(`cannot call ${prefix}_object_keys on ${Array.isArray(object) ? 'an array' : 'a scalar'}`)
    },
  })
  fn(`${prefix}_populate_record(anyelement, jsonb) -> anyelement`, {
    help: 'row of an object: its members by name, other fields as in the first argument',
    strict: false,
    zoned: 'style',
    make: (_, type) => (base: Value, a: string | null, zone: string) =>
      a === null ? base : record(type, base, parseJson(a), zone, `${prefix}_populate_record`),
  })
  fn(`${prefix}_populate_recordset(anyelement, jsonb) -> setof anyelement`, {
    help: 'rows of an array of objects',
    strict: false,
    zoned: 'style',
    makeRows: (_, type) => (base: Value, a: string | null, zone: string) => {
      if (a === null) return []
      const name = `${prefix}_populate_recordset`
      const list = parseJson(a)
      if (!Array.isArray(list))
        throw bad(`cannot call ${name} on ${kind(list) === 'object' ? 'an object' : 'a scalar'}`)
      return list.map(item => {
        if (!(item instanceof Map)) throw bad(`argument of ${name} must be an array of objects`)
        return record(type, base, item, zone, name)
      })
    },
  })
}

function elements(json: Json): Json[] {
  if (Array.isArray(json)) return json
  throw bad(`cannot extract elements from ${json instanceof Map ? 'an object' : 'a scalar'}`)
}

function record(type: Type, base: Value, json: Json, zone: string, name: string): Value {
  if (type.name !== 'struct')
    throw new SqlError('datatype_mismatch', `first argument of ${name} must be a row type`)
  if (json === null) return base
  if (!(json instanceof Map))
    throw bad(`cannot call ${name} on ${Array.isArray(json) ? 'an array' : 'a scalar'}`)
  return type.fields!.map((field, i) => {
    const value = json.get(field.name)
    if (value === undefined) return base === null ? null : (base as readonly Value[])[i]!
    return limitField(field, fromJson(field.type, value, zone))
  })
}

function bad(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
