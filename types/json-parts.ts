import { SqlError } from './error.ts'
import { contextAt, skipJsonSpace, wrongAt } from './json-syntax.ts'

// Parts of a document as they stand in its text, which is valid (json-syntax.ts): nothing is parsed that is not asked for.

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null'

/** The text of the whole document, without the space around it. */
export function documentText(text: string): string {
  const from = skipJsonSpace(text, 0)
  return text.slice(from, endOfValue(text, from))
}

/** What a document, or a part of one, is. */
export function kindOfJson(text: string): JsonKind {
  switch (text[skipJsonSpace(text, 0)]) {
    case '{':
      return 'object'
    case '[':
      return 'array'
    case '"':
      return 'string'
    case 't':
    case 'f':
      return 'boolean'
    case 'n':
      return 'null'
    default:
      return 'number'
  }
}

export interface Member {
  readonly name: string
  /** The text of the value. */
  readonly value: string
}

/** The members of an object in their order, those of one name too. */
export function membersOf(text: string): readonly Member[] {
  const members: Member[] = []
  let at = skipJsonSpace(text, skipJsonSpace(text, 0) + 1)
  while (text[at] !== '}') {
    const name = endOfString(text, at)
    const from = skipJsonSpace(text, skipJsonSpace(text, name) + 1)
    const to = endOfValue(text, from)
    members.push({ name: unquoted(text.slice(at, name)), value: text.slice(from, to) })
    at = afterComma(text, to)
  }
  return members
}

/** The texts of an array's elements. */
export function elementsOf(text: string): readonly string[] {
  const elements: string[] = []
  let at = skipJsonSpace(text, skipJsonSpace(text, 0) + 1)
  while (text[at] !== ']') {
    const to = endOfValue(text, at)
    elements.push(text.slice(at, to))
    at = afterComma(text, to)
  }
  return elements
}

/** The value of the last member of that name. */
export function memberOf(text: string, name: string): string | undefined {
  return membersOf(text).findLast(member => member.name === name)?.value
}

/** A string's own characters, NULL for null, the text of anything else. */
export function plainJson(text: string): string | null {
  const kind = kindOfJson(text)
  if (kind === 'null') return null
  return kind === 'string' ? unquoted(documentText(text)) : text
}

/** What a string's text means. Throws 22P02 for halves of characters and 22P05 for one of the code zero, as PostgreSQL. */
export function unquoted(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  checkEscapes(quoted)
  return JSON.parse(quoted) as string
}

/** Throws for escapes, anywhere in the text, that mean no character: where PostgreSQL reads strings of a document, it reads all. */
export function checkEscapes(text: string): void {
  if (!text.includes('\\u')) return
  let high = false
  ESCAPE.lastIndex = 0
  for (let match = ESCAPE.exec(text); match !== null; match = ESCAPE.exec(text)) {
    const code = match[1] === undefined ? -1 : Number.parseInt(match[1], 16)
    const low = code >= 0xdc00 && code <= 0xdfff
    if (code === 0)
      throw new SqlError('untranslatable_character', 'unsupported Unicode escape sequence', {
        detail: '\\u0000 cannot be converted to text.',
        context: contextAt(text, ESCAPE.lastIndex),
      })
    if (high && code >= 0xd800 && code <= 0xdbff)
      throw wrongAt(text, ESCAPE.lastIndex, 'Unicode high surrogate must not follow a high surrogate.')
    if (high !== low) throw wrongAt(text, loneEnd(match), LONE)
    high = code >= 0xd800 && code <= 0xdbff
  }
  if (high) throw wrongAt(text, text.length, LONE)
}

const LONE = 'Unicode low surrogate must follow a high surrogate.'

/** Behind the sign that shows that a half of a character stands alone. */
function loneEnd({ 0: found, index }: RegExpExecArray): number {
  return index + (found.startsWith('\\') ? found.length : 1)
}

/** An escape, or whatever else stands between two. */
const ESCAPE = /\\u([0-9a-fA-F]{4})|\\.|[^\\]+/gsy

function afterComma(text: string, from: number): number {
  const at = skipJsonSpace(text, from)
  return text[at] === ',' ? skipJsonSpace(text, at + 1) : at
}

/** Behind the value that begins there. */
function endOfValue(text: string, from: number): number {
  const first = text[from]
  if (first === '"') return endOfString(text, from)
  if (first !== '{' && first !== '[') {
    SCALAR.lastIndex = from
    return from + SCALAR.exec(text)![0].length
  }
  let depth = 0
  for (let at = from; ; at++) {
    const c = text.charCodeAt(at)
    if (c === 0x22) at = endOfString(text, at) - 1
    else if (c === 0x7b || c === 0x5b) depth++
    else if ((c === 0x7d || c === 0x5d) && --depth === 0) return at + 1
  }
}

const SCALAR = /[^\s,\]}]*/y

function endOfString(text: string, from: number): number {
  for (let at = from + 1; ; at++) {
    const c = text.charCodeAt(at)
    if (c === 0x22) return at + 1
    if (c === 0x5c) at++
  }
}
