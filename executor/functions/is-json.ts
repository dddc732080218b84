import { SqlError } from '../../types/error.ts'
import { type Json, parseJson } from '../../types/json-text.ts'
import { fn } from './registry.ts'

for (const signature of ['is_json(text) -> bool', 'is_json(text, text) -> bool'])
  fn(signature, {
    help: 'whether it is a JSON document, of that kind: VALUE, OBJECT, ARRAY or SCALAR',
    call: (text: string, kind = 'VALUE') => {
      const json = documentOf(text)
      return json !== undefined && isOfKind(json, kind.toUpperCase())
    },
  })

function documentOf(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
}

function isOfKind(json: Json, kind: string): boolean {
  const [list, object] = [Array.isArray(json), json instanceof Map]
  if (kind === 'VALUE') return true
  if (kind === 'SCALAR') return !list && !object
  return kind === 'ARRAY' ? list : kind === 'OBJECT' && object
}
