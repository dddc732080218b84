import { SqlError } from '../error.ts'
import type { Interval } from '../value.ts'
import { clock } from './interval.ts'
import { zoneOffsetSeconds } from './time-zone.ts'

export { fixedOffset, instantToLocal, localToInstant, zoneOffsetSeconds } from './time-zone.ts'

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

/** `threes`: how fractions of a second are written (clock). */
export function formatTimestamp(micros: bigint, threes = false): string {
  if (micros === INFINITY_MICROS) return 'infinity'
  if (micros === MINUS_INFINITY_MICROS) return '-infinity'
  return withZone(micros, '', threes)
}

/** The era stands last, after the zone. */
function withZone(local: bigint, zone: string, threes: boolean): string {
  const { days, time } = splitMicros(local)
  const { text, era } = calendarDate(days)
  return `${text} ${clock(time, threes)}${zone}${era}`
}

/** Hours and minutes of the offset always: `+00:00`, RisingWave's form, which PostgreSQL's clients know from half-hour zones. */
export function formatTimestamptz(
  micros: bigint,
  zone = 'UTC',
  {
    threes = false,
    wholeOffsets = false,
  }: { readonly threes?: boolean; readonly wholeOffsets?: boolean } = {},
): string {
  if (micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return formatTimestamp(micros)
  const offset = zoneOffsetSeconds(zone, micros)
  const seconds = Math.abs(offset)
  const parts = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60]
  if (seconds % 60 !== 0 && !wholeOffsets) parts.push(seconds % 60)
  const tail = `${offset < 0 ? '-' : '+'}${parts.map(two).join(':')}`
  return withZone(micros + BigInt(offset) * 1_000_000n, tail, threes)
}

/**
 * Local microseconds and zone of the form that machines write, `2026-01-31[ T]12:34:56.789[+02:00]`, a date alone being midnight.
 * undefined: another form or no date (read-datetime.ts).
 */
export function parseIsoTimestamp(
  text: string,
): { readonly micros: bigint; readonly zone: number | undefined } | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const [hour, minute, second] = [Number(match[4] ?? 0), Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (year === 0 || month < 1 || month > 12 || day < 1 || (day > 28 && day > daysInMonth(year, month)))
    return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = match[7] === undefined ? 0 : Number(match[7].padEnd(6, '0'))
  const zone = match[8] === undefined ? undefined : isoZone(match[8])
  if (zone !== undefined && Math.abs(zone) >= 57_600) return undefined
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second
  return { micros: BigInt(seconds) * 1_000_000n + BigInt(micros), zone }
}

const ISO =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?[0-5]\d)?)?)?$/

function isoZone(text: string): number {
  if (text === 'Z') return 0
  const size = Number(text.slice(1, 3)) * 3600 + Number(text.length > 3 ? text.slice(-2) : 0) * 60
  return text.startsWith('-') ? 0 - size : size
}

/** Microseconds since midnight of `12:34[:56.789]`; undefined: another form or no time (read-datetime.ts). */
export function parseIsoTime(text: string): bigint | undefined {
  const match = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?$/.exec(text)
  if (match === null) return undefined
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const micros = (hour * 3600 + minute * 60 + second) * 1e6 + Number((match[4] ?? '').padEnd(6, '0'))
  return BigInt(micros)
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
