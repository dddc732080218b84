import { RE2JS } from 're2js'
import { SqlError } from '../../../types/error.ts'
import { invalidPattern } from './classes.ts'
import { type AreNode, parseAre } from './parse-are.ts'

/** A compiled pattern: time linear in the text, whatever the pattern. */
export type Regex = RE2JS

const COMPILED_MAX = 500
const compiled = new Map<string, Regex>()

/** The pattern with PostgreSQL's flags (Table 9.24 and `g`, which is the caller's); cached, bounded. Throws 2201B, 22023. */
export function compileRegex(pattern: string, flags = ''): Regex {
  const key = `${flags}/${pattern}`
  let regex = compiled.get(key)
  if (regex === undefined) {
    regex = make(pattern, flags)
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(key, regex)
  }
  return regex
}

interface Mode {
  kind: 'advanced' | 'basic' | 'literal'
  ignoreCase: boolean
  lines: boolean
  newlineStops: boolean
  expanded: boolean
}

function make(text: string, flags: string): Regex {
  const mode: Mode = {
    kind: 'advanced',
    ignoreCase: false,
    lines: false,
    newlineStops: false,
    expanded: false,
  }
  for (const flag of flags) if (!setFlag(mode, flag)) throw invalidFlag(flag)
  let pattern = text
  if (pattern.startsWith('***=')) {
    mode.kind = 'literal'
    pattern = pattern.slice(4)
  } else if (pattern.startsWith('***:')) pattern = pattern.slice(4)
  else if (pattern.startsWith('***')) throw invalidPattern('quantifier operand invalid')
  const embedded = /^\(\?([a-z]+)\)/.exec(pattern)
  if (embedded !== null && mode.kind === 'advanced') {
    for (const flag of embedded[1]!) if (!setFlag(mode, flag)) throw invalidPattern('invalid embedded option')
    pattern = pattern.slice(embedded[0].length)
  }
  if (mode.kind === 'basic') throw new SqlError('feature_not_supported', 'basic patterns are not supported')
  let options = RE2JS.LOOKBEHINDS
  if (mode.ignoreCase) options |= RE2JS.CASE_INSENSITIVE
  if (mode.kind === 'literal') return RE2JS.compile(RE2JS.quote(pattern), options)
  const tree = parseAre(pattern, mode)
  // A pattern that ends where the text does has no choice of length: each part then follows its own preference.
  const lazy = preference(tree) === 'lazy' && !endsAtEnd(tree)
  if (!lazy && !hasLazy(tree)) options |= RE2JS.LONGEST_MATCH
  try {
    return RE2JS.compile(write(tree, lazy), options)
  } catch (error) {
    throw invalidPattern((error as Error).message.replace(/^error parsing regexp: /, ''))
  }
}

function setFlag(mode: Mode, flag: string): boolean {
  switch (flag) {
    case 'b':
      mode.kind = 'basic'
      return true
    case 'q':
      mode.kind = 'literal'
      return true
    case 'e':
      mode.kind = 'advanced'
      return true
    case 'c':
    case 'i':
      mode.ignoreCase = flag === 'i'
      return true
    case 'm':
    case 'n':
    case 'p':
    case 's':
    case 'w':
      mode.lines = flag === 'm' || flag === 'n' || flag === 'w'
      mode.newlineStops = flag === 'm' || flag === 'n' || flag === 'p'
      return true
    case 't':
    case 'x':
      mode.expanded = flag === 'x'
      return true
    default:
      return false
  }
}

/** 22023 in PostgreSQL's wording. */
function invalidFlag(flag: string): SqlError {
  return new SqlError('invalid_parameter_value', `invalid regular expression option: "${flag}"`)
}

/** Whether the longest or the shortest match is wanted (PostgreSQL 9.7.3.5); undefined: all matches are as long. */
function preference(node: AreNode): 'greedy' | 'lazy' | undefined {
  switch (node.kind) {
    case 'atom':
      return undefined
    case 'group':
      return node.open === '(' || node.open === '(?:' ? preference(node.body) : undefined
    case 'choice':
      return 'greedy'
    case 'repeat':
      if (/^\{\d+\}$/.test(node.count)) return preference(node.body)
      return node.lazy ? 'lazy' : 'greedy'
    case 'sequence':
      for (const item of node.items) {
        const found = preference(item)
        if (found !== undefined) return found
      }
      return undefined
  }
}

function endsAtEnd(node: AreNode): boolean {
  const last = node.kind === 'sequence' ? node.items.at(-1) : undefined
  return last?.kind === 'atom' && last.source === '\\z'
}

function hasLazy(node: AreNode): boolean {
  if (node.kind === 'atom') return false
  if (node.kind === 'sequence' || node.kind === 'choice') return node.items.some(hasLazy)
  return (node.kind === 'repeat' && node.lazy) || hasLazy(node.body)
}

/** RE2 syntax; `lazy`: the shortest match as a whole is wanted, so every repetition yields. */
function write(node: AreNode, lazy: boolean): string {
  switch (node.kind) {
    case 'atom':
      return node.source
    case 'group':
      return `${node.open}${write(node.body, lazy)})`
    case 'sequence':
      return node.items.map(item => write(item, lazy)).join('')
    case 'choice':
      return node.items.map(item => write(item, lazy)).join('|')
    case 'repeat':
      return `(?:${write(node.body, lazy || node.lazy)})${node.count}${lazy || node.lazy ? '?' : ''}`
  }
}
