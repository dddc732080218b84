import { formatJson, type Json, parseJson } from '../../types/json-text.ts'
import { fn } from './registry.ts'

const out = (json: Json | undefined): string | null => (json === undefined ? null : formatJson(json))
const plain = (json: Json | undefined): string | null =>
  json === undefined || json === null ? null : typeof json === 'string' ? json : formatJson(json)
const step = (json: Json | undefined, key: string | number): Json | undefined => {
  if (json instanceof Map) return json.get(String(key))
  if (!Array.isArray(json) || !/^-?\d+$/.test(String(key))) return undefined
  return json.at(Number(key))
}
const member = (text: string, key: string | number) => {
  const json = parseJson(text)
  return json instanceof Map !== (typeof key === 'string') ? undefined : step(json, key)
}
const path = (text: string, keys: readonly (string | null)[]) =>
  keys.reduce<Json | undefined>((json, key) => (key === null ? undefined : step(json, key)), parseJson(text))

for (const type of ['text', 'int4']) {
  fn(`->(jsonb, ${type}) -> jsonb`, {
    help: 'member',
    call: (a: string, key: string | number) => out(member(a, key)),
  })
  fn(`->>(jsonb, ${type}) -> text`, {
    help: 'member as text',
    call: (a: string, key: string | number) => plain(member(a, key)),
  })
}
fn('#>(jsonb, text[]) -> jsonb', {
  help: 'value at a path',
  call: (a: string, keys: readonly (string | null)[]) => out(path(a, keys)),
})
fn('#>>(jsonb, text[]) -> text', {
  help: 'value at a path as text',
  call: (a: string, keys: readonly (string | null)[]) => plain(path(a, keys)),
})
fn('?(jsonb, text) -> bool', {
  help: 'has the key',
  call: (a: string, key: string) => has(parseJson(a), key),
})
fn('jsonb_typeof(jsonb) -> text', { help: 'kind of the value', call: (a: string) => kind(parseJson(a)) })
fn('jsonb_array_length(jsonb) -> int4', {
  help: 'number of elements',
  call: (a: string) => (parseJson(a) as Json[]).length,
})

function has(json: Json, key: string): boolean {
  return json instanceof Map ? json.has(key) : Array.isArray(json) ? json.includes(key) : json === key
}

function kind(json: Json): string {
  if (json === null) return 'null'
  if (Array.isArray(json)) return 'array'
  return json instanceof Map ? 'object' : typeof json === 'object' ? 'number' : typeof json
}
