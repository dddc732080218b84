import { SqlError } from '../../../types/error.ts'

/** Insides of brackets (as in JavaScript) for the named classes of PostgreSQL 9.7.3.2. */
const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: ' \\t-\\r\\u{85}\\u{1680}\\u{2000}-\\u{2006}\\u{2008}-\\u{200a}\\u{2028}\\u{2029}\\u{205f}\\u{3000}',
  punct: '!-/:-@\\[-`{-~\\p{P}',
  xdigit: '0-9A-Fa-f',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  graph: '!-~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}',
  print: ' -~\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}',
  word: '\\p{L}\\p{N}\\p{M}_',
  ascii: '\\x00-\\x7f',
}

/** Inside of a bracket for a class's name. Throws 2201B. */
export function namedClass(name: string): string {
  const found = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
  if (found === undefined) throw invalidPattern('invalid character class')
  return found
}

/** \d, \s, \w as insides of a bracket; their capitals stand for the rest. */
export const SHORTHAND: Readonly<Record<string, string>> = {
  d: '0-9',
  s: namedClass('space'),
  w: namedClass('word'),
}

/** 2201B in PostgreSQL's wording. */
export function invalidPattern(why: string): SqlError {
  return new SqlError('invalid_regular_expression', `invalid regular expression: ${why}`)
}

export function tooComplex(): SqlError {
  return invalidPattern('regular expression is too complex')
}

/** A character that stands for itself, in and outside brackets. */
export function literalSource(code: number): string {
  const c = String.fromCodePoint(code)
  return /[\p{L}\p{N}_]/u.test(c) ? c : `\\u{${code.toString(16)}}`
}

/** The character that is all a bracket's inside says, if so. */
export function literalOf(inside: string): string | undefined {
  const code = /^\\u\{([0-9a-f]+)\}$/.exec(inside)?.[1]
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
  return /^[\p{L}\p{N}_]$/u.test(inside) ? inside : undefined
}
