import { civilFromDays, daysFromCivil, daysInMonth } from './datetime.ts'
import {
  DATE_SEEN,
  fraction,
  leadingInteger,
  microsOf,
  type Reading,
  SEEN,
  TIME_SEEN,
  unreadable,
} from './time-reading.ts'
import { timeWord } from './time-words.ts'

const UNIX_EPOCH_JULIAN_DAY = 2_440_588

/** Notes fields as read; one that was read before makes the text no date. */
export function see(r: Reading, fields: number): undefined {
  if ((r.seen & fields) !== 0) throw unreadable(r, 'format')
  r.seen |= fields
}

export function setJulianDay(r: Reading, julian: number): undefined {
  if (julian < 0) throw unreadable(r, 'range')
  const { year, month, day } = civilFromDays(julian - UNIX_EPOCH_JULIAN_DAY)
  Object.assign(r, { year, month, day, julian: true })
}

/** Reads a date with delimiters: `1999-01-08`, `8.jan.1999`, `1/8/99`. */
export function readDate(r: Reading, text: string): undefined {
  const parts = text.split(/[^0-9a-z]+/).flatMap(part => part.match(/\d+|[a-z]+/g) ?? [])
  if (/[^0-9a-z]{2}$/.test(text)) throw unreadable(r, 'format')
  const [words, numbers] = [parts.filter(p => /^[a-z]/.test(p)), parts.filter(p => /^\d/.test(p))]
  let textMonth = false
  for (const part of words) {
    const word = timeWord(part)
    if (word?.kind === 'ignored') continue
    if (word?.kind !== 'month') throw unreadable(r, 'format')
    see(r, SEEN.month)
    r.month = word.value
    textMonth = true
  }
  for (const part of numbers) readNumber(r, part, textMonth)
  if ((r.seen & ~(SEEN.dayOfYear | SEEN.zone)) !== DATE_SEEN) throw unreadable(r, 'format')
}

/** Reads a number as the field that what was read so far and the order of the date make it. */
export function readNumber(r: Reading, text: string, textMonth: boolean): undefined {
  const { value, rest } = leadingInteger(r, text)
  if (rest.startsWith('.') && text.length - rest.length > 2) {
    const before = r.seen
    r.seen |= DATE_SEEN
    const fields = readDigits(r, text)
    r.seen = before
    return see(r, fields)
  }
  if (rest.startsWith('.')) r.micros = fraction(r, rest)
  else if (rest !== '') throw unreadable(r, 'format')
  const seen = r.seen & DATE_SEEN
  if (text.length === 3 && seen === SEEN.year && value >= 1 && value <= 366) {
    see(r, SEEN.dayOfYear | SEEN.month | SEEN.day)
    r.dayOfYear = value
    return
  }
  const field = fieldOfNumber(r, seen, text, textMonth)
  if (field === 'time') return see(r, readDigits(r, text))
  if (field === 'late-year') {
    see(r, SEEN.day)
    r.day = r.year
    r.year = value
    r.shortYear = false
    return
  }
  see(r, SEEN[field])
  r[field] = value
  if (field === 'year') r.shortYear = text.length <= 2
}

type NumberField = 'year' | 'month' | 'day' | 'late-year' | 'time'

function fieldOfNumber(r: Reading, seen: number, text: string, textMonth: boolean): NumberField {
  const yearFirst = text.length >= 3 || r.order === 'YMD'
  switch (seen) {
    case 0:
      return yearFirst ? 'year' : r.order === 'DMY' ? 'day' : 'month'
    case SEEN.year:
    case SEEN.day:
      return 'month'
    case SEEN.month:
      return textMonth && yearFirst ? 'year' : 'day'
    case SEEN.year | SEEN.month:
      // `08-jan-1999` where years come first: what was taken for the year is the day.
      return textMonth && text.length >= 3 && r.shortYear ? 'late-year' : 'day'
    case SEEN.month | SEEN.day:
      return 'year'
    case DATE_SEEN:
      return 'time'
    default:
      throw unreadable(r, 'format')
  }
}

/** Reads digits run together as a date (`19990108`) or a time (`040506.7`); returns the fields they are. */
export function readDigits(r: Reading, text: string): number {
  let digits = text
  const point = text.indexOf('.')
  if (point !== -1) {
    r.micros = microsOf(text.slice(point))
    digits = text.slice(0, point)
  } else if ((r.seen & DATE_SEEN) !== DATE_SEEN && digits.length >= 6) {
    const end = digits.length
    r.day = Number(digits.slice(end - 2))
    r.month = Number(digits.slice(end - 4, end - 2))
    r.year = Math.min(Number(digits.slice(0, end - 4)), 0x7fffffff)
    if (end === 6) r.shortYear = true
    return DATE_SEEN
  }
  if ((r.seen & TIME_SEEN) === TIME_SEEN || (digits.length !== 6 && digits.length !== 4))
    throw unreadable(r, 'format')
  r.second = digits.length === 6 ? Number(digits.slice(4)) : 0
  r.minute = Number(digits.slice(2, 4))
  r.hour = Number(digits.slice(0, 2))
  return TIME_SEEN
}

/** Brings the year to what it means and checks that there is such a day. */
export function checkDate(r: Reading, beforeChrist: boolean): undefined {
  if ((r.seen & SEEN.year) !== 0 && !r.julian) {
    if (beforeChrist || !r.shortYear) {
      if (r.year <= 0) throw unreadable(r, 'range')
      if (beforeChrist) r.year = 1 - r.year
    } else if (r.year < 100) r.year += r.year < 70 ? 2000 : 1900
  }
  if ((r.seen & SEEN.dayOfYear) !== 0)
    Object.assign(r, civilFromDays(daysFromCivil(r.year, 1, 1) + r.dayOfYear - 1))
  if ((r.seen & SEEN.month) !== 0 && (r.month < 1 || r.month > 12)) throw unreadable(r, 'order')
  if ((r.seen & SEEN.day) !== 0 && (r.day < 1 || r.day > 31)) throw unreadable(r, 'order')
  if ((r.seen & DATE_SEEN) === DATE_SEEN && r.day > daysInMonth(r.year, r.month)) throw unreadable(r, 'range')
}
