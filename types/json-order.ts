import { compareDecimals, compareTexts } from './compare.ts'
import { parseDecimal } from './decimal.ts'
import { assert } from './error.ts'
import { isJsonNumber, type Json, jsonNumberText, memberKeys, parseJson } from './json-text.ts'

/** Order of two documents by value: 1.0 and 1 are equal. */
export function compareDocuments(a: string, b: string): number {
  return a === b ? 0 : compareParsed(parseJson(a), parseJson(b))
}

/** Order of two documents that were parsed. */
export function compareParsed(left: Json, right: Json): number {
  // An empty array alone is less than any scalar, for PostgreSQL keeps a scalar as an array of one.
  if (Array.isArray(left) && left.length === 0 && rank(right) < RANK_ARRAY) return -1
  if (Array.isArray(right) && right.length === 0 && rank(left) < RANK_ARRAY) return 1
  return compareJson(left, right)
}

const RANK_ARRAY = 4

/** PostgreSQL's order of jsonb (8.14.4): objects, arrays, booleans, numbers, strings, null; fewer members first. */
function compareJson(a: Json, b: Json): number {
  const kinds = rank(a) - rank(b)
  if (kinds !== 0) return kinds
  if (a === null || b === null) return 0
  if (typeof a === 'boolean') return Number(a) - Number(b)
  if (typeof a === 'string') return compareTexts(a, b as string)
  if (Array.isArray(a)) return compareItems(a, b as Json[])
  if (a instanceof Map) return compareMembers(a, b as Map<string, Json>)
  return compareNumbers(a, b)
}

function compareItems(a: readonly Json[], b: readonly Json[]): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) {
    const order = compareJson(a[i]!, b[i]!)
    if (order !== 0) return order
  }
  return 0
}

function compareMembers(a: Map<string, Json>, b: Map<string, Json>): number {
  if (a.size !== b.size) return a.size - b.size
  const [keysA, keysB] = [memberKeys(a), memberKeys(b)]
  for (let i = 0; i < keysA.length; i++) {
    const order = compareTexts(keysA[i]!, keysB[i]!) || compareJson(a.get(keysA[i]!)!, b.get(keysB[i]!)!)
    if (order !== 0) return order
  }
  return 0
}

function rank(value: Json): number {
  if (value === null) return 0
  if (typeof value === 'string') return 1
  if (isJsonNumber(value)) return 2
  if (typeof value === 'boolean') return 3
  return Array.isArray(value) ? RANK_ARRAY : 5
}

/** Digits that a double tells apart. */
const EXACT_DIGITS = 15

function compareNumbers(a: Json, b: Json): number {
  assert(isJsonNumber(a) && isJsonNumber(b), 'documents of that rank are numbers')
  const [x, y] = [jsonNumberText(a), jsonNumberText(b)]
  if (x.length <= EXACT_DIGITS && y.length <= EXACT_DIGITS) return Number(x) - Number(y)
  return compareDecimals(decimal(x), decimal(y))
}

function decimal(text: string) {
  const parsed = parseDecimal(text)
  assert(parsed !== undefined, 'JSON numbers are decimals')
  return parsed
}
