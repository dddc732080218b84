import * as t from '../../types/time/datetime.ts'

/** A piece of a to_char pattern: a keyword with its modifiers, or text. */
export interface Piece {
  readonly word: string
  /** The keyword as written: its case picks the case of names. */
  readonly written: string
  readonly fill: boolean
  readonly ordinal: '' | 'th' | 'TH'
  readonly text: boolean
  /** Text that stood in double quotes. */
  readonly quoted?: boolean
}

const WORDS =
  'SSSSS SSSS Y,YYY YYYY IYYY YYY IYY MONTH Month month FF1 FF2 FF3 FF4 FF5 FF6 HH24 HH12 A.D. a.d. B.C. b.c. A.M. a.m. P.M. p.m. ' +
  'DAY Day day DDD IDDD MON Mon mon MM HH MI SS MS US AM am PM pm AD ad BC bc YY IY DY Dy dy DD ID WW IW CC RM rm TZH TZM TZ tz OF Y I D W J Q'
const KNOWN = WORDS.split(' ').sort((a, b) => b.length - a.length)
const CACHE_MAX = 500
const cache = new Map<string, readonly Piece[]>()

/** Splits a date pattern as PostgreSQL does; quoted text stays as it is. */
export function datePieces(pattern: string): readonly Piece[] {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const pieces: Piece[] = []
  let at = 0
  while (at < pattern.length) {
    let from = at
    const fill = /^(FM|fm)/.test(pattern.slice(from))
    if (/^(FM|fm|FX|fx)/.test(pattern.slice(from))) from += 2
    if (/^(TM|tm)/.test(pattern.slice(from))) from += 2
    const rest = pattern.slice(from)
    const exact = KNOWN.find(w => rest.startsWith(w))
    const loose = KNOWN.find(w => asciiUpper(rest.slice(0, w.length)) === w)
    const word = (loose?.length ?? 0) > (exact?.length ?? 0) ? loose : exact
    if (word !== undefined) {
      from += word.length
      const ordinal = /^(TH|th)/.exec(pattern.slice(from))?.[0] ?? ''
      from += ordinal.length
      const written = rest.slice(0, word.length)
      pieces.push({
        word: asciiUpper(word),
        written,
        fill,
        ordinal: ordinal as Piece['ordinal'],
        text: false,
      })
    } else if (from > at && /^(FM|fm|FX|fx)/.test(pattern.slice(at))) {
      // A modifier before no keyword says nothing.
    } else if (pattern[at] === '"') {
      const end = /"((?:\\.|[^"\\])*)"?/y
      end.lastIndex = at
      const match = end.exec(pattern)!
      from = at + match[0].length
      pieces.push({ ...plain(match[1]!.replace(/\\(.)/g, '$1')), quoted: true })
    } else {
      if (pattern[at] === '\\' && pattern[at + 1] === '"') at++
      const c = String.fromCodePoint(pattern.codePointAt(at)!)
      from = at + c.length
      pieces.push(plain(c))
    }
    at = from
  }
  if (cache.size > CACHE_MAX) cache.clear()
  cache.set(pattern, pieces)
  return pieces
}

function plain(text: string): Piece {
  return { word: '', written: text, fill: false, ordinal: '', text: true }
}

export const ROMAN = 'I II III IV V VI VII VIII IX X XI XII'.split(' ')

/** Days of January 1st of the year. */
export function newYear(year: number): number {
  return t.daysFromCivil(year, 1, 1)
}

function asciiUpper(text: string): string {
  return text.replace(/[a-z]/g, c => c.toUpperCase())
}
