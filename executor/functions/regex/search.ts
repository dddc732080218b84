import { SqlError } from '../../../types/error.ts'
import { compileRegex } from './compile.ts'

/** One match: positions in UTF-16 units of the whole and of each group, -1 for a group that took no part. */
export interface Match {
  readonly starts: number[]
  readonly ends: number[]
}

/** A compiled pattern: time linear in the text, whatever the pattern. */
export interface Regex {
  /** How many groups it has. */
  readonly groups: number
  /** Roughly how many numbers of memory it takes by now. */
  held(): number
  /** Whether it matches somewhere. */
  test(text: string): boolean
  /** Gives the first match from a position on; positions only grow. */
  finder(text: string): (from: number) => Match | undefined
}

/** Matches one after another from `from` on, as PostgreSQL steps: an empty match moves on by one character. */
export function* matchesOf(regex: Regex, text: string, from: number): Generator<Match> {
  const find = regex.finder(text)
  let at = from
  while (at <= text.length) {
    const match = find(at)
    if (match === undefined) return
    yield match
    at = match.ends[0]!
    if (match.starts[0] === at) at += characterLength(text, at)
  }
}

/** The same without empty matches where the match before ended or the text ends. */
export function* fieldsBetween(regex: Regex, text: string): Generator<Match> {
  let before = 0
  for (const match of matchesOf(regex, text, 0)) {
    if (match.starts[0]! < text.length && match.ends[0]! > before) yield match
    before = match.ends[0]!
  }
}

export function groupText(text: string, match: Match, group: number): string | null {
  return match.starts[group]! < 0 ? null : text.slice(match.starts[group], match.ends[group])
}

/** UTF-16 units of the character at a position. */
export function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}

/** Position in UTF-16 units of the nth character, counted from 1. */
export function unitsBefore(text: string, nth: number): number {
  let at = 0
  for (let n = 1; n < nth; n++) {
    if (at >= text.length) return text.length + 1
    at += characterLength(text, at)
  }
  return at
}

/** Characters before a position in UTF-16 units. */
export function charactersBefore(text: string, units: number): number {
  let count = 0
  for (let i = 0; i < units; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++
  return count
}

/** The pattern compiled; flag `g` is split off, and refused by functions without it. */
export function flagged(pattern: string, flags: string, globalIn?: string): { regex: Regex; all: boolean } {
  const all = flags.includes('g')
  if (all && globalIn !== undefined)
    throw new SqlError('invalid_parameter_value', `${globalIn} does not support the "global" option`, {
      hint: globalIn === 'regexp_match()' ? 'Use the regexp_matches function instead.' : undefined,
    })
  return { regex: compileRegex(pattern, flags.replaceAll('g', '')), all }
}

/** A counting argument of a regexp function. Throws 22023. */
export function atLeast(least: number, name: string, value: number): void {
  if (value < least)
    throw new SqlError('invalid_parameter_value', `invalid value for parameter "${name}": ${value}`)
}
