import { SqlError } from '../../types/error.ts'
import { decodeEscapes, decodeUnicode } from './escapes.ts'

export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol'
  /** As written. */
  readonly text: string
  /** Words folded to lower case; quoted names and strings without quotes. */
  readonly value: string
  /** UTF-16 offsets. */
  readonly start: number
  readonly end: number
}

/** PostgreSQL's lexical structure (4.1) as far as statements are told apart by it. Comments are skipped. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const code = sql.charCodeAt(at)
    if (isBlank(code)) {
      at++
      continue
    }
    const skipped = code === MINUS || code === SLASH || code > 127 ? skipBlank(sql, at) : at
    if (skipped > at) {
      at = skipped
      continue
    }
    const token = plainToken(sql, at, code) ?? readToken(sql, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

const QUOTE = 0x27
const AMPERSAND = 0x26
const MINUS = 0x2d
const POINT = 0x2e
const SLASH = 0x2f

/** What most of a long statement consists of, without a pattern; undefined: look closer. */
function plainToken(sql: string, start: number, code: number): Token | undefined {
  // ( ) , ;
  if (code === 0x28 || code === 0x29 || code === 0x2c || code === 0x3b) return symbolAt(sql, start)
  if (code === QUOTE) {
    const end = sql.indexOf("'", start + 1) + 1
    if (end === 0 || sql.charCodeAt(end) === QUOTE) return undefined
    return { kind: 'string', text: sql.slice(start, end), value: sql.slice(start + 1, end - 1), start, end }
  }
  if (isDigit(code)) {
    let end = start + 1
    while (isDigit(sql.charCodeAt(end))) end++
    if (sql.charCodeAt(end) === POINT) {
      end++
      while (isDigit(sql.charCodeAt(end))) end++
    }
    if ((sql.charCodeAt(end) | 0x20) === 0x65) return undefined
    const text = sql.slice(start, end)
    return { kind: 'number', text, value: text, start, end }
  }
  if (!isLetter(code)) return undefined
  let end = start + 1
  for (;;) {
    const next = sql.charCodeAt(end)
    if (!isLetter(next) && !isDigit(next) && next !== 0x24) break
    end++
  }
  const after = sql.charCodeAt(end)
  if (after === QUOTE || after === AMPERSAND || after > 127) return undefined
  const text = sql.slice(start, end)
  return { kind: 'word', text, value: text.toLowerCase(), start, end }
}

function symbolAt(sql: string, start: number): Token {
  const text = sql[start]!
  return { kind: 'symbol', text, value: text, start, end: start + 1 }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** An ASCII letter, or the underscore. */
function isLetter(code: number): boolean {
  const low = code | 0x20
  return (low >= 0x61 && low <= 0x7a) || code === 0x5f
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function skipBlank(sql: string, at: number): number {
  if (/\s/.test(sql[at]!)) return at + 1
  if (sql.startsWith('--', at)) {
    const end = sql.indexOf('\n', at)
    return end === -1 ? sql.length : end + 1
  }
  if (!sql.startsWith('/*', at)) return at
  let depth = 1
  let i = at + 2
  while (i < sql.length && depth > 0) {
    if (sql.startsWith('/*', i)) depth++
    else if (sql.startsWith('*/', i)) depth--
    else {
      i++
      continue
    }
    i += 2
  }
  if (depth > 0) throw new SqlError('syntax_error', 'unterminated /* comment', { position: at })
  return i
}

function readToken(sql: string, start: number): Token {
  const make = (kind: Token['kind'], end: number, value = sql.slice(start, end)): Token => ({
    kind,
    text: sql.slice(start, end),
    value,
    start,
    end,
  })
  const match = (pattern: RegExp) => {
    pattern.lastIndex = start
    return pattern.exec(sql)?.[0]
  }
  const c = sql[start]!
  if (/[eE]/.test(c) && sql[start + 1] === "'") {
    const end = quotedEnd(sql, start + 1, "'", true)
    return decodedWhenRead(make('string', end), () => decodeEscapes(sql.slice(start + 2, end - 1), start))
  }
  if (/^u&['"]/i.test(sql.slice(start, start + 3))) {
    const quote = sql[start + 2]!
    const end = quotedEnd(sql, start + 2, quote, false)
    const inner = sql.slice(start + 3, end - 1)
    const chosen = /(?:\s|--.*\n)*uescape(?:\s|--.*\n)*'([^0-9a-f+'"\s])'/iy
    chosen.lastIndex = end
    const sign = chosen.exec(sql)
    const token = make(quote === '"' ? 'quoted' : 'string', end + (sign?.[0].length ?? 0))
    return decodedWhenRead(token, () => decodeUnicode(inner, quote, sign?.[1] ?? '\\', start))
  }
  if (/[bBxXnN]/.test(c) && sql[start + 1] === "'") {
    const end = quotedEnd(sql, start + 1, "'", false)
    return make('string', end, sql.slice(start + 2, end - 1).replaceAll("''", "'"))
  }
  if (c === "'") {
    const end = quotedEnd(sql, start, "'", false)
    return make('string', end, sql.slice(start + 1, end - 1).replaceAll("''", "'"))
  }
  if (c === '"') {
    const end = quotedEnd(sql, start, '"', false)
    if (end === start + 2)
      throw new SqlError('syntax_error', 'zero-length delimited identifier at or near """"', {
        position: start,
      })
    return make('quoted', end, sql.slice(start + 1, end - 1).replaceAll('""', '"'))
  }
  const dollar = match(/\$([A-Za-z_][A-Za-z0-9_]*)?\$/y)
  if (dollar !== undefined) {
    const end = sql.indexOf(dollar, start + dollar.length)
    if (end === -1)
      throw new SqlError('syntax_error', 'unterminated dollar-quoted string', { position: start })
    return make('string', end + dollar.length, sql.slice(start + dollar.length, end))
  }
  const word = match(/[\p{L}_][\p{L}\p{N}_$]*/uy)
  if (word !== undefined) return make('word', start + word.length, word.toLowerCase())
  const number = match(/(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y)
  if (number !== undefined) return make('number', start + number.length)
  const parameter = match(/\$\d+/y)
  if (parameter !== undefined) return make('parameter', start + parameter.length)
  const operator = match(/::|[-+*<>=~!@#%^&|`?/]+/y)
  return make('symbol', start + (operator?.length ?? 1))
}

/** PostgreSQL's grammar, which knows UESCAPE and has its own errors, reads most statements: only the dialect's need the value. */
function decodedWhenRead(token: Token, decode: () => string): Token {
  return Object.defineProperty(token, 'value', { get: decode, enumerable: true })
}

function quotedEnd(sql: string, start: number, quote: string, escapes: boolean): number {
  for (let i = start + 1; i < sql.length; i++) {
    if (escapes && sql[i] === '\\') i++
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1
      i++
    }
  }
  const what = quote === '"' ? 'unterminated quoted identifier' : 'unterminated quoted string'
  throw new SqlError('syntax_error', `${what} at or near "${sql.slice(start)}"`, { position: start })
}
