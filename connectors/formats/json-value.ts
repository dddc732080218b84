// JSON with its numbers as written: 64-bit integers and numerics keep every digit.
import { SqlError } from '../../types/error.ts'
import { decimalText, parseDecimal } from './number.ts'

/** A JSON number by its source text. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Parses one document; `__proto__` is a key like any other. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text, ((_key: string, value: unknown, context: { source?: string }) =>
      typeof value === 'number' ? new JsonNumber(context.source!) : value) as (
      k: string,
      v: unknown,
    ) => unknown)
  } catch (error) {
    throw new SqlError('invalid_text_representation', 'invalid input syntax for type json', {
      detail: (error as Error).message,
    })
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
  )
}

/** The document's text without space between its tokens, numbers as they were written. */
export function jsonText(value: Json): string {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).map(key => `${JSON.stringify(key)}:${jsonText(value[key]!)}`)
  return `{${members.join(',')}}`
}

/** Canonical jsonb text as PostgreSQL prints it: keys by length then bytes, `", "` and `": "` between. */
export function jsonbText(value: Json): string {
  if (value instanceof JsonNumber) return decimalText(parseDecimal(value.text))
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const keys = Object.keys(value).map(key => ({ key, bytes: Buffer.from(key) }))
  keys.sort((a, b) => a.bytes.length - b.bytes.length || a.bytes.compare(b.bytes))
  return `{${keys.map(({ key }) => `${JSON.stringify(key)}: ${jsonbText(value[key]!)}`).join(', ')}}`
}
