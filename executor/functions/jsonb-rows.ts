import { SqlError } from '../../types/error.ts'
import { formatJson, type Json, memberKeys, parseJson } from '../../types/json-text.ts'
import { PLAIN_TEXTS } from './plain-jsonb.ts'
import { fn } from './registry.ts'

for (const [suffix, result, show, own] of [
  ['', 'jsonb', formatJson, {}],
  ...PLAIN_TEXTS.map(({ show, own }) => ['_text', 'text', show, own] as const),
] as const) {
  fn(`jsonb_array_elements${suffix}(jsonb) -> setof ${result}`, {
    ...own,
    help: 'elements of an array',
    column: 'value',
    rows: (a: string) => elements(parseJson(a)).map(show),
  })
  fn(`jsonb_each${suffix}(jsonb) -> setof struct<key text, value ${result}>`, {
    ...own,
    help: 'members of an object',
    rows: (a: string) => {
      const object = parseJson(a)
      if (!(object instanceof Map)) throw bad(`cannot call jsonb_each${suffix} on a non-object`)
      return memberKeys(object).map(key => [key, show(object.get(key)!)])
    },
  })
}
fn(`jsonb_object_keys(jsonb) -> setof text`, {
  help: 'keys of an object',
  rows: (a: string) => {
    const object = parseJson(a)
    if (object instanceof Map) return memberKeys(object)
    throw bad(`cannot call jsonb_object_keys on ${Array.isArray(object) ? 'an array' : 'a scalar'}`)
  },
})

function elements(json: Json): Json[] {
  if (Array.isArray(json)) return json
  throw bad(`cannot extract elements from ${json instanceof Map ? 'an object' : 'a scalar'}`)
}

function bad(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
