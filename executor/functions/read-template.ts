import { SqlError } from '../../types/error.ts'
import { DAYS, DAYS_SHORT, MONTHS, MONTHS_SHORT } from '../../types/time/calendar-names.ts'
import { datePieces, type Piece, ROMAN } from './format-pattern.ts'
import type { TemplateFields } from './template-fields.ts'

// What to_date, to_timestamp and jsonpath's datetime() read, after DCH_from_char of PostgreSQL's formatting.c: input and template are walked side by side; one
// space or separator of the template stands for at most one of the input, and other text for any character.

/** Digits a number takes at most, where the next piece does not end it. */
const LENGTHS: Readonly<Record<string, number>> = {
  HH: 2,
  HH12: 2,
  HH24: 2,
  MI: 2,
  SS: 2,
  MS: 3,
  US: 6,
  FF1: 1,
  FF2: 2,
  FF3: 3,
  FF4: 4,
  FF5: 5,
  FF6: 6,
  SSSS: 4,
  SSSSS: 5,
  TZH: 2,
  TZM: 2,
  MM: 2,
  DDD: 3,
  IDDD: 3,
  DD: 2,
  D: 1,
  ID: 1,
  WW: 2,
  IW: 2,
  Q: 1,
  CC: 2,
  YYYY: 4,
  IYYY: 4,
  YYY: 3,
  IYY: 3,
  YY: 2,
  IY: 2,
  Y: 1,
  I: 1,
  W: 1,
  J: 1,
}
const ISO: ReadonlySet<string> = new Set(['ID', 'IDDD', 'IW', 'IYYY', 'IYY', 'IY', 'I'])
const GREGORIAN: ReadonlySet<string> = new Set('D DDD DD MM MONTH MON RM WW W YYYY YYY YY Y Y,YYY'.split(' '))

interface Reader {
  readonly text: string
  at: number
  readonly fields: TemplateFields
  /** Characters skipped before a field beyond those the template names. */
  skipped: number
}

/** The fields of a text by a template, all of both when `strict` (SQL's own templates). Throws 22007, 22008, 0A000. */
export function readByTemplate(text: string, template: string, strict = false): TemplateFields {
  const fixed = strict || /fx/i.test(template.slice(0, 2))
  const pieces = datePieces(template).flatMap(characters)
  if (strict) checkSeparators(pieces)
  const r: Reader = { text, at: 0, fields: {}, skipped: 0 }
  let i = 0
  for (; i < pieces.length && r.at < text.length; i++) {
    const piece = pieces[i]!
    if (!fixed && (!piece.text || i === 0)) skipSpace(r)
    if (!piece.text) {
      field(r, piece, endsNumber(piece, pieces[i + 1]))
      if (!fixed) {
        r.skipped = 0
        skipSpace(r)
      }
    } else if (strict) sameCharacter(r, piece)
    else if (!piece.quoted && isGap(piece.written)) {
      if (fixed) r.at++
      else {
        r.skipped--
        if (isGap(text[r.at]!)) {
          r.at++
          r.skipped++
        }
      }
    } else if (!fixed && r.skipped > 0) r.skipped--
    else r.at += text.codePointAt(r.at)! > 0xffff ? 2 : 1
  }
  if (strict && i < pieces.length) throw unlike('input string is too short for datetime format')
  if (strict && text.slice(r.at).trim() !== '')
    throw unlike('trailing characters remain in input string after datetime format')
  return r.fields
}

function sameCharacter(r: Reader, { written, quoted }: Piece): void {
  if (!r.text.startsWith(written, r.at))
    throw unlike(`unmatched format ${quoted ? 'character' : 'separator'} "${written}"`)
  r.at += written.length
}

/** Text without quotes stands for itself in few characters only. */
function checkSeparators(pieces: readonly Piece[]): void {
  for (const { text, quoted, written } of pieces)
    if (text && !quoted && !"-./,':; ".includes(written))
      throw unlike(`invalid datetime format separator: "${written}"`)
}

function unlike(message: string): SqlError {
  return new SqlError('invalid_datetime_format', message)
}

function characters(piece: Piece): readonly Piece[] {
  return piece.text ? Array.from(piece.written, written => ({ ...piece, written })) : [piece]
}

/** Spaces and ASCII that is neither letter nor digit. */
function isGap(c: string): boolean {
  return /[\s!-/:-@[-`{-~]/.test(c)
}

function skipSpace(r: Reader): void {
  while (r.at < r.text.length && /\s/.test(r.text[r.at]!)) {
    r.at++
    r.skipped++
  }
}

/** Whether a number may be longer than its field: no digit can follow it. */
function endsNumber(piece: Piece, next: Piece | undefined): boolean {
  if (piece.fill || piece.ordinal !== '' || next === undefined) return true
  if (next.text) return !/\d/.test(next.written)
  return next.word === 'TZH' || (LENGTHS[next.word] === undefined && next.word !== 'Y,YYY')
}

function field(r: Reader, piece: Piece, open: boolean): void {
  const { fields } = r
  const { word } = piece
  setConvention(fields, word)
  const named = NAMED[word]
  if (named !== undefined) {
    const [name, names] = named
    set(fields, name, oneOf(r, names, piece) + 1, piece)
    if (name === 'pm') fields.twelve = true
    return
  }
  switch (word) {
    case 'TZ':
    case 'OF':
      throw new SqlError(
        'feature_not_supported',
        `formatting field "${piece.written}" is only supported in to_char`,
      )
    case 'TZH':
      zoneSign(r)
      break
    case 'TZM':
      fields.zoneSign ??= 1
      break
    case 'Y,YYY':
      commaYear(r, piece)
      return
    default:
  }
  const { value, length } = integer(r, piece, open)
  store(fields, word, value, length, piece)
  if (piece.ordinal !== '') r.at += 2
}

const HALVES = ['AM', 'PM']
const HALVES_DOTTED = ['A.M.', 'P.M.']
const ERAS = ['AD', 'BC']
const ERAS_DOTTED = ['A.D.', 'B.C.']

/** Fields that take one of these names: its place, counted from 1. */
const NAMED: Readonly<Record<string, readonly [NumberField, readonly string[]]>> = {
  AM: ['pm', HALVES],
  PM: ['pm', HALVES],
  'A.M.': ['pm', HALVES_DOTTED],
  'P.M.': ['pm', HALVES_DOTTED],
  AD: ['bc', ERAS],
  BC: ['bc', ERAS],
  'A.D.': ['bc', ERAS_DOTTED],
  'B.C.': ['bc', ERAS_DOTTED],
  MONTH: ['month', MONTHS],
  MON: ['month', MONTHS_SHORT],
  RM: ['month', ROMAN],
  DAY: ['weekday', DAYS],
  DY: ['weekday', DAYS_SHORT],
}

/** Fields that take a number as it stands. */
const PLAIN: Readonly<Record<string, NumberField>> = {
  HH: 'hour',
  HH12: 'hour',
  HH24: 'hour',
  MI: 'minute',
  SS: 'second',
  SSSS: 'secondOfDay',
  SSSSS: 'secondOfDay',
  TZH: 'zoneHour',
  TZM: 'zoneMinute',
  MM: 'month',
  DD: 'day',
  DDD: 'dayOfYear',
  IDDD: 'dayOfYear',
  D: 'weekday',
  WW: 'week',
  IW: 'week',
  W: 'weekOfMonth',
  CC: 'century',
  J: 'julian',
}

function store(fields: TemplateFields, word: string, value: number, length: number, piece: Piece): void {
  if (word === 'HH' || word === 'HH12') fields.twelve = true
  const plain = PLAIN[word]
  if (plain !== undefined) set(fields, plain, value, piece)
  else if (word === 'MS') set(fields, 'millis', value * 10 ** Math.max(0, 3 - length), piece)
  else if (word === 'US' || /^FF/.test(word))
    set(fields, 'micros', value * 10 ** Math.max(0, 6 - length), piece)
  // Sunday is 1 from here on.
  else if (word === 'ID') set(fields, 'weekday', value >= 7 ? 1 : value + 1, piece)
  else if (word !== 'Q') {
    fields.yearDigits = word.length
    set(fields, 'year', word.length < 4 && length < 4 ? nearYear(value) : value, piece)
  }
}

type NumberField = Exclude<keyof TemplateFields, 'twelve' | 'convention'>

function set(fields: TemplateFields, name: NumberField, value: number, piece: Piece): void {
  const before = fields[name]
  if (before !== undefined && before !== 0 && before !== value)
    throw new SqlError(
      'invalid_datetime_format',
      `conflicting values for "${piece.written}" field in formatting string`,
      { detail: 'This value contradicts a previous setting for the same field type.' },
    )
  fields[name] = value
}

function setConvention(fields: TemplateFields, word: string): void {
  const convention = ISO.has(word) ? 'iso' : GREGORIAN.has(word) ? 'gregorian' : undefined
  if (convention === undefined) return
  if (fields.convention !== undefined && fields.convention !== convention)
    throw new SqlError('invalid_datetime_format', 'invalid combination of date conventions', {
      hint: 'Do not mix Gregorian and ISO week date conventions in a formatting template.',
    })
  fields.convention = convention
}

/** A year of fewer than four digits is the one nearest to 2020. */
function nearYear(year: number): number {
  if (year < 70) return year + 2000
  if (year < 100) return year + 1900
  if (year < 520) return year + 2000
  return year < 1000 ? year + 1000 : year
}

function oneOf(r: Reader, names: readonly string[], piece: Piece): number {
  const rest = r.text.slice(r.at).toLowerCase()
  let best = -1
  names.forEach((name, i) => {
    if (rest.startsWith(name.toLowerCase()) && (best === -1 || name.length > names[best]!.length)) best = i
  })
  if (best === -1) {
    const shown = /^[^\s]*/.exec(r.text.slice(r.at))![0]
    throw new SqlError('invalid_datetime_format', `invalid value "${shown}" for "${piece.written}"`, {
      detail: 'The given value did not match any of the allowed values for this field.',
    })
  }
  r.at += names[best]!.length
  return best
}

function zoneSign(r: Reader): void {
  const c = r.text[r.at]
  if (c === '+' || c === '-' || c === ' ') {
    r.fields.zoneSign = c === '-' ? -1 : 1
    r.at++
  } else r.fields.zoneSign = r.skipped > 0 && r.text[r.at - 1] === '-' ? -1 : 1
}

function commaYear(r: Reader, piece: Piece): void {
  const match = /^\s*([+-]?\d+),\s*([+-]?\d{1,3})/.exec(r.text.slice(r.at))
  if (match === null) throw new SqlError('invalid_datetime_format', 'invalid input string for "Y,YYY"')
  set(r.fields, 'year', Number(match[1]) * 1000 + Number(match[2]), piece)
  r.fields.yearDigits = 4
  r.at += match[0].length
  if (piece.ordinal !== '') r.at += 2
}

/** from_char_parse_int_len. `length`: characters it took. */
function integer(r: Reader, piece: Piece, open: boolean): { value: number; length: number } {
  const most = LENGTHS[piece.word]!
  while (/\s/.test(r.text[r.at] ?? '')) r.at++
  const rest = r.text.slice(r.at)
  const copy = rest.slice(0, most)
  const found = /^[+-]?\d+/.exec(open ? rest : copy)?.[0] ?? ''
  const invalid = (detail: string, condition: 'short' | 'value') =>
    new SqlError(
      'invalid_datetime_format',
      condition === 'short'
        ? `source string too short for "${piece.written}" formatting field`
        : `invalid value "${copy}" for "${piece.written}"`,
      {
        detail,
        hint: open ? undefined : 'If your source string is not fixed-width, try using the "FM" modifier.',
      },
    )
  if (!open && copy.length < most)
    throw invalid(`Field requires ${most} characters, but only ${copy.length} remain.`, 'short')
  if (!open && found.length > 0 && found.length < most)
    throw invalid(`Field requires ${most} characters, but only ${found.length} could be parsed.`, 'value')
  if (found === '') throw invalid('Value must be an integer.', 'value')
  const value = Number(found)
  if (Math.abs(value) > 2147483647)
    throw new SqlError(
      'datetime_field_overflow',
      `value for "${piece.written}" in source string is out of range`,
      { detail: 'Value must be in the range -2147483648 to 2147483647.' },
    )
  r.at += found.length
  return { value, length: found.length }
}
