import { timeWord } from './time-words.ts'

/** A piece of a date, time or interval. `zone`: signed digits, which may be a number as well; `special`: a signed word. */
export interface TimeToken {
  readonly kind: 'number' | 'date' | 'time' | 'zone' | 'string' | 'special'
  readonly text: string
}

const TOKENS_MAX = 25
const LENGTH_MAX = 128

/** Cuts the text as PostgreSQL does, words in lower case; undefined: no date has such pieces. */
export function timeTokens(text: string): readonly TimeToken[] | undefined {
  const tokens: TimeToken[] = []
  let length = 0
  let at = 0
  while (at < text.length) {
    const rest = matchAt(/[\s]+/y, text, at)
    if (rest !== '') {
      at += rest.length
      continue
    }
    const c = text[at]!
    const raw = tokenAt(text, at)
    if (raw === undefined) {
      if (!/[!-/:-@[-`{-~]/.test(c) || c === '+' || c === '-') return undefined
      at++
      continue
    }
    at += raw.text.length
    const token = { kind: raw.kind, text: raw.text.replace(/\s/g, '').toLowerCase() }
    length += token.text.length + 1
    if (tokens.push(token) > TOKENS_MAX || length > LENGTH_MAX) return undefined
  }
  return tokens
}

function tokenAt(text: string, at: number): TimeToken | undefined {
  const c = text[at]!
  if (/[0-9]/.test(c)) return digitsAt(text, at)
  if (c === '.') return { kind: 'number', text: matchAt(/\.\d*/y, text, at) }
  if (/[a-z]/i.test(c)) return wordAt(text, at)
  if (c !== '+' && c !== '-') return undefined
  const digits = matchAt(/[+-]\s*\d[\d:.-]*/y, text, at)
  if (digits !== '') return { kind: 'zone', text: digits }
  const word = matchAt(/[+-]\s*[a-z]+/iy, text, at)
  return word === '' ? undefined : { kind: 'special', text: word }
}

function digitsAt(text: string, at: number): TimeToken {
  const time = matchAt(/\d+:[\d:.]*/y, text, at)
  if (time !== '') return { kind: 'time', text: time }
  const [, head = '', delimiter = ''] = /^(\d+)([-/.]?)/.exec(text.slice(at, at + 200))!
  if (delimiter === '') return { kind: 'number', text: head }
  const after = at + head.length + 1
  const digits = matchAt(/\d+/y, text, after)
  if (digits === '') {
    const named = takeWhile(text, after, c => /[0-9a-z]/i.test(c) || c === delimiter)
    return { kind: 'date', text: head + delimiter + named }
  }
  const end = after + digits.length
  if (text[end] !== delimiter)
    return { kind: delimiter === '.' ? 'number' : 'date', text: head + delimiter + digits }
  const more = takeWhile(text, end + 1, c => /[0-9]/.test(c) || c === delimiter)
  return { kind: 'date', text: head + delimiter + digits + delimiter + more }
}

/** A word with punctuation or digits behind it is a date (`jan-08-1999`) or a zone (`america/new_york`, `pst+8`). */
function wordAt(text: string, at: number): TimeToken {
  const word = matchAt(/[a-z]+/iy, text, at)
  const next = text[at + word.length] ?? ''
  const joined = /[-/.]/.test(next) || (/[+\d]/.test(next) && timeWord(word.toLowerCase()) === undefined)
  if (!joined) return { kind: 'string', text: word }
  return { kind: 'date', text: matchAt(/[a-z]+[-+/_.:a-z0-9]*/iy, text, at) }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function takeWhile(text: string, from: number, holds: (c: string) => boolean): string {
  let end = from
  while (end < text.length && holds(text[end]!)) end++
  return text.slice(from, end)
}
