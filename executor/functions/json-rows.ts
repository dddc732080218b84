import { SqlError } from '../../types/error.ts'
import { checkEscapes, elementsOf, kindOfJson, membersOf, plainJson } from '../../types/json-parts.ts'
import { fn } from './registry.ts'

const whole = (part: string) => part

for (const [suffix, result, show] of [
  ['', 'json', whole],
  ['_text', 'text', plainJson],
] as const) {
  fn(`json_array_elements${suffix}(json) -> setof ${result}`, {
    help: 'elements of an array, as they stand or as texts',
    column: 'value',
    rows: (json: string) => {
      const kind = kindOfJson(json)
      const name = `json_array_elements${suffix}`
      if (kind !== 'array')
        throw bad(`cannot call ${name} on a ${kind === 'object' ? 'non-array' : 'scalar'}`)
      return elementsOf(json).map(show)
    },
  })
  fn(`json_each${suffix}(json) -> setof struct<key text, value ${result}>`, {
    help: 'members of an object, their values as they stand or as texts',
    rows: (json: string) => {
      const kind = kindOfJson(json)
      if (kind !== 'object')
        throw bad(`cannot deconstruct ${kind === 'array' ? 'an array as an object' : 'a scalar'}`)
      checkEscapes(json)
      return membersOf(json).map(({ name, value }) => [name, show(value)])
    },
  })
}

fn('json_object_keys(json) -> setof text', {
  help: 'keys of an object',
  rows: (json: string) => {
    const kind = kindOfJson(json)
    if (kind !== 'object')
      throw bad(`cannot call json_object_keys on ${kind === 'array' ? 'an array' : 'a scalar'}`)
    checkEscapes(json)
    return membersOf(json).map(({ name }) => name)
  },
})

function bad(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
