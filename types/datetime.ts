import { SqlError } from './error.ts'
import { clock } from './interval.ts'
import { zoneOffsetSeconds } from './time-zone.ts'
import type { Interval } from './value.ts'

export { instantToLocal, localToInstant, zoneOffsetSeconds } from './time-zone.ts'

export const INFINITY_MICROS = 2n ** 63n - 1n
export const MINUS_INFINITY_MICROS = -(2n ** 63n)
export const DAY_MICROS = 86_400_000_000n
const DAY = DAY_MICROS
/** Range of timestamp and timestamptz: from 4714-11-24 BC to 294247-01-10, where 64 bits of microseconds end. */
export const TIMESTAMP_START = -210866803200000000n
export const TIMESTAMP_END = INFINITY_MICROS
/** Range of date in days since 1970-01-01: from 4714-11-24 BC to 5874897-12-31. */
export const DATE_START = -2440588
export const DATE_END = 2145042906

/** Days since 1970-01-01 of a proleptic Gregorian date (Hinnant's algorithm). Month from 1. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return (
    era * 146097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719468
  )
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  }
}

export function daysInMonth(year: number, month: number): number {
  return (
    daysFromCivil(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) -
    daysFromCivil(year, month, 1)
  )
}

/** Whole days and the rest, for microseconds before 1970 too. */
export function splitMicros(micros: bigint): { days: number; time: bigint } {
  let days = micros / DAY
  let time = micros % DAY
  if (time < 0n) {
    days -= 1n
    time += DAY
  }
  return { days: Number(days), time }
}

export function formatDate(days: number): string {
  if (days === 0x7fffffff) return 'infinity'
  if (days === -0x80000000) return '-infinity'
  const { text, era } = calendarDate(days)
  return text + era
}

function calendarDate(days: number): { text: string; era: string } {
  const { year, month, day } = civilFromDays(days)
  const text = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}-${two(month)}-${two(day)}`
  return { text, era: year > 0 ? '' : ' BC' }
}

export function formatTimestamp(micros: bigint): string {
  if (micros === INFINITY_MICROS) return 'infinity'
  if (micros === MINUS_INFINITY_MICROS) return '-infinity'
  return withZone(micros, '')
}

/** The era stands last, after the zone. */
function withZone(local: bigint, zone: string): string {
  const { days, time } = splitMicros(local)
  const { text, era } = calendarDate(days)
  return `${text} ${clock(time)}${zone}${era}`
}

/** Hours and minutes of the offset always: `+00:00`, RisingWave's form, which PostgreSQL's clients know from half-hour zones. */
export function formatTimestamptz(micros: bigint, zone = 'UTC'): string {
  if (micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return formatTimestamp(micros)
  const offset = zoneOffsetSeconds(zone, micros)
  const seconds = Math.abs(offset)
  const parts = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60]
  if (seconds % 60 !== 0) parts.push(seconds % 60)
  const tail = `${offset < 0 ? '-' : '+'}${parts.map(two).join(':')}`
  return withZone(micros + BigInt(offset) * 1_000_000n, tail)
}

/** `2026-01-31[ T]12:34:56.789[zone]`; date alone is midnight. undefined when it is no timestamp. `range`: a field is out of range. */
export function parseTimestamp(
  text: string,
): { micros: bigint; zone: string | undefined } | 'range' | undefined {
  const trimmed = text.trim()
  const word = trimmed.toLowerCase()
  if (word === 'infinity') return { micros: INFINITY_MICROS, zone: undefined }
  if (word === '-infinity') return { micros: MINUS_INFINITY_MICROS, zone: undefined }
  if (word === 'epoch') return { micros: 0n, zone: undefined }
  const match =
    /^(\d{1,7})-(\d{1,2})-(\d{1,2})(?:(?:[ T]\s*)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)?\s*(Z|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z_/+-]*\d*)?(\s+BC)?$/i.exec(
      trimmed,
    )
  if (match === null) return undefined
  const bc = match[9] !== undefined || match[8]?.toUpperCase() === 'BC'
  const year = bc ? 1 - Number(match[1]) : Number(match[1])
  const month = Number(match[2])
  const day = Number(match[3])
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return 'range'
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && (minute > 0 || second > 0))) return 'range'
  const fraction = BigInt(Math.round(Number(`0.${match[7] || '0'}`) * 1e6))
  const time = BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + fraction
  return {
    micros: BigInt(daysFromCivil(year, month, day)) * DAY + time,
    zone: match[8]?.toUpperCase() === 'BC' ? undefined : match[8],
  }
}

/** Microseconds since midnight; undefined when it is no time. */
export function parseTime(text: string): bigint | 'range' | undefined {
  const match = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?\s*(am|pm)?$/i.exec(text.trim())
  if (match === null) return undefined
  let hour = Number(match[1])
  if (match[5] !== undefined) hour = (hour % 12) + (match[5].toLowerCase() === 'pm' ? 12 : 0)
  const [minute, second] = [Number(match[2]), Number(match[3] ?? 0)]
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && (minute > 0 || second > 0))) return 'range'
  const fraction = Math.round(Number(`0.${match[4] || '0'}`) * 1e6)
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(fraction)
}

/** The timestamp itself. Throws 22008 beyond PostgreSQL's range. */
export function checkTimestamp(micros: bigint): bigint {
  if (micros >= TIMESTAMP_START && micros < TIMESTAMP_END) return micros
  throw new SqlError('datetime_field_overflow', 'timestamp out of range')
}

/** timestamp + interval: months (clamped to the month's end), then days, then time. */
export function addInterval(micros: bigint, interval: Interval): bigint {
  if (micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return micros
  let { days, time } = splitMicros(micros)
  if (interval.months !== 0) {
    const { year, month, day } = civilFromDays(days)
    const months = year * 12 + month - 1 + interval.months
    const [y, m] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1]
    days = daysFromCivil(y, m, Math.min(day, daysInMonth(y, m)))
  }
  days += interval.days
  time += interval.micros
  return checkTimestamp(BigInt(days) * DAY + time)
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
