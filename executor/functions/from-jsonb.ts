import { SqlError } from '../../types/error.ts'
import { formatJson, type Json } from '../../types/json-text.ts'
import { parseText } from '../../types/text-io.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import { limitField } from '../../types/type-modifier.ts'
import type { Value } from '../../types/value.ts'

/** A document as a value of a type: arrays and objects part by part, others by their text (populate_record_field). */
export function fromJson(type: Type, json: Json, zone: string): Value {
  if (type.name === 'jsonb') return formatJson(json)
  if (json === null) return null
  if (type.name === 'array' && typeof json !== 'string') {
    if (!Array.isArray(json)) throw new SqlError('invalid_text_representation', 'expected JSON array')
    return json.map(item => fromJson(type.element!, item, zone))
  }
  if (type.name === 'struct' && json instanceof Map)
    return type.fields!.map(field =>
      limitField(field, fromJson(field.type, json.get(field.name) ?? null, zone)),
    )
  if (type.name === 'map' && json instanceof Map) {
    const [key, of] = keyAndValue(type)
    return [...json].map(([k, v]) => [parseText(key, k, zone), fromJson(of, v, zone)])
  }
  return parseText(type, typeof json === 'string' ? json : formatJson(json), zone)
}
