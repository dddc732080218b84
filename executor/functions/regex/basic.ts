import { invalidPattern } from './classes.ts'

/** Characters that advanced patterns take for operators and basic ones do not. */
const PLAIN = new Set('+?|(){}')

/** A basic regular expression (9.7.3.8 of PostgreSQL) as an advanced one; `expanded`: without blanks and comments. Throws 2201B. */
export function advancedPattern(pattern: string, expanded: boolean): string {
  const chars = Array.from(pattern)
  let result = ''
  /** What stands before, where it matters: ^ is the beginning at the beginning only, an asterisk behind any of these is itself. */
  let before: 'nothing' | 'beginning' | 'something' = 'nothing'
  /** Behind blanks and comments. */
  const skip = (from: number): number => {
    let next = from
    for (; expanded && /[\s#]/.test(chars[next] ?? 'x'); next++)
      if (chars[next] === '#') while (next + 1 < chars.length && chars[next + 1] !== '\n') next++
    return next
  }
  for (let at = skip(0); at < chars.length; at = skip(at)) {
    const c = chars[at++]!
    const first: boolean = before !== 'something'
    const opens = c === '\\' && chars[at] === '('
    const begins: boolean = c === '^' && before === 'nothing'
    if (c === '\\' && chars[at] === '{') {
      const bound = boundOf(chars.slice(at + 1, at + 12).join(''), first)
      result += `{${bound}}`
      at += bound.length + 3
    } else if (c === '\\') result += escaped(chars, at++)
    else if (c === '[') {
      const end = bracketEnd(chars, at)
      result += c + chars.slice(at, end).join('').replaceAll('\\', '\\\\')
      at = end
    } else if (c === '$') result += ends(chars, skip(at)) ? '$' : '\\$'
    else if (c === '^') result += begins ? '^' : '\\^'
    else if (c === '*') result += first ? '\\*' : '*'
    else result += PLAIN.has(c) ? `\\${c}` : c
    before = opens ? 'nothing' : begins ? 'beginning' : 'something'
  }
  return result
}

/** What stands between \{ and \}; there must be something to repeat. */
function boundOf(rest: string, first: boolean): string {
  if (first) throw invalidPattern('quantifier operand invalid')
  const bound = /^(\d+(?:,\d*)?)\\\}/.exec(rest)?.[1]
  if (bound !== undefined) return bound
  throw invalidPattern(/^(\d+,?\d*)?$/.test(rest) ? 'braces {} not balanced' : 'invalid repetition count(s)')
}

/** Whether the pattern or a group ends. */
function ends(chars: readonly string[], at: number): boolean {
  return at === chars.length || (chars[at] === '\\' && chars[at + 1] === ')')
}

/** What a backslash and the character at `at` are. */
function escaped(chars: readonly string[], at: number): string {
  const c = chars[at]
  if (c === undefined) throw invalidPattern('invalid escape \\ sequence')
  if ('()}'.includes(c)) return c === '}' ? '\\}' : c
  if (c === '<' || c === '>') return `[[:${c}:]]`
  // A digit behind it is no part of the group's number.
  if (/[1-9]/.test(c)) return `\\${c}${/\d/.test(chars[at + 1] ?? '') ? '(?:)' : ''}`
  return /[a-zA-Z0-9]/.test(c) ? c : `\\${c}`
}

/** Behind a bracket that was opened before `from`; the end where it is not closed. */
function bracketEnd(chars: readonly string[], from: number): number {
  let at = chars[from] === '^' ? from + 1 : from
  if (chars[at] === ']') at++
  while (at < chars.length && chars[at] !== ']') {
    const kind = chars[at + 1]
    if (chars[at] === '[' && kind !== undefined && '.:='.includes(kind)) {
      at += 2
      while (at < chars.length && !(chars[at] === kind && chars[at + 1] === ']')) at++
      at += 2
    } else at++
  }
  return Math.min(at + 1, chars.length)
}
