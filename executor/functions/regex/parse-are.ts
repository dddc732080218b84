import { notSupported } from '../../../types/error.ts'
import { invalidPattern, literalSource, namedClass, SHORTHAND } from './classes.ts'

export type AreNode =
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'group'; readonly open: string; readonly body: AreNode }
  | { readonly kind: 'sequence'; readonly items: readonly AreNode[] }
  | { readonly kind: 'choice'; readonly items: readonly AreNode[] }
  | { readonly kind: 'repeat'; readonly body: AreNode; readonly count: string; readonly lazy: boolean }

export interface AreOptions {
  /** ^ and $ match at line ends too. */
  readonly lines: boolean
  /** `.` and negated brackets leave newlines out. */
  readonly newlineStops: boolean
  /** White space and comments in the pattern do not count. */
  readonly expanded: boolean
}

/** Parses an advanced regular expression of PostgreSQL (9.7.3) into RE2 pieces. Throws 2201B; 0A000 for what is not linear. */
export function parseAre(pattern: string, options: AreOptions): AreNode {
  const chars = Array.from(pattern)
  let at = 0

  const choice = (depth: number): AreNode => {
    if (depth > DEPTH_MAX) throw invalidPattern('regular expression is too complex')
    const items = [sequence(depth)]
    while (chars[at] === '|') {
      at++
      items.push(sequence(depth))
    }
    return items.length === 1 ? items[0]! : { kind: 'choice', items }
  }

  const sequence = (depth: number): AreNode => {
    const items: AreNode[] = []
    for (;;) {
      if (options.expanded) skipBlank()
      const c = chars[at]
      if (c === undefined || c === '|' || (c === ')' && depth > 0)) break
      items.push(quantified(depth))
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items }
  }

  const quantified = (depth: number): AreNode => {
    const body = atom(depth)
    if (options.expanded) skipBlank()
    const count = quantifier()
    if (count === undefined) return body
    const lazy = chars[at] === '?'
    if (lazy) at++
    if (/[*+?]/.test(chars[at] ?? '')) throw invalidPattern('quantifier operand invalid')
    return { kind: 'repeat', body, count, lazy }
  }

  const quantifier = (): string | undefined => {
    const c = chars[at]
    if (c === '*' || c === '+' || c === '?') {
      at++
      return c
    }
    if (c !== '{' || !/\d/.test(chars[at + 1] ?? '')) return undefined
    const match = /^\{(\d+)(,(\d*))?\}/.exec(chars.slice(at, at + 24).join(''))
    if (match === null) throw invalidPattern('invalid repetition count(s)')
    const [low, high] = [Number(match[1]), match[3] ? Number(match[3]) : Number(match[1])]
    if (low > COUNT_MAX || high > COUNT_MAX || high < low) throw invalidPattern('invalid repetition count(s)')
    at += match[0].length
    return match[0]
  }

  const atom = (depth: number): AreNode => {
    const c = chars[at++]!
    switch (c) {
      case '(':
        return group(depth)
      case '[':
        return { kind: 'atom', source: bracket() }
      case '\\':
        return { kind: 'atom', source: escaped() }
      case '.':
        return { kind: 'atom', source: options.newlineStops ? '[^\\n]' : '(?s:.)' }
      case '^':
        return { kind: 'atom', source: options.lines ? '(?m:^)' : '\\A' }
      case '$':
        return { kind: 'atom', source: options.lines ? '(?m:$)' : '\\z' }
      case '*':
      case '+':
      case '?':
        throw invalidPattern('quantifier operand invalid')
      case ')':
        throw invalidPattern('parentheses () not balanced')
      default:
        return { kind: 'atom', source: literalSource(c.codePointAt(0)!) }
    }
  }

  const group = (depth: number): AreNode => {
    let open = '('
    if (chars[at] === '?') {
      const kind = chars[at + 1]
      if (kind === '#') return comment(depth)
      if (kind === '<' && (chars[at + 2] === '=' || chars[at + 2] === '!')) open = `(?<${chars[at + 2]}`
      else if (kind === ':') open = '(?:'
      else if (kind === '=' || kind === '!') throw notSupported('look-ahead in a pattern')
      else throw invalidPattern('quantifier operand invalid')
      at += open.length - 1
    }
    const body = choice(depth + 1)
    if (chars[at] !== ')') throw invalidPattern('parentheses () not balanced')
    at++
    return { kind: 'group', open, body }
  }

  const comment = (depth: number): AreNode => {
    while (at < chars.length && chars[at] !== ')') at++
    at++
    const c = chars[at]
    if (c === undefined || c === '|' || (c === ')' && depth > 0)) return { kind: 'sequence', items: [] }
    return atom(depth)
  }

  const skipBlank = (): void => {
    while (at < chars.length) {
      if (/\s/.test(chars[at]!)) at++
      else if (chars[at] === '#') while (at < chars.length && chars[at] !== '\n') at++
      else return
    }
  }

  /** After a backslash, outside brackets. */
  const escaped = (): string => {
    const c = chars[at++]
    if (c === undefined) throw invalidPattern('invalid escape \\ sequence')
    if (Object.hasOwn(CONSTRAINTS, c)) return CONSTRAINTS[c]!
    const set = SHORTHAND[c.toLowerCase()]
    if (set !== undefined) return `[${c === c.toLowerCase() ? '' : '^'}${set}]`
    if (/[1-9]/.test(c) && !/^[0-7]{2}/.test(chars.slice(at, at + 2).join('')))
      throw notSupported('a back-reference in a pattern')
    return literalSource(character(c))
  }

  /** The character an escape stands for; `c` follows the backslash. */
  const character = (c: string): number => {
    const known = CHARACTERS[c]
    if (known !== undefined) return known
    const take = (pattern: RegExp, radix: number, from = at): number => {
      const digits = pattern.exec(chars.slice(from, from + 8).join(''))?.[0]
      if (digits === undefined) throw invalidPattern('invalid escape \\ sequence')
      at = from + digits.length
      const code = Number.parseInt(digits, radix)
      if (code > 0x10ffff) throw invalidPattern('invalid escape \\ sequence')
      return code
    }
    if (c === 'x') return take(/^[0-9a-fA-F]{1,8}/, 16)
    if (c === 'u') return take(/^[0-9a-fA-F]{4}/, 16)
    if (c === 'U') return take(/^[0-9a-fA-F]{8}/, 16)
    if (/\d/.test(c)) return take(/^[0-7]{1,3}/, 8, at - 1)
    if (c === 'c' && at < chars.length) return chars[at++]!.codePointAt(0)! & 0x1f
    if (/[a-zA-Z]/.test(c)) throw invalidPattern('invalid escape \\ sequence')
    return c.codePointAt(0)!
  }

  /** After an opening bracket. */
  const bracket = (): string => {
    const word = chars.slice(at, at + 6).join('')
    if (word === '[:<:]]' || word === '[:>:]]') {
      at += 6
      return word === '[:<:]]' ? WORD_START : WORD_END
    }
    const negated = chars[at] === '^'
    if (negated) at++
    let inside = ''
    for (let first = true; first || chars[at] !== ']'; first = false) {
      const low = member()
      if (low === undefined) throw invalidPattern('brackets [] not balanced')
      if (typeof low === 'string') {
        inside += low
        continue
      }
      if (chars[at] !== '-' || chars[at + 1] === ']') {
        inside += literalSource(low)
        continue
      }
      at++
      const high = member()
      if (high === undefined) throw invalidPattern('brackets [] not balanced')
      if (typeof high === 'string' || high < low) throw invalidPattern('invalid character range')
      inside += `${literalSource(low)}-${literalSource(high)}`
    }
    at++
    return `[${negated ? `^${options.newlineStops ? '\\n' : ''}` : ''}${inside}]`
  }

  /** A character of a bracket, or the inside of a class. */
  const member = (): number | string | undefined => {
    const c = chars[at++]
    if (c === undefined) return undefined
    if (c === '[' && /[:.=]/.test(chars[at] ?? '')) {
      const kind = chars[at]!
      const end = chars.findIndex((x, i) => i > at && x === kind && chars[i + 1] === ']')
      if (end === -1) throw invalidPattern('brackets [] not balanced')
      const name = chars.slice(at + 1, end)
      at = end + 2
      if (kind === ':') return namedClass(name.join(''))
      if (name.length !== 1) throw invalidPattern('invalid collating element')
      return name[0]!.codePointAt(0)!
    }
    if (c !== '\\') return c.codePointAt(0)!
    const next = chars[at++]
    if (next === undefined) throw invalidPattern('invalid escape \\ sequence')
    if (SHORTHAND[next] !== undefined) return SHORTHAND[next]!
    return character(next)
  }

  const tree = choice(0)
  if (at < chars.length) throw invalidPattern('parentheses () not balanced')
  return tree
}

const DEPTH_MAX = 200
const COUNT_MAX = 255
const WORD_START = '(?:\\b(?<!\\w))'
const WORD_END = '(?:\\b(?<=\\w))'

const CONSTRAINTS: Readonly<Record<string, string>> = {
  A: '\\A',
  Z: '\\z',
  m: WORD_START,
  M: WORD_END,
  y: '\\b',
  Y: '\\B',
}

const CHARACTERS: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  B: 0x5c,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
}
