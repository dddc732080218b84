import { SqlError } from '../../types/error.ts'
import { formatJson, type Json } from '../../types/json-text.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

/** The keys and values of an object; both are texts, and a value may be NULL. */
type Pairs = readonly (readonly [key: string, value: string | null])[]
type Texts = readonly (string | null)[]

const MAKE: Readonly<Record<string, (pairs: Pairs) => string>> = {
  jsonb_object: pairs => formatJson(new Map<string, Json>(pairs)),
  json_object: pairs =>
    `{${pairs.map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value)}`).join(', ')}}`,
}

for (const [name, make] of Object.entries(MAKE)) {
  const result = name.replace('_object', '')
  fn(`${name}(text[]) -> ${result}`, {
    help: 'object of keys and values in turn',
    call: (all: Texts) => {
      if (all.length % 2 === 1) throw wrong('array must have even number of elements')
      return make(all.flatMap((key, i) => (i % 2 === 0 ? [pair(key, all[i + 1]!)] : [])))
    },
  })
  fn(`${name}(text[][]) -> ${result}`, {
    help: 'object of pairs of a key and a value',
    call: (rows: readonly Texts[]) => {
      if (rows.some(row => row.length !== 2)) throw wrong('array must have two columns')
      return make(rows.map(([key, value]) => pair(key!, value!)))
    },
  })
  fn(`${name}(text[], text[]) -> ${result}`, {
    help: 'object of keys and values',
    call: (keys: Texts, values: Texts) => {
      if (keys.length !== values.length) throw wrong('mismatched array dimensions')
      return make(keys.map((key, i) => pair(key, values[i]!)))
    },
  })
  for (const parameters of ['text[][][]', 'text[][], text[]', 'text[], text[][]', 'text[][], text[][]'])
    fn(`${name}(${parameters}) -> ${result}`, {
      help: 'refused: no pairs',
      call: (): Value => {
        throw wrong('wrong number of array subscripts')
      },
    })
}

function pair(key: string | null, value: string | null): Pairs[number] {
  if (key === null) throw new SqlError('null_value_not_allowed', 'null value not allowed for object key')
  return [key, value]
}

function wrong(message: string): SqlError {
  return new SqlError('array_subscript_error', message)
}
