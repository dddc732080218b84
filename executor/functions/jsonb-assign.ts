import { SqlError } from '../../types/error.ts'
import { formatJson, isJsonNumber, type Json, parseJson } from '../../types/json-text.ts'
import { isIndex, requireIndex } from './jsonb-edit.ts'
import { fn } from './registry.ts'

type Keys = readonly (string | null)[]

fn('$jsonb_assign(jsonb, text[], jsonb, bool) -> jsonb', {
  help: 'with a value at a path, whose containers and gaps are made',
  strict: false,
  call: (a: string | null, keys: Keys | null, value: string | null, numbered: boolean | null) => {
    if (keys === null || keys.includes(null))
      throw new SqlError('null_value_not_allowed', 'jsonb subscript in assignment must not be null')
    const empty: Json = numbered ? [] : new Map()
    const next = value === null ? null : parseJson(value)
    return formatJson(assigned(a === null ? empty : parseJson(a), keys as readonly string[], 0, next))
  },
})

function assigned(json: Json, keys: readonly string[], level: number, value: Json): Json {
  const key = keys[level]
  if (key === undefined) return value
  const inner = (old: Json | undefined): Json =>
    old === undefined ? made(keys, level + 1, value) : assigned(old, keys, level + 1, value)
  if (json instanceof Map) return new Map(json).set(key, inner(json.get(key)))
  if (!Array.isArray(json) || isJsonNumber(json))
    throw new SqlError('invalid_parameter_value', 'cannot replace existing key', {
      detail: 'The path assumes key is a composite object, but it is a scalar value.',
    })
  requireIndex(key, level)
  const at = Number(key) < 0 ? json.length + Number(key) : Number(key)
  if (at < 0) {
    const where = `path element at position ${level + 1}`
    throw new SqlError('invalid_parameter_value', `${where} is out of range: ${Number(key)}`)
  }
  return placed(json, at, inner(json[at]))
}

/** The value inside new containers: an array where the key is a number. */
function made(keys: readonly string[], level: number, value: Json): Json {
  const key = keys[level]
  if (key === undefined) return value
  const inner = made(keys, level + 1, value)
  return isIndex(key) ? placed([], Math.max(0, Number(key)), inner) : new Map([[key, inner]])
}

function placed(array: readonly Json[], at: number, value: Json): Json[] {
  if (at >= ELEMENTS_MAX)
    throw new SqlError(
      'program_limit_exceeded',
      `number of jsonb array elements exceeds the maximum allowed (${ELEMENTS_MAX})`,
    )
  const copy = [...array]
  while (copy.length < at) copy.push(null)
  copy[at] = value
  return copy
}

const ELEMENTS_MAX = 1 << 26
