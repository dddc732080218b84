import { SqlError } from '../../types/error.ts'
import { checkEscapes, elementsOf, kindOfJson } from '../../types/json-parts.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fromObject } from './from-json.ts'
import { fn } from './registry.ts'

for (const prefix of ['jsonb', 'json']) {
  fn(`${prefix}_populate_record(anyelement, ${prefix}) -> anyelement`, {
    help: 'row of an object: its members by name, other fields as in the first argument',
    strict: false,
    zoned: 'style',
    make: (_, type) => (base: Value, json: string | null, style: string) => {
      requireRow(type, `${prefix}_populate_record`)
      if (json === null) return base
      checkEscapes(json)
      return fromObject(type, base, json, style)
    },
  })
  const name = `${prefix}_populate_recordset`
  fn(`${name}(anyelement, ${prefix}) -> setof anyelement`, {
    help: 'rows of an array of objects',
    strict: false,
    zoned: 'style',
    makeRows: (_, type) => (base: Value, json: string | null, style: string) => {
      requireRow(type, name)
      if (json === null) return []
      checkEscapes(json)
      const kind = kindOfJson(json)
      if (kind !== 'array')
        throw bad(`cannot call ${name} on ${kind === 'object' ? 'an object' : 'a scalar'}`)
      return elementsOf(json).map(item => {
        if (kindOfJson(item) !== 'object') throw bad(`argument of ${name} must be an array of objects`)
        return fromObject(type, base, item, style)
      })
    },
  })
}

function requireRow(type: Type, name: string): void {
  if (type.name === 'struct') return
  throw new SqlError('datatype_mismatch', `first argument of ${name} must be a row type`)
}

function bad(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
