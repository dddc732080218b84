import { SqlError } from '../../types/error.ts'
import {
  checkEscapes,
  documentText,
  elementsOf,
  kindOfJson,
  memberOf,
  membersOf,
  plainJson,
} from '../../types/json-parts.ts'
import { JSON_DEPTH_MAX, tooDeepJson } from '../../types/json-syntax.ts'
import type { Value } from '../../types/value.ts'
import { isIndex } from './jsonb-edit.ts'
import { fn } from './registry.ts'

// Of a json the parts are given as they stand in its text.

type Keys = readonly (string | null)[]

const field = (json: string, name: string): string | undefined => {
  checkEscapes(json)
  return kindOfJson(json) === 'object' ? memberOf(json, name) : undefined
}

const element = (json: string, index: number): string | undefined => {
  checkEscapes(json)
  return kindOfJson(json) === 'array' ? elementsOf(json).at(index) : undefined
}

const PARTED: ReadonlySet<string> = new Set(['array', 'object'])

/** What is at the path: where several members have its names, at the last of them that goes all the way. */
function atPath(json: string, keys: Keys, level: number): string | undefined {
  if (level === keys.length) return documentText(json)
  if (level > JSON_DEPTH_MAX) throw tooDeepJson()
  const key = keys[level]!
  const kind = kindOfJson(json)
  if (kind === 'array') {
    const next = isIndex(key) ? elementsOf(json).at(Number(key)) : undefined
    return next === undefined ? undefined : atPath(next, keys, level + 1)
  }
  if (kind !== 'object') return undefined
  let found: string | undefined
  for (const { name, value } of membersOf(json))
    if (name === key) found = atPath(value, keys, level + 1) ?? found
  return found
}

const path = (json: string, keys: Keys): string | undefined => {
  checkEscapes(json)
  // A scalar keeps the space before it, as in PostgreSQL.
  if (keys.length === 0 && !PARTED.has(kindOfJson(json))) return json.trimEnd()
  return keys.includes(null) ? undefined : atPath(json, keys, 0)
}

const whole = (part: string | undefined): Value => part ?? null
const plain = (part: string | undefined): Value => (part === undefined ? null : plainJson(part))

for (const [symbol, suffix, result, show] of [
  ['>', '', 'json', whole],
  ['>>', '_text', 'text', plain],
] as const) {
  const help = suffix === '' ? 'as it stands' : 'as text'
  for (const name of [`-${symbol}`, `json_object_field${suffix}`])
    fn(`${name}(json, text) -> ${result}`, {
      help: `member ${help}`,
      call: (json: string, name: string) => show(field(json, name)),
    })
  for (const name of [`-${symbol}`, `json_array_element${suffix}`])
    fn(`${name}(json, int4) -> ${result}`, {
      help: `element ${help}`,
      call: (json: string, index: number) => show(element(json, index)),
    })
  fn(`#${symbol}(json, text[]) -> ${result}`, {
    help: `value at a path ${help}`,
    call: (json: string, keys: Keys) => show(path(json, keys)),
  })
  fn(`json_extract_path${suffix}(json, text, ...text) -> ${result}`, {
    help: `value at a path ${help}`,
    call: (json: string, ...keys: string[]) => show(path(json, keys)),
  })
}

fn('json_typeof(json) -> text', { help: 'kind of the value', call: kindOfJson })

fn('json_array_length(json) -> int4', {
  help: 'number of elements',
  call: (json: string) => {
    const kind = kindOfJson(json)
    if (kind === 'array') return elementsOf(json).length
    const what = kind === 'object' ? 'non-array' : 'scalar'
    throw new SqlError('invalid_parameter_value', `cannot get array length of a ${what}`)
  },
})

fn('json_strip_nulls(json) -> json', {
  help: 'without members that are null',
  call: (json: string) => {
    checkEscapes(json)
    return withoutNulls(json, 0)
  },
})

function withoutNulls(json: string, depth: number): string {
  if (depth > JSON_DEPTH_MAX) throw tooDeepJson()
  const inner = (part: string) => withoutNulls(part, depth + 1)
  switch (kindOfJson(json)) {
    case 'array':
      return `[${elementsOf(json).map(inner).join(',')}]`
    case 'object': {
      const kept = membersOf(json).filter(({ value }) => kindOfJson(value) !== 'null')
      return `{${kept.map(({ name, value }) => `${JSON.stringify(name)}:${inner(value)}`).join(',')}}`
    }
    case 'string':
      return JSON.stringify(plainJson(json))
    default:
      return documentText(json)
  }
}
