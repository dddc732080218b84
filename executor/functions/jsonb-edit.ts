import { compareDecimals } from '../../types/compare.ts'
import { parseDecimal } from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import { formatJson, isJsonNumber, type Json } from '../../types/json-text.ts'

type Keys = readonly (string | null)[]

/** Member of an object or array (negative: from its end); undefined: there is none. */
export function step(json: Json | undefined, key: string | number): Json | undefined {
  if (json instanceof Map) return json.get(String(key))
  if (!Array.isArray(json) || !/^\s*[-+]?\d+$/.test(String(key))) return undefined
  return json.at(Number(key))
}

export function kind(json: Json): string {
  if (json === null) return 'null'
  if (Array.isArray(json)) return 'array'
  if (json instanceof Map) return 'object'
  return typeof json === 'object' ? 'number' : typeof json
}

/** jsonb's @>: at the top an array also contains a bare scalar. */
export function contains(a: Json, b: Json, top = false): boolean {
  if (a instanceof Map && b instanceof Map)
    return [...b].every(([key, value]) => a.has(key) && contains(a.get(key)!, value))
  if (Array.isArray(a)) {
    if (Array.isArray(b))
      return b.every(value => a.some(item => sameShape(item, value) && contains(item, value)))
    return top && !(b instanceof Map) && a.some(item => equalJson(item, b))
  }
  return equalJson(a, b)
}

function sameShape(a: Json, b: Json): boolean {
  return Array.isArray(a) === Array.isArray(b) && a instanceof Map === b instanceof Map
}

/** Equality of documents; numbers by value. */
function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  if (isJsonNumber(a) && isJsonNumber(b))
    return compareDecimals(parseDecimal(a.text)!, parseDecimal(b.text)!) === 0
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equalJson(item, b[i]!))
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && equalJson(value, b.get(key)!))
  return false
}

/** Without object members that are null, at every depth. */
export function stripNulls(json: Json): Json {
  if (Array.isArray(json)) return json.map(stripNulls)
  if (!(json instanceof Map)) return json
  return new Map(
    [...json].filter(([, value]) => value !== null).map(([key, value]) => [key, stripNulls(value)]),
  )
}

/** Indented by four spaces a level. */
export function pretty(json: Json, indent = ''): string {
  const inner = `${indent}    `
  if (Array.isArray(json)) {
    if (json.length === 0) return `[\n${indent}]`
    return `[\n${json.map(item => inner + pretty(item, inner)).join(',\n')}\n${indent}]`
  }
  if (!(json instanceof Map)) return formatJson(json)
  if (json.size === 0) return `{\n${indent}}`
  const members = sortedKeys(json).map(
    key => `${inner}${JSON.stringify(key)}: ${pretty(json.get(key)!, inner)}`,
  )
  return `{\n${members.join(',\n')}\n${indent}}`
}

function sortedKeys(json: Map<string, Json>): string[] {
  return [...json.keys()].sort((a, b) => {
    const [x, y] = [Buffer.from(a), Buffer.from(b)]
    return x.length - y.length || Buffer.compare(x, y)
  })
}

type Edit = (parent: Map<string, Json> | Json[], key: string | number) => void

/** With the value at the path replaced, or appended when `create`. */
export function setPath(json: Json, keys: Keys, value: Json, create: boolean): Json {
  return edit(json, keys, 'cannot set path in scalar', create, (parent, key) => {
    if (parent instanceof Map) {
      if (create || parent.has(String(key))) parent.set(String(key), value)
      return
    }
    const index = Number(key) < 0 ? parent.length + Number(key) : Number(key)
    if (index >= 0 && index < parent.length) parent[index] = value
    else if (create && index < 0) parent.unshift(value)
    else if (create) parent.push(value)
  })
}

/** With the value put before (or after) the one at the path; an object's key must be new. */
export function insertAt(json: Json, keys: Keys, value: Json, after: boolean): Json {
  return edit(json, keys, 'cannot set path in scalar', true, (parent, key) => {
    if (parent instanceof Map) {
      if (parent.has(String(key)))
        throw bad('cannot replace existing key', 'Try using the function jsonb_set to replace key value.')
      parent.set(String(key), value)
      return
    }
    const index = Number(key) < 0 ? parent.length + Number(key) : Number(key)
    if (index < 0) parent.unshift(value)
    else parent.splice(index + (after ? 1 : 0), 0, value)
  })
}

/** Without the value at the path. */
export function deletePath(json: Json, keys: Keys): Json {
  return edit(json, keys, 'cannot delete path in scalar', false, (parent, key) => {
    if (parent instanceof Map) {
      parent.delete(String(key))
      return
    }
    const index = Number(key) < 0 ? parent.length + Number(key) : Number(key)
    if (index >= 0 && index < parent.length) parent.splice(index, 1)
  })
}

function edit(json: Json, keys: Keys, scalar: string, create: boolean, apply: Edit): Json {
  if (json === null || typeof json !== 'object' || isJsonNumber(json)) throw bad(scalar)
  // What has no members stays as it is, whatever the path, unless one may be made.
  if (keys.length === 0 || (!create && (json instanceof Map ? json.size : json.length) === 0)) return json
  const copy = shallow(json)
  let parent: Map<string, Json> | Json[] = copy
  for (const [i, key] of keys.entries()) {
    if (key === null)
      throw new SqlError('null_value_not_allowed', `path element at position ${i + 1} is null`)
    if (Array.isArray(parent)) requireIndex(key, i)
    if (i === keys.length - 1) {
      apply(parent, key)
      break
    }
    const found = step(parent, key)
    if (found !== undefined && keys[i + 1] === null) continue
    if (found === undefined || found === null || typeof found !== 'object' || isJsonNumber(found)) break
    const inner = shallow(found)
    if (parent instanceof Map) parent.set(key, inner)
    else parent[Number(key) < 0 ? parent.length + Number(key) : Number(key)] = inner
    parent = inner
  }
  return copy
}

/** Whether a key of a path can be an index. */
export function isIndex(key: string): boolean {
  return /^\s*[-+]?\d+$/.test(key)
}

/** Throws 22P02 for a key that stands for an element of an array, but is no number. */
export function requireIndex(key: string, level: number): void {
  if (isIndex(key)) return
  const where = `path element at position ${level + 1}`
  throw new SqlError('invalid_text_representation', `${where} is not an integer: "${key}"`)
}

function shallow(json: Map<string, Json> | Json[]): Map<string, Json> | Json[] {
  return Array.isArray(json) ? [...json] : new Map(json)
}

function bad(message: string, hint?: string): SqlError {
  return new SqlError('invalid_parameter_value', message, { hint })
}
