import { SqlError } from '../../../types/error.ts'
import { fn } from '../registry.ts'
import { fieldsOf } from '../split-fields.ts'
import { compileRegex } from './compile.ts'
import {
  atLeast,
  charactersBefore,
  fieldsBetween,
  flagged,
  groupText,
  type Match,
  matchesOf,
  unitsBefore,
} from './search.ts'
import { similarPattern } from './similar.ts'

for (const [operator, ignoreCase, wanted] of [
  ['~', false, true],
  ['!~', false, false],
  ['~*', true, true],
  ['!~*', true, false],
] as const)
  fn(`${operator}(text, text) -> bool`, {
    help: `whether the pattern is ${wanted ? '' : 'not '}found${ignoreCase ? ', in any case' : ''}`,
    call: (text: string, pattern: string) =>
      compileRegex(pattern, ignoreCase ? 'i' : '').test(text) === wanted,
  })

fn('regexp_like(text, text) -> bool', {
  help: 'whether the pattern is found',
  call: (text: string, pattern: string) => compileRegex(pattern).test(text),
})
fn('regexp_like(text, text, text) -> bool', {
  help: 'whether the pattern is found, with flags',
  call: (text: string, pattern: string, flags: string) =>
    flagged(pattern, flags, 'regexp_like()').regex.test(text),
})

/** Groups of a match; the whole match of a pattern without groups. */
export function captured(text: string, match: Match): readonly (string | null)[] {
  if (match.starts.length === 1) return [groupText(text, match, 0)]
  return match.starts.slice(1).map((_, i) => groupText(text, match, i + 1))
}

function firstMatch(text: string, pattern: string, flags = '') {
  const { regex } = flagged(pattern, flags, 'regexp_match()')
  for (const match of matchesOf(regex, text, 0)) return captured(text, match)
  return null
}
fn('regexp_match(text, text) -> text[]', { help: 'groups of the first match', call: firstMatch })
fn('regexp_match(text, text, text) -> text[]', {
  help: 'groups of the first match, with flags',
  call: firstMatch,
})

/** Groups of the first match, with flag g of every match. */
function allMatches(text: string, pattern: string, flags = ''): (readonly (string | null)[])[] {
  const { regex, all } = flagged(pattern, flags)
  const found: (readonly (string | null)[])[] = []
  for (const match of matchesOf(regex, text, 0)) {
    found.push(captured(text, match))
    if (!all) break
  }
  return found
}

/** Parts of the text between matches. */
function splitBy(text: string, pattern: string, flags = '', name = 'regexp_split_to_array()'): string[] {
  const { regex } = flagged(pattern, flags, name)
  const parts: string[] = []
  let from = 0
  for (const match of fieldsBetween(regex, text)) {
    parts.push(text.slice(from, match.starts[0]))
    from = match.ends[0]!
  }
  parts.push(text.slice(from))
  return parts
}
fn('regexp_split_to_array(text, text) -> text[]', { help: 'parts between matches', call: splitBy })
fn('regexp_split_to_array(text, text, text) -> text[]', {
  help: 'parts between matches, with flags',
  call: splitBy,
})

function count(text: string, pattern: string, start = 1, flags = ''): number {
  atLeast(1, 'start', start)
  const { regex } = flagged(pattern, flags, 'regexp_count()')
  let n = 0
  for (const _ of matchesOf(regex, text, unitsBefore(text, start))) n++
  return n
}
for (const args of ['text, text', 'text, text, int4', 'text, text, int4, text'])
  fn(`regexp_count(${args}) -> int4`, { help: 'number of matches', call: count })

/** The nth match from a character on. */
function nth(name: string, text: string, pattern: string, start: number, n: number, flags: string) {
  atLeast(1, 'start', start)
  atLeast(1, 'n', n)
  const { regex } = flagged(pattern, flags, name)
  let left = n
  for (const match of matchesOf(regex, text, unitsBefore(text, start))) if (--left === 0) return match
  return undefined
}

/** Position of the nth match or of a group of it, from 1; 0: none. */
function position(text: string, pattern: string, start = 1, n = 1, end = 0, flags = '', group = 0): number {
  atLeast(1, 'start', start)
  atLeast(1, 'n', n)
  if (end !== 0 && end !== 1)
    throw new SqlError('invalid_parameter_value', `invalid value for parameter "endoption": ${end}`)
  atLeast(0, 'subexpr', group)
  const match = nth('regexp_instr()', text, pattern, start, n, flags)
  if (match === undefined || group >= match.starts.length || match.starts[group]! < 0) return 0
  return charactersBefore(text, end === 1 ? match.ends[group]! : match.starts[group]!) + 1
}

function matchText(text: string, pattern: string, start = 1, n = 1, flags = '', group = 0): string | null {
  atLeast(1, 'start', start)
  atLeast(1, 'n', n)
  atLeast(0, 'subexpr', group)
  const match = nth('regexp_substr()', text, pattern, start, n, flags)
  return match === undefined || group >= match.starts.length ? null : groupText(text, match, group)
}

const INSTR = ['text', 'text', 'int4', 'int4', 'int4', 'text', 'int4']
for (let length = 2; length <= INSTR.length; length++)
  fn(`regexp_instr(${INSTR.slice(0, length).join(', ')}) -> int4`, {
    help: 'where a match begins or ends',
    call: position,
  })
const SUBSTR = ['text', 'text', 'int4', 'int4', 'text', 'int4']
for (let length = 2; length <= SUBSTR.length; length++)
  fn(`regexp_substr(${SUBSTR.slice(0, length).join(', ')}) -> text`, {
    help: 'text of a match',
    call: matchText,
  })

/** The first group of the first match, or the match when the pattern has no group. */
function firstPart(text: string, pattern: string): string | null {
  for (const match of matchesOf(compileRegex(pattern), text, 0))
    return groupText(text, match, match.starts.length > 1 ? 1 : 0)
  return null
}
fn('substring(text, text) -> text', { help: 'part that matches a regular expression', call: firstPart })
fn('substring(text, text, text) -> text', {
  help: 'part of a SIMILAR pattern between escaped double quotes',
  call: (text: string, pattern: string, by: string) => firstPart(text, similarPattern(pattern, by)),
})
for (const args of ['text, text', 'text, text, text']) {
  fn(`regexp_matches(${args}) -> setof text[]`, {
    help: 'groups of the first match, with flag g of every match',
    rows: allMatches,
  })
  fn(`regexp_matches(${args}) -> setof text[]`, {
    help: 'groups of every match',
    dialect: 'risingwave',
    rows: (text: string, pattern: string, flags = '') => allMatches(text, pattern, `${flags}g`),
  })
  fn(`regexp_split_to_table(${args}) -> setof text`, {
    help: 'parts between matches',
    rows: (text: string, pattern: string, flags = '') =>
      splitBy(text, pattern, flags, 'regexp_split_to_table()'),
  })
}
for (const args of ['text, text', 'text, text, text'])
  fn(`string_to_table(${args}) -> setof text`, {
    help: 'fields of a text, some as NULL',
    strict: false,
    rows: (text: string | null, by: string | null, nulls: string | null = null) =>
      fieldsOf(text, by, nulls) ?? [],
  })
