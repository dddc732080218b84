import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

// A pattern is cut at its % signs; its first and last pieces are held to the text's ends, the others are looked for from left
// to right, each at its first place. So the time is bounded by the product of both lengths, whatever the pattern.

type Test = (text: string) => boolean

/** A run without %: its characters, undefined where any one will do; `plain` when all are given. */
export interface Piece {
  readonly items: readonly (string | undefined)[]
  readonly plain: string | undefined
}

const PATTERNS_MAX = 500
const compiled = new Map<string, Test>()

/** Whether a text is LIKE the pattern; cached, bounded. Throws 22025 where the pattern ends in its escape character. */
export function likeTest(pattern: string): Test {
  let test = compiled.get(pattern)
  if (test === undefined) {
    test = compileLike(pattern)
    if (compiled.size >= PATTERNS_MAX) compiled.clear()
    compiled.set(pattern, test)
  }
  return test
}

function compileLike(pattern: string): Test {
  const { pieces, dangling } = cut(pattern)
  const first = pieces[0]!
  if (pieces.length === 1) {
    const whole = exactly(first)
    if (!dangling) return whole
    return text => {
      const end = matchAt(first, text, 0)
      if (end >= 0 && end < text.length) throw endsInEscape()
      return false
    }
  }
  const middle = pieces.slice(1, -1)
  const last = pieces.at(-1)!
  return text => {
    let at = matchAt(first, text, 0)
    for (const piece of middle) {
      if (at < 0) return false
      at = find(piece, text, at)
    }
    if (at < 0) return false
    if (dangling && at < text.length) throw endsInEscape()
    const start = fromEnd(last, text)
    return start >= at && matchAt(last, text, start) === text.length
  }
}

/** The pieces between % signs; `dangling`: it ends in its escape character. */
export function cut(pattern: string): { pieces: Piece[]; dangling: boolean } {
  const pieces: Piece[] = []
  let items: (string | undefined)[] = []
  const chars = [...pattern]
  let dangling = false
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!
    if (c === '%') {
      pieces.push(pieceOf(items))
      items = []
    } else if (c === '_') items.push(undefined)
    else if (c !== '\\') items.push(c)
    else if (i + 1 < chars.length) items.push(chars[++i]!)
    else dangling = true
  }
  pieces.push(pieceOf(items))
  return { pieces, dangling }
}

function pieceOf(items: readonly (string | undefined)[]): Piece {
  return { items, plain: items.includes(undefined) ? undefined : items.join('') }
}

function exactly(piece: Piece): Test {
  const { plain } = piece
  return plain === undefined ? text => matchAt(piece, text, 0) === text.length : text => text === plain
}

/** Where a match of the piece that begins at `at` ends; -1: none. */
function matchAt({ items, plain }: Piece, text: string, at: number): number {
  if (plain !== undefined) return text.startsWith(plain, at) ? at + plain.length : -1
  let end = at
  for (const item of items) {
    if (end >= text.length) return -1
    if (item === undefined) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
    else if (text.startsWith(item, end)) end += item.length
    else return -1
  }
  return end
}

/** Where the piece's first match from `from` on ends; -1: none. */
function find(piece: Piece, text: string, from: number): number {
  if (piece.plain !== undefined) {
    const at = text.indexOf(piece.plain, from)
    return at === -1 ? -1 : at + piece.plain.length
  }
  for (let at = from; at < text.length; at++) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) continue
    const end = matchAt(piece, text, at)
    if (end >= 0) return end
  }
  return -1
}

/** Where a match that ends with the text would begin. */
function fromEnd({ items, plain }: Piece, text: string): number {
  if (plain !== undefined) return text.length - plain.length
  let at = text.length
  for (let n = items.length; n > 0 && at >= 0; n--) {
    at--
    if (at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00) at--
  }
  return at
}

function endsInEscape(): SqlError {
  return new SqlError('invalid_escape_sequence', 'LIKE pattern must not end with escape character')
}

for (const [operator, insensitive, negated] of [
  ['~~', false, false],
  ['!~~', false, true],
  ['~~*', true, false],
  ['!~~*', true, true],
] as const)
  fn(`${operator}(text, text) -> bool`, {
    help: `${negated ? 'NOT ' : ''}${insensitive ? 'I' : ''}LIKE`,
    call: insensitive
      ? (text: string, p: string) => likeTest(p.toLowerCase())(text.toLowerCase()) !== negated
      : (text: string, p: string) => likeTest(p)(text) !== negated,
  })

/** A character a byte. */
const ofBytes = (a: Uint8Array): string => Buffer.from(a.buffer, a.byteOffset, a.length).toString('latin1')

for (const [operator, negated] of [
  ['~~', false],
  ['!~~', true],
] as const)
  fn(`${operator}(bytea, bytea) -> bool`, {
    help: `${negated ? 'NOT ' : ''}LIKE of bytes`,
    call: (a: Uint8Array, p: Uint8Array) => likeTest(ofBytes(p))(ofBytes(a)) !== negated,
  })
fn('like_escape(bytea, bytea) -> bytea', {
  help: 'LIKE pattern of bytes with another escape character',
  call: (p: Uint8Array, by: Uint8Array) =>
    new Uint8Array(Buffer.from(likeEscape(ofBytes(p), ofBytes(by)), 'latin1')),
})
fn('like_escape(text, text) -> text', {
  help: 'LIKE pattern with another escape character',
  call: likeEscape,
})

/** The pattern with a backslash for its own escape character, which escapes itself too (like_escape of like_match.c). */
function likeEscape(pattern: string, by: string): string {
  const own = [...by]
  if (own.length > 1)
    throw new SqlError('invalid_escape_sequence', 'invalid escape string', {
      hint: 'Escape string must be empty or one character.',
    })
  if (by === '\\') return pattern
  if (own.length === 0) return pattern.replaceAll('\\', '\\\\')
  let result = ''
  let escaped = false
  for (const c of pattern) {
    if (c === by && !escaped) {
      result += '\\'
      escaped = true
    } else {
      result += c === '\\' && !escaped ? '\\\\' : c
      escaped = false
    }
  }
  return result
}
