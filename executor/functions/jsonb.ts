import { SqlError } from '../../types/error.ts'
import { formatJson, type Json, parseJson } from '../../types/json-text.ts'
import type { Value } from '../../types/value.ts'
import { contains, deletePath, insertAt, kind, pretty, setPath, step, stripNulls } from './jsonb-edit.ts'
import { PLAIN_TEXTS } from './plain-jsonb.ts'
import { fn } from './registry.ts'

type Keys = readonly (string | null)[]

const out = (json: Json | undefined): string | null => (json === undefined ? null : formatJson(json))
const member = (text: string, key: string | number) => {
  const json = parseJson(text)
  // PostgreSQL stores a scalar as an array of one element, and lets it show here.
  if (typeof key === 'number' && !(json instanceof Map) && !Array.isArray(json))
    return key === 0 || key === -1 ? json : undefined
  return json instanceof Map !== (typeof key === 'string') ? undefined : step(json, key)
}
const path = (text: string, keys: Keys) =>
  keys.reduce<Json | undefined>((json, key) => (key === null ? undefined : step(json, key)), parseJson(text))

const json = (signature: string, help: string, call: (...args: never[]) => Value) =>
  fn(signature, { help, call })

for (const type of ['text', 'int4']) {
  json(`->(jsonb, ${type}) -> jsonb`, 'member', (a: string, key: string | number) => out(member(a, key)))
  for (const { show, own } of PLAIN_TEXTS)
    fn(`->>(jsonb, ${type}) -> text`, {
      ...own,
      help: 'member as text',
      call: (a: string, key: string | number) => show(member(a, key)),
    })
}
json('#>(jsonb, text[]) -> jsonb', 'value at a path', (a: string, keys: Keys) => out(path(a, keys)))
fn(`jsonb_extract_path(jsonb, ...text) -> jsonb`, {
  help: 'value at a path',
  call: (a: string, ...keys: string[]) => out(path(a, keys)),
})
for (const { show, own } of PLAIN_TEXTS) {
  const help = 'value at a path as text'
  fn('#>>(jsonb, text[]) -> text', { ...own, help, call: (a: string, keys: Keys) => show(path(a, keys)) })
  fn('jsonb_extract_path_text(jsonb, ...text) -> text', {
    ...own,
    help,
    call: (a: string, ...keys: string[]) => show(path(a, keys)),
  })
}
json(`jsonb_typeof(jsonb) -> text`, 'kind of the value', (a: string) => kind(parseJson(a)))
json(`jsonb_array_length(jsonb) -> int4`, 'number of elements', (a: string) => {
  const value = parseJson(a)
  if (value instanceof Map) throw bad('cannot get array length of a non-array')
  if (!Array.isArray(value)) throw bad('cannot get array length of a scalar')
  return value.length
})
json(`jsonb_strip_nulls(jsonb) -> jsonb`, 'without members that are null', (a: string) =>
  formatJson(stripNulls(parseJson(a))),
)
json('?(jsonb, text) -> bool', 'has the key', (a: string, key: string) => has(parseJson(a), key))
json('?|(jsonb, text[]) -> bool', 'has one of the keys', (a: string, keys: Keys) => {
  const value = parseJson(a)
  return keys.some(key => key !== null && has(value, key))
})
json('?&(jsonb, text[]) -> bool', 'has all the keys', (a: string, keys: Keys) => {
  const value = parseJson(a)
  return keys.every(key => key === null || has(value, key))
})
json('@>(jsonb, jsonb) -> bool', 'contains', (a: string, b: string) =>
  contains(parseJson(a), parseJson(b), true),
)
json('<@(jsonb, jsonb) -> bool', 'is contained in', (a: string, b: string) =>
  contains(parseJson(b), parseJson(a), true),
)
json('||(jsonb, jsonb) -> jsonb', 'joined', (a: string, b: string) =>
  formatJson(concatenate(parseJson(a), parseJson(b))),
)
json('-(jsonb, text) -> jsonb', 'without a key', (a: string, key: string) =>
  formatJson(without(parseJson(a), [key])),
)
json('-(jsonb, text[]) -> jsonb', 'without keys', (a: string, keys: Keys) =>
  formatJson(without(parseJson(a), keys)),
)
json('-(jsonb, int4) -> jsonb', 'without an element', (a: string, index: number) => {
  const value = parseJson(a)
  if (value instanceof Map) throw bad('cannot delete from object using integer index')
  if (!Array.isArray(value)) throw bad('cannot delete from scalar')
  const at = index < 0 ? value.length + index : index
  return formatJson(value.filter((_, i) => i !== at))
})
for (const name of ['#-', 'jsonb_delete_path'])
  json(`${name}(jsonb, text[]) -> jsonb`, 'without the value at a path', (a: string, keys: Keys) =>
    formatJson(deletePath(parseJson(a), keys)),
  )
for (const third of ['', ', bool']) {
  const named = (parameters: string, last: boolean) =>
    third === '' ? {} : { parameters: `jsonb_in path replacement ${parameters}`, defaults: [last] }
  fn(`jsonb_set(jsonb, text[], jsonb${third}) -> jsonb`, {
    help: 'with the value at a path replaced',
    ...named('create_if_missing', true),
    call: (a: string, keys: Keys, value: string, create = true) =>
      formatJson(setPath(parseJson(a), keys, parseJson(value), create)),
  })
  fn(`jsonb_insert(jsonb, text[], jsonb${third}) -> jsonb`, {
    help: 'with a value inserted at a path',
    ...named('insert_after', false),
    call: (a: string, keys: Keys, value: string, after = false) =>
      formatJson(insertAt(parseJson(a), keys, parseJson(value), after)),
  })
}
json('jsonb_pretty(jsonb) -> text', 'indented', (a: string) => pretty(parseJson(a)))
const LAX = ['raise_exception', 'use_json_null', 'delete_key', 'return_target'] as const

function setLax(
  a: string | null,
  keys: Keys | null,
  value: string | null,
  create: boolean | null,
  nulls: string | null,
) {
  if (a === null || keys === null || create === null) return null
  if (value !== null && nulls !== null)
    return formatJson(setPath(parseJson(a), keys, parseJson(value), create))
  if (!LAX.includes((nulls ?? '') as (typeof LAX)[number]))
    throw bad(
      'null_value_treatment must be "delete_key", "return_target", "use_json_null", or "raise_exception"',
    )
  if (nulls === 'raise_exception')
    throw new SqlError('null_value_not_allowed', 'JSON value must not be null', {
      detail: 'Exception was raised because null_value_treatment is "raise_exception".',
      hint: 'To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.',
    })
  if (nulls === 'use_json_null') return formatJson(setPath(parseJson(a), keys, null, create))
  return nulls === 'delete_key' ? formatJson(deletePath(parseJson(a), keys)) : a
}
const LAX_HELP = 'as jsonb_set, with a say in what NULL means'
fn('jsonb_set_lax(jsonb, text[], jsonb) -> jsonb', {
  help: LAX_HELP,
  strict: false,
  call: (a: string | null, keys: Keys | null, value: string | null) =>
    setLax(a, keys, value, true, 'use_json_null'),
})
fn('jsonb_set_lax(jsonb, text[], jsonb, bool) -> jsonb', {
  help: LAX_HELP,
  strict: false,
  call: (a: string | null, keys: Keys | null, value: string | null, create: boolean | null) =>
    setLax(a, keys, value, create, 'use_json_null'),
})
fn('jsonb_set_lax(jsonb, text[], jsonb, bool, text) -> jsonb', {
  help: LAX_HELP,
  parameters: 'jsonb_in path replacement create_if_missing null_value_treatment',
  defaults: [true, 'use_json_null'],
  strict: false,
  call: setLax,
})

function has(value: Json, key: string): boolean {
  return value instanceof Map ? value.has(key) : Array.isArray(value) ? value.includes(key) : value === key
}

function concatenate(a: Json, b: Json): Json {
  if (a instanceof Map && b instanceof Map) return new Map([...a, ...b])
  return [...(Array.isArray(a) ? a : [a]), ...(Array.isArray(b) ? b : [b])]
}

function without(value: Json, keys: Keys): Json {
  if (value instanceof Map) return new Map([...value].filter(([key]) => !keys.includes(key)))
  if (!Array.isArray(value)) throw bad('cannot delete from scalar')
  return value.filter(item => typeof item !== 'string' || !keys.includes(item))
}

function bad(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
