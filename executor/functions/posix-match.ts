import { setFlagsFromString } from 'node:v8'
import { notSupported, SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

// V8's second regular expression engine takes time linear in the text, whatever the pattern. Flag `l` asks for it.
setFlagsFromString('--enable-experimental-regexp-engine')

const COMPILED_MAX = 500
const compiled = new Map<string, RegExp>()

function matches(text: string, pattern: string, ignoreCase: boolean): boolean {
  const key = `${ignoreCase ? 'i' : ''}/${pattern}`
  let regex = compiled.get(key)
  if (regex === undefined) {
    regex = compilePosix(ignoreCase ? lowered(pattern) : pattern)
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(key, regex)
  }
  return regex.test(ignoreCase ? text.toLowerCase() : text)
}

/** A POSIX regular expression (PostgreSQL 9.7.3) as JavaScript's. Throws 2201B; 0A000 for what linear time does not do. */
function compilePosix(pattern: string): RegExp {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    if (c === '[') {
      const end = bracketEnd(pattern, i)
      source += bracket(pattern.slice(i, end))
      i = end - 1
    } else if (c === '\\') {
      const next = pattern[++i]
      if (next === undefined) throw invalid('invalid escape \\ sequence')
      source += ESCAPES[next] ?? `\\${next}`
    } else source += c
  }
  try {
    return new RegExp(source, 'sl')
  } catch (error) {
    if (/linear time/.test(String(error))) throw notSupported('a back-reference or look-around in a pattern')
    throw invalid(
      String((error as Error).message)
        .replace(/^.*: /, '')
        .toLowerCase(),
    )
  }
}

const ESCAPES: Readonly<Record<string, string>> = { m: '\\b', M: '\\b', y: '\\b', Y: '\\B', A: '^', Z: '$' }
const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z\\u00aa-\\uffff',
  digit: '0-9',
  alnum: '0-9A-Za-z\\u00aa-\\uffff',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  graph: '!-~',
  print: ' -~',
  word: '\\w',
}

function bracketEnd(pattern: string, start: number): number {
  let i = start + 1
  if (pattern[i] === '^') i++
  if (pattern[i] === ']') i++
  while (i < pattern.length && pattern[i] !== ']') {
    if (pattern.startsWith('[:', i)) i = pattern.indexOf(':]', i) + 1
    else if (pattern[i] === '\\') i++
    if (i <= start) break
    i++
  }
  if (i >= pattern.length || i <= start) throw invalid('brackets [] not balanced')
  return i + 1
}

function bracket(text: string): string {
  const negated = text[1] === '^'
  const inside = text.slice(negated ? 2 : 1, -1).replace(/^\]/, '\\]')
  const body = inside
    .replace(/\[:(\w+):\]|\[/g, (all, name: string | undefined) => {
      if (all === '[') return '\\['
      const set = CLASSES[name!]
      if (set === undefined) throw invalid('invalid character class')
      return set
    })
    .replace(/&&/g, '&\\&')
  return `[${negated ? '^' : ''}${body}]`
}

/** The pattern in lower case; escapes stay. */
function lowered(pattern: string): string {
  return pattern.replace(/\\.|./gs, part => (part[0] === '\\' ? part : part.toLowerCase()))
}

function invalid(why: string): SqlError {
  return new SqlError('invalid_regular_expression', `invalid regular expression: ${why}`)
}

fn('~(text, text) -> bool', {
  help: 'whether the pattern is found',
  call: (text: string, pattern: string) => matches(text, pattern, false),
})
fn('!~(text, text) -> bool', {
  help: 'whether the pattern is not found',
  call: (text: string, pattern: string) => !matches(text, pattern, false),
})
fn('~*(text, text) -> bool', {
  help: 'whether the pattern is found, in any case',
  call: (text: string, pattern: string) => matches(text, pattern, true),
})
fn('!~*(text, text) -> bool', {
  help: 'whether the pattern is not found, in any case',
  call: (text: string, pattern: string) => !matches(text, pattern, true),
})
