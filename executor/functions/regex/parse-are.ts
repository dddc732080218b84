import { type AreNode, type Assertion, unconstrained } from './are.ts'
import { invalidPattern, literalSource, namedClass, SHORTHAND } from './classes.ts'

export interface AreOptions {
  /** ^ and $ match at line ends too. */
  readonly lines: boolean
  /** `.` and negated brackets leave newlines out. */
  readonly newlineStops: boolean
  /** White space and comments in the pattern do not count. */
  readonly expanded: boolean
}

/** Parses an advanced regular expression of PostgreSQL (9.7.3). Throws 2201B. */
export function parseAre(pattern: string, options: AreOptions): AreNode {
  const chars = Array.from(pattern)
  let at = 0
  let looks = 0
  let opened = 0
  /** Bodies of the groups that are complete, by number. */
  const closed = new Map<number, AreNode>()

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
      skip()
      const c = chars[at]
      if (c === undefined || c === '|' || (c === ')' && depth > 0)) break
      items.push(quantified(depth))
    }
    return items.length === 1 ? items[0]! : { kind: 'sequence', items }
  }

  const quantified = (depth: number): AreNode => {
    const body = atom(depth)
    skip()
    const isConstraint = body.kind === 'assertion' || body.kind === 'look'
    if (isConstraint && /^([*+?]|\{\d)/.test(chars.slice(at, at + 2).join('')))
      throw invalidPattern('quantifier operand invalid')
    const bounds = quantifier()
    if (bounds === undefined) return body
    const lazy = chars[at] === '?'
    if (lazy) at++
    if (/[*+?]/.test(chars[at] ?? '')) throw invalidPattern('quantifier operand invalid')
    return { kind: 'repeat', body, ...bounds, lazy }
  }

  const quantifier = (): { min: number; max: number; fixed: boolean } | undefined => {
    const c = chars[at]
    if (c === '*' || c === '+' || c === '?') {
      at++
      return { min: c === '+' ? 1 : 0, max: c === '?' ? 1 : Number.POSITIVE_INFINITY, fixed: false }
    }
    if (c !== '{' || !/\d/.test(chars[at + 1] ?? '')) return undefined
    const rest = chars.slice(at, at + 24).join('')
    const match = /^\{(\d+)(,(\d*))?\}/.exec(rest)
    if (match === null)
      throw invalidPattern(
        /^\{\d+,?\d*$/.test(rest) ? 'braces {} not balanced' : 'invalid repetition count(s)',
      )
    const min = Number(match[1])
    const last = match[3] ? Number(match[3]) : min
    if (min > COUNT_MAX || last > COUNT_MAX || last < min) throw invalidPattern('invalid repetition count(s)')
    at += match[0].length
    return { min, max: match[3] === '' ? Number.POSITIVE_INFINITY : last, fixed: match[2] === undefined }
  }

  const atom = (depth: number): AreNode => {
    const c = chars[at++]!
    switch (c) {
      case '(':
        return group(depth)
      case '[':
        return bracket()
      case '\\':
        return escaped()
      case '.':
        return { kind: 'set', negated: true, inside: options.newlineStops ? '\\n' : '' }
      case '^':
        return { kind: 'assertion', what: options.lines ? 'line start' : 'text start' }
      case '$':
        return { kind: 'assertion', what: options.lines ? 'line end' : 'text end' }
      case '*':
      case '+':
      case '?':
        throw invalidPattern('quantifier operand invalid')
      case ')':
        throw invalidPattern('parentheses () not balanced')
      case '{':
        if (/\d/.test(chars[at] ?? '')) throw invalidPattern('quantifier operand invalid')
        return { kind: 'set', negated: false, inside: literalSource(0x7b) }
      default:
        return { kind: 'set', negated: false, inside: literalSource(c.codePointAt(0)!) }
    }
  }

  const group = (depth: number): AreNode => {
    const [opening, look] = /^\?(?:(<?[=!])|:)/.exec(chars.slice(at, at + 3).join('')) ?? ['']
    if (opening === '' && chars[at] === '?') throw invalidPattern('quantifier operand invalid')
    at += opening.length
    if (look !== undefined) looks++
    const captures = opening === '' && looks === 0
    const number = captures ? ++opened : 0
    const body = choice(depth + 1)
    if (look !== undefined) looks--
    if (chars[at] !== ')') throw invalidPattern('parentheses () not balanced')
    at++
    if (captures) closed.set(number, body)
    if (look === undefined) return { kind: 'group', captures, body }
    return { kind: 'look', ahead: look[0] !== '<', wanted: look.endsWith('='), body }
  }

  /** Comments and, in expanded patterns, what is blank. */
  const skip = (): void => {
    while (at < chars.length) {
      if (chars[at] === '(' && chars[at + 1] === '?' && chars[at + 2] === '#') {
        while (at < chars.length && chars[at] !== ')') at++
        at++
      } else if (options.expanded && /\s/.test(chars[at]!)) at++
      else if (options.expanded && chars[at] === '#') while (at < chars.length && chars[at] !== '\n') at++
      else return
    }
  }

  /** After a backslash, outside brackets. */
  const escaped = (): AreNode => {
    const c = chars[at++]
    if (c === undefined) throw invalidPattern('invalid escape \\ sequence')
    const what = CONSTRAINTS[c]
    if (what !== undefined) return { kind: 'assertion', what }
    const set = SHORTHAND[c.toLowerCase()]
    if (set !== undefined) return { kind: 'set', negated: c !== c.toLowerCase(), inside: set }
    if (/[1-9]/.test(c)) {
      const digits = /^\d{1,3}/.exec(chars.slice(at - 1, at + 2).join(''))![0]
      if (digits.length === 1 || Number(digits) <= opened) {
        at += digits.length - 1
        return back(Number(digits))
      }
    }
    return { kind: 'set', negated: false, inside: literalSource(character(c)) }
  }

  const back = (group: number): AreNode => {
    const body = closed.get(group)
    if (body === undefined || looks > 0) throw invalidPattern('invalid backreference number')
    return { kind: 'back', group, body: unconstrained(body) }
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
  const bracket = (): AreNode => {
    const word = chars.slice(at, at + 6).join('')
    if (word === '[:<:]]' || word === '[:>:]]') {
      at += 6
      return { kind: 'assertion', what: word === '[:<:]]' ? 'word start' : 'word end' }
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
    return { kind: 'set', negated, inside: negated && options.newlineStops ? `\\n${inside}` : inside }
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

const CONSTRAINTS: Readonly<Record<string, Assertion | undefined>> = {
  A: 'text start',
  Z: 'text end',
  m: 'word start',
  M: 'word end',
  y: 'word edge',
  Y: 'no word edge',
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
