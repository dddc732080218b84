import { compareTexts } from './compare.ts'
import { SqlError } from './error.ts'
import { checkEscapes } from './json-parts.ts'
import { checkJson, invalidJson, JSON_DEPTH_MAX, skipJsonSpace, tooDeepJson } from './json-syntax.ts'

/** A JSON number kept as written. */
class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Parsed document whose numbers keep their digits; objects are Maps, so no key is special. */
export type Json = null | boolean | string | JsonNumber | Json[] | Map<string, Json>

/** Throws 22P02, 22P05 or 54001 as PostgreSQL does. */
export function parseJson(text: string): Json {
  const reader = { text, at: 0 }
  try {
    const value = readValue(reader, 0)
    skipSpace(reader)
    if (reader.at === text.length) return value
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
  }
  checkJson(text)
  checkEscapes(text)
  throw invalidJson()
}

/** jsonb's output: keys by length, then bytes; `{"a": 1, "b": [1, 2]}`. */
export function formatJson(value: Json): string {
  return written(value, compareMemberKeys)
}

function written(value: Json, order: MemberOrder): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${value.map(item => written(item, order)).join(', ')}]`
  return `{${[...value.keys()]
    .sort(order)
    .map(key => `${JSON.stringify(key)}: ${written(value.get(key)!, order)}`)
    .join(', ')}}`
}

type MemberOrder = (a: string, b: string) => number

/** A document's canonical text with the members of its objects in the order of their names, as RisingWave shows them. */
export function byMemberNames(canonical: string): string {
  return canonical.includes('{') ? written(parseJson(canonical), compareTexts) : canonical
}

/** The keys in jsonb's order. */
export function memberKeys(object: ReadonlyMap<string, Json>): readonly string[] {
  return [...object.keys()].sort(compareMemberKeys)
}

/** By length in bytes, then by bytes. */
export function compareMemberKeys(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Canonical text of a document. */
export function canonicalJson(text: string): string {
  return formatJson(parseJson(text))
}

export function jsonNumber(text: string): Json {
  return new JsonNumber(text)
}

export function isJsonNumber(value: Json): value is JsonNumber {
  return value instanceof JsonNumber
}

export function jsonNumberText(value: JsonNumber): string {
  return value.text
}

interface Reader {
  readonly text: string
  at: number
}

function readValue(r: Reader, depth: number): Json {
  skipSpace(r)
  const c = r.text[r.at]
  if (depth >= JSON_DEPTH_MAX && (c === '{' || c === '[')) throw tooDeepJson()
  if (c === '{') return readObject(r, depth)
  if (c === '[') return readArray(r, depth)
  if (c === '"') return readString(r)
  if (hasWord(r, 'null')) return null
  if (hasWord(r, 'true')) return true
  if (hasWord(r, 'false')) return false
  NUMBER.lastIndex = r.at
  const match = NUMBER.exec(r.text)
  if (match === null) throw invalidJson()
  r.at += match[0].length
  return new JsonNumber(/[eE]/.test(match[0]) ? plainNumber(match[0]) : match[0])
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Goes past the word if it stands here. */
function hasWord(r: Reader, word: string): boolean {
  if (!r.text.startsWith(word, r.at)) return false
  r.at += word.length
  return true
}

function readObject(r: Reader, depth: number): Json {
  const object = new Map<string, Json>()
  r.at++
  skipSpace(r)
  if (r.text[r.at] === '}') {
    r.at++
    return object
  }
  for (;;) {
    skipSpace(r)
    if (r.text[r.at] !== '"') throw invalidJson()
    const key = readString(r)
    skipSpace(r)
    if (r.text[r.at++] !== ':') throw invalidJson()
    object.set(key, readValue(r, depth + 1))
    skipSpace(r)
    const c = r.text[r.at++]
    if (c === '}') return object
    if (c !== ',') throw invalidJson()
  }
}

function readArray(r: Reader, depth: number): Json {
  const items: Json[] = []
  r.at++
  skipSpace(r)
  if (r.text[r.at] === ']') {
    r.at++
    return items
  }
  for (;;) {
    items.push(readValue(r, depth + 1))
    skipSpace(r)
    const c = r.text[r.at++]
    if (c === ']') return items
    if (c !== ',') throw invalidJson()
  }
}

function readString(r: Reader): string {
  const from = r.at++
  while (r.at < r.text.length && r.text[r.at] !== '"') r.at += r.text[r.at] === '\\' ? 2 : 1
  r.at++
  const written = r.text.slice(from, r.at)
  let text: string
  try {
    text = JSON.parse(written) as string
  } catch {
    throw invalidJson()
  }
  if (!written.includes('\\u')) return text
  if (text.includes('\0') || !text.isWellFormed()) throw invalidJson()
  return text
}

function plainNumber(text: string): string {
  const [mantissa, exponent] = text.toLowerCase().split('e') as [string, string]
  const negative = mantissa.startsWith('-')
  const [whole, fraction = ''] = mantissa.replace('-', '').split('.') as [string, string?]
  const shift = Math.min(Math.abs(Number(exponent)), 4000) * Math.sign(Number(exponent))
  const digits = whole + fraction
  const point = whole.length + shift
  const padded =
    point <= 0
      ? `0.${'0'.repeat(-point)}${digits}`
      : point >= digits.length
        ? digits.padEnd(point, '0')
        : `${digits.slice(0, point)}.${digits.slice(point)}`
  return `${negative ? '-' : ''}${padded.replace(/^0+(?=\d)/, '')}`
}

function skipSpace(r: Reader): void {
  r.at = skipJsonSpace(r.text, r.at)
}
