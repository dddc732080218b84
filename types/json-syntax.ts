import { SqlError } from './error.ts'

// A document is read token by token, so that what is wrong with it is told at its first wrong token.

/** What may come next. `more`: a comma, or the end of the list or object that is open. */
type Expected = 'value' | 'first element' | 'first name' | 'name' | 'colon' | 'more' | 'end'

/** How deep lists and objects may stand in one another: they are read and written by calls within calls. */
export const JSON_DEPTH_MAX = 1000

/** Throws 22P02 for a text that is no JSON document (RFC 8259), and 54001 for one that is too deep, with PostgreSQL's wording. */
export function checkJson(text: string): void {
  /** Of each open list or object its closing sign. */
  const open: string[] = []
  let expected: Expected = 'value'
  let at = 0
  for (;;) {
    const from = skipJsonSpace(text, at)
    at = endOfToken(text, from)
    const sign = from < text.length ? text[from]! : ''
    if (!isExpected(expected, sign, open)) throw unexpected(text, from, at, expected, open)
    if (sign === '') return
    if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? '}' : ']')
      if (open.length > JSON_DEPTH_MAX) throw tooDeepJson()
      expected = sign === '{' ? 'first name' : 'first element'
    } else if (sign === ',') expected = open.at(-1) === '}' ? 'name' : 'value'
    else if (sign === ':') expected = 'value'
    else if (sign === '"' && (expected === 'name' || expected === 'first name')) expected = 'colon'
    else {
      if (sign === '}' || sign === ']') open.pop()
      expected = open.length === 0 ? 'end' : 'more'
    }
  }
}

/** The place of the next sign that is no space. */
export function skipJsonSpace(text: string, from: number): number {
  let at = from
  for (;;) {
    const c = text.charCodeAt(at)
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return at
    at++
  }
}

/** For what nests deeper than is taken. */
export function tooDeepJson(): SqlError {
  return new SqlError('statement_too_complex', 'stack depth limit exceeded', {
    hint: `Documents nest at most ${JSON_DEPTH_MAX} levels.`,
  })
}

function isExpected(expected: Expected, sign: string, open: readonly string[]): boolean {
  switch (expected) {
    case 'value':
      return sign !== '' && !',:]}'.includes(sign)
    case 'first element':
      return sign !== '' && !',:}'.includes(sign)
    case 'first name':
      return sign === '"' || sign === '}'
    case 'name':
      return sign === '"'
    case 'colon':
      return sign === ':'
    case 'more':
      return sign === ',' || sign === open.at(-1)
    case 'end':
      return sign === ''
  }
}

function unexpected(
  text: string,
  from: number,
  to: number,
  expected: Expected,
  open: readonly string[],
): SqlError {
  if (from >= text.length) return wrongAt(text, to, 'The input string ended unexpectedly.')
  const end = open.at(-1)
  const wanted = {
    value: 'JSON value',
    'first element': 'JSON value',
    'first name': 'string or "}"',
    name: 'string',
    colon: '":"',
    more: `"," or "${end}"`,
    end: 'end of input',
  }[expected]
  return wrongAt(text, to, `Expected ${wanted}, but found "${text.slice(from, to)}".`)
}

/** Behind the token that begins there. Throws 22P02 for what is none. */
function endOfToken(text: string, from: number): number {
  if (from >= text.length) return from
  const sign = text[from]!
  if ('{}[],:'.includes(sign)) return from + 1
  if (sign === '"') return endOfString(text, from)
  if (sign === '-' || (sign >= '0' && sign <= '9')) return endOfNumber(text, from)
  const to = endOfWord(text, from)
  if (['true', 'false', 'null'].includes(text.slice(from, to))) return to
  throw badToken(text, from, Math.max(to, from + 1))
}

const WORD = /[\w\u0080-\uffff]*/y

function endOfWord(text: string, from: number): number {
  WORD.lastIndex = from
  return from + WORD.exec(text)![0].length
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** As much of a number as there is, where it is not a whole one. */
const PART = /-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+(?:[eE][+-]?)?)?|[eE][+-]?)?)?/y

function endOfNumber(text: string, from: number): number {
  NUMBER.lastIndex = from
  const to = from + (NUMBER.exec(text)?.[0].length ?? 0)
  const next = text[to]
  if (to > from && next !== '.' && endOfWord(text, to) === to) return to
  PART.lastIndex = from
  const part = from + PART.exec(text)![0].length
  throw badToken(text, from, endOfWord(text, Math.max(to, part)))
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (c === 0x22) return at + 1
    if (c < 0x20)
      throw wrongAt(text, at, `Character with value 0x${c.toString(16).padStart(2, '0')} must be escaped.`)
    if (c === 0x5c) at = endOfEscape(text, from, at)
  }
  throw badToken(text, from, text.length)
}

/** The last sign of the escape that begins at a backslash. */
function endOfEscape(text: string, string: number, from: number): number {
  const sign = text[from + 1]
  if (sign === undefined) throw badToken(text, string, text.length)
  if (sign !== 'u') {
    if ('"\\/bfnrt'.includes(sign)) return from + 1
    const found = String.fromCodePoint(text.codePointAt(from + 1)!)
    throw wrongAt(text, from + 1 + found.length, `Escape sequence "\\${found}" is invalid.`)
  }
  for (let at = from + 2; at < from + 6; at++) {
    if (at >= text.length) throw badToken(text, string, text.length)
    if (!/[0-9a-fA-F]/.test(text[at]!))
      throw wrongAt(text, at + 1, '"\\u" must be followed by four hexadecimal digits.')
  }
  return from + 5
}

function badToken(text: string, from: number, to: number): SqlError {
  return wrongAt(text, to, `Token "${text.slice(from, to)}" is invalid.`)
}

/** What is wrong with the text, which was read so far. */
export function wrongAt(text: string, to: number, detail: string): SqlError {
  return new SqlError('invalid_text_representation', 'invalid input syntax for type json', {
    detail,
    context: contextAt(text, to),
  })
}

/** The last of what was read, from its line. */
export function contextAt(text: string, to: number): string {
  const lines = text.slice(0, to).split(/\r\n|\n|\r/)
  const line = lines.at(-1)!
  // More than is shown, also where each sign is one byte.
  const signs = [...line.slice(-2 * CONTEXT_BYTES_MAX)]
  let left = Buffer.byteLength(signs.join(''))
  const before = line.length - signs.join('').length + left
  let cut = 0
  while (left > CONTEXT_BYTES_MAX) left -= Buffer.byteLength(signs[cut++]!)
  // No more than the three dots is left out.
  const shown = before - left <= 3 ? line : `...${signs.slice(cut).join('')}`
  const goesOn = to < text.length && !/[\r\n]/.test(text[to]!)
  return `JSON data, line ${lines.length}: ${shown}${goesOn ? '...' : ''}`
}

const CONTEXT_BYTES_MAX = 49

/** A failure of a reader that tells no more. */
export function invalidJson(): SqlError {
  return new SqlError('invalid_text_representation', 'invalid input syntax for type json')
}
