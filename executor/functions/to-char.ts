import { SqlError } from '../../types/error.ts'
import { DAYS, MONTHS } from '../../types/time/calendar-names.ts'
import * as t from '../../types/time/datetime.ts'
import { zoneAbbreviation } from '../../types/time/zone-names.ts'
import type { Interval } from '../../types/value.ts'
import { isoWeek, isoWeekday } from './date-fields.ts'
import { datePieces, newYear, type Piece, ROMAN } from './format-pattern.ts'
import { intervalCalendar } from './interval-calendar.ts'
import { fn } from './registry.ts'

/** What a pattern may ask of a moment. */
interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Days since 1970; undefined for an interval. */
  readonly days: number | undefined
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
  readonly zone: string | undefined
  readonly offset: number | undefined
}

fn('to_char(timestamp, text) -> text', {
  help: 'as text by a pattern',
  call: (a: bigint, pattern: string) =>
    infinite(a) ? null : format(momentOf(a, undefined, undefined), pattern),
})
fn('to_char(timestamptz, text) -> text', {
  help: 'as text by a pattern',
  zoned: true,
  call: (a: bigint, pattern: string, zone: string) => {
    if (infinite(a)) return null
    return format(momentOf(t.instantToLocal(a, zone), zone, t.zoneOffsetSeconds(zone, a)), pattern)
  },
})
fn('to_char(interval, text) -> text', {
  help: 'as text by a pattern',
  call: (i: Interval, pattern: string) => format(momentOfInterval(i), pattern),
})

function infinite(a: bigint): boolean {
  return a === t.INFINITY_MICROS || a === t.MINUS_INFINITY_MICROS
}

function momentOf(local: bigint, zone: string | undefined, offset: number | undefined): Moment {
  const { days, time } = t.splitMicros(local)
  return { ...t.civilFromDays(days), days, ...clockOf(time), zone, offset }
}

function momentOfInterval(i: Interval): Moment {
  return {
    year: Math.trunc(i.months / 12),
    month: i.months % 12,
    day: i.days,
    days: undefined,
    ...clockOf(i.micros),
    zone: undefined,
    offset: undefined,
  }
}

function clockOf(time: bigint): Pick<Moment, 'hour' | 'minute' | 'second' | 'micros'> {
  return {
    hour: Number(time / 3_600_000_000n),
    minute: Number((time / 60_000_000n) % 60n),
    second: Number((time / 1_000_000n) % 60n),
    micros: Number(time % 1_000_000n),
  }
}

/** NULL for an empty pattern. */
function format(m: Moment, pattern: string): string | null {
  if (pattern === '') return null
  return datePieces(pattern)
    .map(piece => (piece.text ? piece.written : ordinal(field(m, piece), piece)))
    .join('')
}

function field(m: Moment, { word, written, fill }: Piece): string {
  // Room for a sign is made where the number that `of` names has one.
  const number = (value: number, width: number, of = value): string => {
    if (fill) return String(value)
    const digits = (of < 0 ? width + 1 : width) - (value < 0 ? 1 : 0)
    return `${value < 0 ? '-' : ''}${String(Math.abs(value)).padStart(digits, '0')}`
  }
  const name = (text: string, width: number): string => {
    const cased = caseOf(written, text)
    return fill ? cased : cased.padEnd(width)
  }
  const span = m.days === undefined ? intervalCalendar(m.year, m.month, m.day) : undefined
  if (span !== undefined && OF_DATES.has(word.toUpperCase()))
    throw new SqlError('invalid_datetime_format', 'invalid format specification for an interval value', {
      hint: 'Intervals are not tied to specific calendar dates.',
    })
  const year = m.days !== undefined && m.year <= 0 ? 1 - m.year : m.year
  const days = m.days ?? 0
  switch (word) {
    case 'HH':
    case 'HH12':
      return number(m.hour % 12 === 0 ? 12 : m.hour % 12, 2, m.hour)
    case 'HH24':
      return number(m.hour, 2)
    case 'MI':
      return number(m.minute, 2)
    case 'SS':
      return number(m.second, 2)
    case 'MS':
      return String(Math.trunc(m.micros / 1000)).padStart(3, '0')
    case 'US':
      return String(m.micros).padStart(6, '0')
    case 'FF1':
    case 'FF2':
    case 'FF3':
    case 'FF4':
    case 'FF5':
    case 'FF6':
      return String(m.micros).padStart(6, '0').slice(0, Number(word[2]))
    case 'SSSS':
    case 'SSSSS':
      return number(m.hour * 3600 + m.minute * 60 + m.second, 0)
    case 'AM':
    case 'PM':
      return caseOf(written, m.hour % 24 >= 12 ? 'PM' : 'AM')
    case 'A.M.':
    case 'P.M.':
      return caseOf(written, m.hour % 24 >= 12 ? 'P.M.' : 'A.M.')
    case 'AD':
    case 'BC':
      return caseOf(written, m.year <= 0 ? 'BC' : 'AD')
    case 'A.D.':
    case 'B.C.':
      return caseOf(written, m.year <= 0 ? 'B.C.' : 'A.D.')
    case 'Y,YYY':
      return `${Math.trunc(year / 1000)},${year % 1000 < 0 ? '-' : ''}${String(Math.abs(year % 1000)).padStart(year % 1000 < 0 ? 2 : 3, '0')}`
    case 'YYYY':
      return number(year, 4)
    case 'YYY':
      return number(year % 1000, 3, year)
    case 'YY':
      return number(year % 100, 2, year)
    case 'Y':
      return number(year % 10, 1, year)
    case 'IYYY':
      return number(isoYear(m), 4, year)
    case 'IYY':
      return number(isoYear(m) % 1000, 3, year)
    case 'IY':
      return number(isoYear(m) % 100, 2, year)
    case 'I':
      return number(isoYear(m) % 10, 1, year)
    case 'MONTH':
      return m.month === 0 ? '' : name(MONTHS[m.month - 1] ?? '', 9)
    case 'MON':
      return m.month === 0 ? '' : name((MONTHS[m.month - 1] ?? '').slice(0, 3), 3)
    case 'MM':
      return number(m.month, 2)
    case 'DAY':
      return name(DAYS[isoWeekday(days) % 7]!, 9)
    case 'DY':
      return name(DAYS[isoWeekday(days) % 7]!.slice(0, 3), 3)
    case 'DDD':
      return number(span?.yearDay ?? days - newYear(m.year) + 1, 3)
    case 'IDDD':
      return number(span?.isoDay ?? (isoWeek(days).week - 1) * 7 + isoWeekday(days), 3)
    case 'DD':
      return number(m.day, 2, 0)
    case 'D':
      return number((isoWeekday(days) % 7) + 1, 1)
    case 'ID':
      return number(isoWeekday(days), 1)
    case 'WW':
      return number(Math.trunc(((span?.yearDay ?? days - newYear(m.year) + 1) - 1) / 7) + 1, 2)
    case 'W':
      return number(Math.trunc((m.day - 1) / 7) + 1, 1)
    case 'IW':
      return number(span === undefined ? isoWeek(days).week : Math.trunc((span.isoDay - 1) / 7) + 1, 2)
    case 'Q':
      return m.month === 0 ? '' : number(Math.trunc((m.month - 1) / 3) + 1, 1)
    case 'CC': {
      const century =
        m.days === undefined
          ? Math.trunc(m.year / 100)
          : m.year > 0
            ? Math.ceil(m.year / 100)
            : -Math.floor((100 - m.year) / 100)
      return number(century, 2)
    }
    case 'RM':
      if (m.month === 0 && m.year === 0) return ''
      return name(ROMAN[m.month === 0 ? (m.year > 0 ? 11 : 0) : m.month < 0 ? m.month + 12 : m.month - 1]!, 4)
    case 'J':
      return String(span?.julian ?? days + 2440588)
    case 'TZ':
      return zoneName(m, written)
    case 'TZH':
      return m.offset === undefined
        ? ''
        : `${m.offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(m.offset) / 3600))}`
    case 'TZM':
      return m.offset === undefined ? '' : two(Math.trunc((Math.abs(m.offset) % 3600) / 60))
    default: {
      if (m.offset === undefined) return '+00'
      const minutes = Math.trunc((Math.abs(m.offset) % 3600) / 60)
      const hours = `${m.offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(m.offset) / 3600))}`
      return minutes === 0 ? hours : `${hours}:${two(minutes)}`
    }
  }
}

/** What only a date has. */
const OF_DATES: ReadonlySet<string> = new Set(
  'A.D. B.C. AD BC MONTH MON DAY DY D ID TZ TZH TZM OF'.split(' '),
)

function isoYear(m: Moment): number {
  if (m.days === undefined) return intervalCalendar(m.year, m.month, m.day).isoYear
  const { year } = isoWeek(m.days)
  return year <= 0 ? 1 - year : year
}

function zoneName(m: Moment, written: string): string {
  if (m.zone === undefined) return ''
  const seconds = (m.days ?? 0) * 86_400 + m.hour * 3600 + m.minute * 60 + m.second - (m.offset ?? 0)
  const name = zoneAbbreviation(m.zone, BigInt(seconds) * 1_000_000n)
  return written === 'tz' ? name.toLowerCase() : name
}

/** All upper, all lower or as is, by how the keyword is written. */
function caseOf(written: string, text: string): string {
  if (written === written.toUpperCase()) return text.toUpperCase()
  return written === written.toLowerCase() ? text.toLowerCase() : text
}

function ordinal(text: string, { ordinal: suffix }: Piece): string {
  if (suffix === '' || !/^-?\d+$/.test(text)) return text
  const teen = /1\d$/.test(text)
  const end = teen ? 'th' : (({ '1': 'st', '2': 'nd', '3': 'rd' } as const)[text.at(-1) as '1'] ?? 'th')
  return text + (suffix === 'TH' ? end.toUpperCase() : end)
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
