import { notSupported, SqlError } from './error.ts'
import type { Type } from './type.ts'
import { firstSubscript } from './type-labels.ts'
import type { Value } from './value.ts'

/** Reads one element. */
type Item = (type: Type, text: string) => Value

interface Reader {
  readonly text: string
  at: number
}

const BLANK = /[ \t\n\r\v\f]/

/** PostgreSQL's text of an array: `{1,NULL,"a b"}`, `[1:2]={3,4}`. Throws 22P02. */
export function parseArray(type: Type, text: string, item: Item): Value[] {
  if (type.label !== undefined) return words(type, text, item)
  const r: Reader = { text, at: skipped(text, 0) }
  const bounds = readBounds(r)
  const items = readItems(r, type, item)
  r.at = skipped(text, r.at)
  if (r.at < text.length) throw malformed(text, 'Junk after closing right brace.')
  if (bounds.length > 0) checkBounds(bounds, items, type, text)
  return items
}

/** How many dimensions the text of an array has. */
export function dimensionsOfText(text: string): number {
  const braces = /^\s*(?:(?:\[[^\]]*\]\s*)+=)?\s*((?:\{\s*)+)/.exec(text)?.[1]
  return braces === undefined ? 0 : braces.replace(/\s/g, '').length
}

/** int2vector and oidvector are written with blanks. */
function words(type: Type, text: string, item: Item): Value[] {
  const parts = text.trim() === '' ? [] : text.trim().split(/\s+/)
  return parts.map(part => item(type.element!, part))
}

/** `[1:2][0:4]=`; lower and upper bound of each dimension. */
function readBounds(r: Reader): readonly (readonly [number, number])[] {
  if (r.text[r.at] !== '[') return []
  const match = /^((?:\[\s*(?:[+-]?\d+\s*:\s*)?[+-]?\d+\s*\]\s*)+)=\s*/.exec(r.text.slice(r.at))
  if (match === null) throw malformed(r.text, 'Missing "]" after array dimensions.')
  r.at += match[0].length
  return [...match[1]!.matchAll(/(?:([+-]?\d+)\s*:\s*)?([+-]?\d+)\s*\]/g)].map(([, low, high]) => {
    const bounds = [Number(low ?? 1), Number(high)] as const
    if (bounds[1] >= bounds[0]) return bounds
    throw new SqlError('array_subscript_error', 'upper bound cannot be less than lower bound')
  })
}

function checkBounds(
  bounds: readonly (readonly [number, number])[],
  items: readonly Value[],
  type: Type,
  text: string,
): void {
  let [level, inner]: [Value, Type | undefined] = [items, type]
  for (const [low, high] of bounds) {
    if (!Array.isArray(level) || level.length !== high - low + 1 || inner?.name !== 'array')
      throw malformed(text, 'Specified array dimensions do not match array contents.')
    if (low !== firstSubscript(inner)) throw notSupported('an array whose subscripts do not begin at 1')
    level = level[0] as Value
    inner = inner.element
  }
}

function readItems(r: Reader, type: Type, item: Item): Value[] {
  if (r.text[r.at] !== '{')
    throw malformed(
      r.text,
      r.at === skipped(r.text, 0) ? 'Array value must start with "{" or dimension information.' : undefined,
    )
  r.at = skipped(r.text, r.at + 1)
  if (r.text[r.at] === '}') {
    r.at++
    return []
  }
  const items: Value[] = []
  for (;;) {
    items.push(
      r.text[r.at] === '{' && type.element!.name === 'array'
        ? readItems(r, type.element!, item)
        : readItem(r, type, item),
    )
    r.at = skipped(r.text, r.at)
    const c = r.text[r.at++]
    if (c === '}') return items
    if (c === undefined) throw malformed(r.text, 'Unexpected end of input.')
    if (c !== ',')
      throw malformed(
        r.text,
        c === '"' || c === '{' ? `Unexpected "${c}" character.` : 'Unexpected array element.',
      )
    r.at = skipped(r.text, r.at)
  }
}

function readItem(r: Reader, type: Type, item: Item): Value {
  const { text } = r
  if (text[r.at] === '"') return item(type.element!, readQuoted(r))
  let read = ''
  // Blanks at the end are not part of it, unless they are escaped.
  let kept = 0
  let literal = false
  for (; r.at < text.length; r.at++) {
    const c = text[r.at]!
    if (c === ',' || c === '}') break
    if (c === '"' || c === '{')
      throw malformed(text, c === '"' ? 'Unexpected array element.' : 'Unexpected "{" character.')
    const escaped = c === '\\'
    if (escaped) {
      literal = true
      r.at++
    }
    read += text[r.at] ?? ''
    if (escaped || !BLANK.test(c)) kept = read.length
  }
  if (r.at >= text.length) throw malformed(text, 'Unexpected end of input.')
  if (kept === 0) throw malformed(text, `Unexpected "${text[r.at]}" character.`)
  const bare = read.slice(0, kept)
  return !literal && bare.toLowerCase() === 'null' ? null : item(type.element!, bare)
}

function readQuoted(r: Reader): string {
  const { text } = r
  let read = ''
  for (r.at++; r.at < text.length; r.at++) {
    if (text[r.at] === '"') {
      r.at++
      return read
    }
    if (text[r.at] === '\\') r.at++
    read += text[r.at] ?? ''
  }
  throw malformed(text, 'Unexpected end of input.')
}

function skipped(text: string, from: number): number {
  let at = from
  while (at < text.length && BLANK.test(text[at]!)) at++
  return at
}

function malformed(text: string, detail: string | undefined): SqlError {
  return new SqlError('invalid_text_representation', `malformed array literal: "${text}"`, { detail })
}
