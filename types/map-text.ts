import { SqlError } from './error.ts'
import { keyAndValue, type Type } from './type.ts'
import { typeName } from './type-names.ts'
import type { Value } from './value.ts'

/** `{a:1,b:NULL}`: arrays, structs and maps inside stand as they are, other texts are quoted where they would be misread. */
export function formatMap(
  type: Type,
  entries: readonly Value[],
  format: (type: Type, value: Exclude<Value, null>) => string,
): string {
  const types = keyAndValue(type)
  const part = (value: Value, i: 0 | 1): string => {
    if (value === null) return 'NULL'
    const text = format(types[i], value)
    const quoted = types[i].element === undefined && types[i].fields === undefined
    return quoted && (text === '' || /[{}(),:"\\\s]|^null$/i.test(text)) && !isTime(types[i])
      ? `"${text.replace(/["\\]/g, '\\$&')}"`
      : text
  }
  return `{${entries.map(entry => (entry as readonly Value[]).map((v, i) => part(v, i === 0 ? 0 : 1)).join(':')).join(',')}}`
}

/** Dates and times have blanks and colons only where they are awaited. */
function isTime(type: Type): boolean {
  return ['time', 'timestamp', 'timestamptz', 'date', 'interval'].includes(type.name)
}

/** The entries that such a text means. Throws 22P02. */
export function parseMap(type: Type, text: string, parse: (type: Type, text: string) => Value): Value[] {
  const [key, value] = keyAndValue(type)
  const malformed = () => new SqlError('invalid_text_representation', `malformed map literal: "${text}"`)
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) throw malformed()
  const inside = trimmed.slice(1, -1)
  if (inside.trim() === '') return []
  return checkedEntries(
    split(inside, ',').map(entry => {
      const [first, ...rest] = split(entry, ':')
      if (rest.length === 0) throw malformed()
      return [item(key, first!, parse), item(value, rest.join(':'), parse)]
    }),
  )
}

function item(type: Type, written: string, parse: (type: Type, text: string) => Value): Value {
  const text = written.trim()
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(text)
  if (quoted !== null) return parse(type, quoted[1]!.replace(/\\(.)/gs, '$1'))
  return text.toLowerCase() === 'null' ? null : parse(type, text)
}

/** Parts between separators outside of quotes and brackets. */
function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if ('{(['.includes(c)) depth++
    else if ('})]'.includes(c)) depth--
    else if (c === separator && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  return [...parts, text.slice(from)]
}

/** Entries whose keys are neither NULL nor there twice. Throws 22023. */
export function checkedEntries(entries: readonly (readonly Value[])[]): Value[] {
  const keys = new Set<Value>()
  for (const [key] of entries) {
    if (key === null) throw new SqlError('invalid_parameter_value', 'map keys must not be NULL')
    keys.add(key!)
  }
  if (keys.size < entries.length) throw new SqlError('invalid_parameter_value', 'map keys must be unique')
  return [...entries]
}

/** The entries type of a map. Throws 42804 when it is no pair whose first part may be a key. */
export function entriesOf(array: Type): Type {
  const pair = array.element!
  if (pair.name !== 'struct')
    throw new SqlError(
      'datatype_mismatch',
      `invalid map entries type, expected struct, got: ${typeName(pair)}`,
    )
  if (pair.fields!.length === 2) return pair
  const found = pair.fields!.map(field => typeName(field.type)).join(', ')
  const message = `the underlying struct for map must have exactly two fields, got: ${found}`
  throw new SqlError('datatype_mismatch', message)
}
