import type { Interval } from '../value.ts'
import { DAYS_SHORT, MONTHS_SHORT } from './calendar-names.ts'
import {
  civilFromDays,
  formatDate,
  formatTimestamp,
  formatTimestamptz,
  INFINITY_MICROS,
  MINUS_INFINITY_MICROS,
  splitMicros,
} from './datetime.ts'
import { clock, formatInterval } from './interval.ts'
import type { TimeStyle } from './time-style.ts'
import { zoneOffsetSeconds } from './time-zone.ts'
import { zoneAbbreviation } from './zone-names.ts'
import { offsetText } from './zone-offset.ts'

/** A date in the session's DateStyle. */
export function styledDate(days: number, style: TimeStyle): string {
  if (style.output === 'ISO' || days === 0x7fffffff || days === -0x80000000) return formatDate(days)
  const { year, era } = yearOf(days)
  return `${dayAndMonth(days, style)}${style.output === 'SQL' ? '/' : style.output === 'German' ? '.' : '-'}${year}${era}`
}

/** A timestamp, or local time and an offset for timestamptz, in the session's DateStyle. */
export function styledTimestamp(micros: bigint, style: TimeStyle, zoned: boolean): string {
  const finite = micros !== INFINITY_MICROS && micros !== MINUS_INFINITY_MICROS
  if (style.output === 'ISO' || !finite) return inDialect(micros, style, zoned)
  const offset = zoned ? zoneOffsetSeconds(style.zone, micros) : 0
  const { days, time } = splitMicros(micros + BigInt(offset) * 1_000_000n)
  const { year, era } = yearOf(days)
  const zone = zoned ? zoneText(micros, offset, style) : ''
  if (style.output === 'Postgres') {
    const weekday = DAYS_SHORT[(((days + 4) % 7) + 7) % 7]
    return `${weekday} ${dayAndMonth(days, style, true)} ${clock(time)} ${year}${zone}${era}`
  }
  const separator = style.output === 'SQL' ? '/' : '.'
  return `${dayAndMonth(days, style)}${separator}${year} ${clock(time)}${zone}${era}`
}

function inDialect(micros: bigint, { zone, dialect }: TimeStyle, zoned: boolean): string {
  const { fractionsOfThree: threes, wholeOffsets } = dialect
  return zoned ? formatTimestamptz(micros, zone, { threes, wholeOffsets }) : formatTimestamp(micros, threes)
}

/** An interval in the session's IntervalStyle. */
export function styledInterval(i: Interval, style: TimeStyle): string {
  switch (style.intervals) {
    case 'postgres':
      return formatInterval(i)
    case 'postgres_verbose':
      return verbose(i)
    case 'sql_standard':
      return standard(i)
    case 'iso_8601':
      return iso(i)
  }
}

function yearOf(days: number): { year: string; era: string } {
  const { year } = civilFromDays(days)
  return { year: String(year > 0 ? year : 1 - year).padStart(4, '0'), era: year > 0 ? '' : ' BC' }
}

function dayAndMonth(days: number, { output, order }: TimeStyle, named = false): string {
  const { month, day } = civilFromDays(days)
  const parts = [two(day), named ? MONTHS_SHORT[month - 1]! : two(month)]
  if (output !== 'German' && order !== 'DMY') parts.reverse()
  return parts.join(named ? ' ' : output === 'SQL' ? '/' : output === 'German' ? '.' : '-')
}

function zoneText(micros: bigint, offset: number, style: TimeStyle): string {
  const name = zoneAbbreviation(style.zone, micros)
  if (name !== '') return ` ${name}`
  return `${style.output === 'Postgres' ? ' ' : ''}${offsetText(offset)}`
}

const two = (n: number | bigint) => String(n).padStart(2, '0')

interface Parts {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: bigint
  readonly minutes: bigint
  /** Seconds with their fraction, without a sign. */
  readonly seconds: string
  /** The time of day is below zero. */
  readonly before: boolean
}

function partsOf(i: Interval): Parts {
  const before = i.micros < 0n
  const size = before ? -i.micros : i.micros
  const fraction = size % 1_000_000n
  const tail = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  return {
    years: Math.trunc(i.months / 12),
    months: i.months % 12,
    days: i.days,
    hours: size / 3_600_000_000n,
    minutes: (size / 60_000_000n) % 60n,
    seconds: `${(size / 1_000_000n) % 60n}${tail}`,
    before,
  }
}

/** `@ 1 year 2 mons -3 days 4 hours ago`: the first field says whether all is ago. */
function verbose(i: Interval): string {
  const p = partsOf(i)
  let ago: boolean | undefined
  const parts: string[] = []
  const add = (negative: boolean, size: string, unit: string) => {
    if (size === '0') return
    ago ??= negative
    parts.push(
      `${negative !== ago ? '-' : ''}${size} ${unit}${size === '1' && (negative === ago || unit === 'sec') ? '' : 's'}`,
    )
  }
  add(p.years < 0, String(Math.abs(p.years)), 'year')
  add(p.months < 0, String(Math.abs(p.months)), 'mon')
  add(p.days < 0, String(Math.abs(p.days)), 'day')
  add(p.before, String(p.hours), 'hour')
  add(p.before, String(p.minutes), 'min')
  add(p.before, p.seconds, 'sec')
  return parts.length === 0 ? '@ 0' : `@ ${parts.join(' ')}${ago ? ' ago' : ''}`
}

/** `1-2`, `3 4:05:06`, or with all signs where the standard has no form. */
function standard(i: Interval): string {
  const p = partsOf(i)
  const time = `${p.hours}:${two(p.minutes)}:${p.seconds.replace(/^(\d)(?!\d)/, '0$1')}`
  const negative = i.months < 0 || i.days < 0 || i.micros < 0n
  const positive = i.months > 0 || i.days > 0 || i.micros > 0n
  if (!negative && !positive) return '0'
  const dayTime = i.days !== 0 || i.micros !== 0n
  const sign = (below: boolean) => (below ? '-' : '+')
  const years = `${Math.abs(p.years)}-${Math.abs(p.months)}`
  if ((negative && positive) || (i.months !== 0 && dayTime))
    return `${sign(i.months < 0)}${years} ${sign(i.days < 0)}${Math.abs(i.days)} ${sign(p.before)}${time}`
  const head = negative ? '-' : ''
  if (i.months !== 0) return head + years
  return head + (i.days === 0 ? time : `${Math.abs(i.days)} ${time}`)
}

function iso(i: Interval): string {
  const p = partsOf(i)
  const minus = p.before ? '-' : ''
  const field = (value: string, unit: string) => (value === '0' || value === '-0' ? '' : value + unit)
  const date = field(String(p.years), 'Y') + field(String(p.months), 'M') + field(String(p.days), 'D')
  const size = (value: bigint | string) => (String(value) === '0' ? '0' : minus + value)
  const time = field(size(p.hours), 'H') + field(size(p.minutes), 'M') + field(size(p.seconds), 'S')
  return date === '' && time === '' ? 'PT0S' : `P${date}${time === '' ? '' : `T${time}`}`
}
