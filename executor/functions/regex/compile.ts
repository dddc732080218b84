import { SqlError } from '../../../types/error.ts'
import type { AreNode } from './are.ts'
import { advancedPattern } from './basic.ts'
import { invalidPattern, literalSource, tooComplex } from './classes.ts'
import { linearRegex } from './linear.ts'
import { parseAre } from './parse-are.ts'
import type { Regex } from './search.ts'

const COMPILED_MAX = 500
/** Numbers of memory that kept patterns may take together. */
const HELD_MAX = 5_000_000
const compiled = new Map<string, Regex>()

/** The pattern with PostgreSQL's flags (Table 9.24 and `g`, which is the caller's); cached, bounded. Throws 2201B, 22023. */
export function compileRegex(pattern: string, flags = ''): Regex {
  const key = `${flags}/${pattern}`
  let regex = compiled.get(key)
  if (regex === undefined) {
    regex = make(pattern, flags)
    if (compiled.size >= COMPILED_MAX || holdTooMuch()) compiled.clear()
    compiled.set(key, regex)
  }
  return regex
}

/** Asked for every few patterns: they grow with the texts that they are matched against. */
function holdTooMuch(): boolean {
  if (compiled.size % 16 !== 0) return false
  let sum = 0
  for (const regex of compiled.values()) sum += regex.held()
  return sum > HELD_MAX
}

/** Units of a pattern; blanks and comments count too. */
const LENGTH_MAX = 1_000_000

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
  if (text.length > LENGTH_MAX) throw tooComplex()
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
  if (mode.kind === 'basic') pattern = advancedPattern(pattern, mode.expanded)
  const tree = mode.kind === 'literal' ? literally(pattern) : parseAre(pattern, mode)
  return linearRegex(tree, mode.ignoreCase)
}

function literally(text: string): AreNode {
  const items = Array.from(
    text,
    (c): AreNode => ({ kind: 'set', negated: false, inside: literalSource(c.codePointAt(0)!) }),
  )
  return { kind: 'sequence', items }
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
