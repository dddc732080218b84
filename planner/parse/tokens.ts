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
    const start = at
    const skipped = skipBlank(sql, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const token = readToken(sql, start)
    tokens.push(token)
    at = token.end
  }
  return tokens
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
    return make('string', end, decodeEscapes(sql.slice(start + 2, end - 1), start))
  }
  if (/^u&['"]/i.test(sql.slice(start, start + 3))) {
    const quote = sql[start + 2]!
    const end = quotedEnd(sql, start + 2, quote, false)
    const inner = sql.slice(start + 3, end - 1)
    return make(quote === '"' ? 'quoted' : 'string', end, decodeUnicode(inner, quote, start))
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
