import { loadModule, parseSync } from 'libpg-query'
import { SqlError } from '../../types/error.ts'
import type { PgNode } from '../contract.ts'
import { rewriteDialect } from './dialect.ts'
import type { Fragment, Name } from './statement.ts'
import { type Token, tokenize } from './tokens.ts'

/** Makes PostgreSQL's parser ready; once, before the first statement. */
export async function loadParser(): Promise<void> {
  await loadModule()
}

/** Reads one statement's tokens. Offsets are those of `sql`, all that the session sent. */
export class Cursor {
  readonly sql: string
  readonly tokens: readonly Token[]
  at = 0

  constructor(sql: string, tokens: readonly Token[]) {
    this.sql = sql
    this.tokens = tokens
  }

  get token(): Token | undefined {
    return this.tokens[this.at]
  }

  /** Takes the words (or symbols) when all of them come next. */
  accept(...words: readonly string[]): boolean {
    if (!this.looking(...words)) return false
    this.at += words.length
    return true
  }

  looking(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.tokens[this.at + i]
      return token !== undefined && token.kind !== 'quoted' && token.kind !== 'string' && token.value === word
    })
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.error()
  }

  /** PostgreSQL's complaint about the token that comes next. */
  error(token = this.token, detail?: string): SqlError {
    const more = detail === undefined ? {} : { detail }
    if (token === undefined)
      return new SqlError('syntax_error', 'syntax error at end of input', { position: this.end, ...more })
    const message = `syntax error at or near "${token.text}"`
    return new SqlError('syntax_error', message, { position: token.start, ...more })
  }

  finish(): void {
    if (this.token !== undefined) throw this.error()
  }

  identifier(): string {
    const token = this.token
    if (token?.kind !== 'word' && token?.kind !== 'quoted') throw this.error(token, 'expected identifier')
    this.at++
    return token.value
  }

  /** `[[database.]schema.]name` */
  name(): Name {
    const position = this.token?.start ?? this.end
    const path = [this.identifier()]
    while (path.length < 3 && this.accept('.')) path.push(this.identifier())
    return { database: path.at(-3), schema: path.at(-2), name: path.at(-1)!, position }
  }

  /** A name or a text. */
  nameOrText(): string {
    return this.token?.kind === 'string' ? this.string() : this.identifier()
  }

  /** `TO` or `=`, before a value. */
  expectTo(): void {
    if (!this.accept('to') && !this.accept('=')) throw this.error()
  }

  /** CASCADE, or RESTRICT, which is so without a word; whether it cascades. */
  cascades(): boolean {
    if (this.accept('cascade')) return true
    this.accept('restrict')
    return false
  }

  /** One or more, with commas between. */
  list<T>(item: () => T): T[] {
    const found = [item()]
    while (this.accept(',')) found.push(item())
    return found
  }

  string(): string {
    const token = this.token
    if (token?.kind !== 'string') throw this.error()
    this.at++
    return token.value
  }

  /** Skips to the first token at this depth that `stop` accepts, or to the end; returns the offsets skipped. */
  skipTo(stop: (token: Token) => boolean): { from: number; to: number } {
    const from = this.token?.start ?? this.end
    let to = from
    let depth = 0
    while (this.token !== undefined) {
      const { value, kind } = this.token
      if (depth === 0 && stop(this.token)) break
      if (kind === 'symbol' && (value === '(' || value === '[')) depth++
      if (kind === 'symbol' && (value === ')' || value === ']') && --depth < 0) break
      to = this.token.end
      this.at++
    }
    return { from, to }
  }

  get end(): number {
    return this.tokens.at(-1)?.end ?? this.sql.length
  }

  /** From the next token to the statement's end, by PostgreSQL's grammar. */
  rest(): Fragment {
    const from = this.token?.start ?? this.end
    this.at = this.tokens.length
    return parseFragment(this.sql, from, this.end)
  }
}

/** One statement by PostgreSQL's grammar. Throws its error, at the session's position. */
export function parseFragment(sql: string, from: number, to: number): Fragment {
  const text = sql.slice(from, to)
  const { stmts, position } = parsePostgres(text, offset => from + offset)
  if (stmts.length !== 1) throw new SqlError('syntax_error', 'syntax error at end of input', { position: to })
  return { node: stmts[0]!, text, position }
}

/** A scalar expression: read as `SELECT (…)`. */
export function parseExpression(sql: string, from: number, to: number): Fragment {
  const text = sql.slice(from, to)
  const prefix = 'SELECT ('
  const { stmts, position } = parsePostgres(
    `${prefix}${text})`,
    offset => from + Math.min(Math.max(0, offset - prefix.length), text.length),
  )
  const select = (stmts[0] as { SelectStmt: { targetList: readonly { ResTarget: { val: PgNode } }[] } })
    .SelectStmt
  return { node: select.targetList[0]!.ResTarget.val, text, position }
}

/** The tree of a query that was read before, such as a view's. */
export function parseStored(query: string): PgNode {
  return parsePostgres(query, offset => offset).stmts[0]!
}

/** The tree of an expression that was read before, such as a default. */
export function parseStoredExpression(sql: string): PgNode {
  return parseExpression(sql, 0, sql.length).node
}

interface Parsed {
  readonly stmts: readonly PgNode[]
  readonly position: Fragment['position']
}

/** `at`: an offset of `text` -> the session's. */
export function parsePostgres(text: string, at: (offset: number) => number): Parsed {
  const rewritten = rewriteDialect(text)
  const origin = (offset: number) => at(rewritten.origin(offset))
  try {
    const { stmts } = parseSync(rewritten.text) as { stmts?: readonly { stmt: PgNode }[] }
    return { stmts: (stmts ?? []).map(entry => entry.stmt), position: positions(rewritten.text, origin) }
  } catch (error) {
    const { message, sqlDetails } = error as Error & { sqlDetails?: { cursorPosition?: number } }
    const cursor = sqlDetails?.cursorPosition
    const position = origin(cursor ?? 0)
    if (message === 'invalid Unicode escape') throw invalidEscape(rewritten.text, cursor ?? 0, position)
    if (message.startsWith('invalid byte sequence'))
      throw new SqlError('character_not_in_repertoire', message)
    throw new SqlError('syntax_error', message, { position })
  }
}

/** E'…' and U&'…' have conditions and hints of their own. */
function invalidEscape(text: string, cursor: number, position: number): SqlError {
  const inside = tokenize(text).findLast(token => token.start <= cursor)
  const message = 'invalid Unicode escape'
  if (/^e/i.test(inside?.text ?? ''))
    return new SqlError('invalid_escape_sequence', message, {
      position,
      hint: 'Unicode escapes must be \\uXXXX or \\UXXXXXXXX.',
    })
  return new SqlError('syntax_error', message, {
    position,
    hint: 'Unicode escapes must be \\XXXX or \\+XXXXXX.',
  })
}

/** libpg-query counts UTF-8 bytes. */
function positions(text: string, origin: (offset: number) => number): Fragment['position'] {
  let units: ((location: number) => number) | undefined
  return location => {
    if (location === undefined || location < 0) return undefined
    units ??= Buffer.byteLength(text) === text.length ? offset => offset : unitsBefore(Buffer.from(text))
    return origin(units(location))
  }
}

/** So many bytes are counted for a position: a long statement has many of them. */
const MARK_BYTES = 1 << 10

/** UTF-16 units before a byte of a text. */
function unitsBefore(bytes: Buffer): (location: number) => number {
  const marks = [0]
  const count = (from: number, to: number): number => {
    let units = 0
    for (let i = from; i < to; i++) {
      const byte = bytes[i]!
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    return units
  }
  return location => {
    const end = Math.min(location, bytes.length)
    const mark = Math.floor(end / MARK_BYTES)
    while (marks.length <= mark) {
      const to = marks.length * MARK_BYTES
      marks.push(marks.at(-1)! + count(to - MARK_BYTES, to))
    }
    return marks[mark]! + count(mark * MARK_BYTES, end)
  }
}
