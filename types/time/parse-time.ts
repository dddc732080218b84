import { SqlError } from '../error.ts'
import type { Interval } from '../value.ts'
import {
  DATE_END,
  DATE_START,
  daysFromCivil,
  INFINITY_MICROS,
  localToInstant,
  MINUS_INFINITY_MICROS,
  parseIsoTime,
  parseIsoTimestamp,
  splitMicros,
  TIMESTAMP_END,
  TIMESTAMP_START,
} from './datetime.ts'
import { readDateTime } from './read-datetime.ts'
import { readInterval } from './read-interval.ts'
import { DATE_SEEN, type Reading, unreadable } from './time-reading.ts'
import { inRisingWave, isPlainStyle, type TimeStyleText, timeStyle, zoneOfStyle } from './time-style.ts'
import { offsetOfLocal, packTime, timeOfZone } from './time-with-zone.ts'

/** Days since 1970-01-01. `now`: local time of the statement, which `today` and `now` mean; without it they are no dates. */
export function parseDate(text: string, style: TimeStyleText, now?: bigint): number {
  const iso = parseIsoTimestamp(text)
  const { order, dialect } = timeStyle(style)
  if (dialect.strictDates && (iso === undefined || text.length !== 10))
    throw unreadable({ text, type: 'date' }, 'format')
  if (iso !== undefined) return inDateRange(splitMicros(iso.micros).days, text)
  const read = readDateTime(text, 'date', { type: 'date', order, now })
  if (read === 'infinity') return 0x7fffffff
  if (read === '-infinity') return -0x80000000
  if (read === 'epoch') return 0
  return inDateRange(daysFromCivil(read.year, read.month, read.day), text)
}

/** Microseconds since midnight. */
export function parseTimeOfDay(text: string, style: TimeStyleText, now?: bigint): bigint {
  const iso = parseIsoTime(text)
  if (iso !== undefined) return iso
  return clockOf(readDateTime(text, 'time', { type: 'time', order: timeStyle(style).order, now }) as Reading)
}

/** A time of day and its zone (time-with-zone.ts). Without `now` a zone must have one offset all the year. */
export function parseTimeWithZone(text: string, style: TimeStyleText, now?: bigint): bigint {
  const options = { type: 'time with time zone', order: timeStyle(style).order, now }
  const r = readDateTime(text, 'time', options) as Reading
  if (typeof r.zone === 'number') return packTime(clockOf(r), r.zone)
  const zone = r.zone ?? zoneOfStyle(style)
  if ((r.seen & DATE_SEEN) === DATE_SEEN)
    return packTime(clockOf(r), offsetOfLocal(localMicros(r, text), zone))
  if (now === undefined || r.zone !== undefined) return timeOfZone(clockOf(r), zone)
  return packTime(clockOf(r), offsetOfLocal(now - splitMicros(now).time + clockOf(r), zone))
}

/** Microseconds since 1970; a zone in the text does not count. */
export function parseLocalTimestamp(text: string, style: TimeStyleText, now?: bigint): bigint {
  const iso = parseIsoTimestamp(text)
  if (iso !== undefined) return inRange(iso.micros, text)
  const options = { type: 'timestamp', order: timeStyle(style).order, now }
  const read = readDateTime(text, 'date', options)
  return typeof read === 'string' ? moment(read) : inRange(localMicros(read, text), text)
}

/** Microseconds since 1970 in UTC; the style's zone is that of a text without one. */
export function parseInstant(text: string, style: TimeStyleText, now?: bigint): bigint {
  const iso = parseIsoTimestamp(text)
  if (iso !== undefined) return inRange(toInstant(iso.micros, iso.zone ?? zoneOfStyle(style)), text)
  const options = { type: 'timestamp with time zone', order: timeStyle(style).order, now }
  const read = readDateTime(text, 'date', options)
  if (typeof read === 'string') return moment(read)
  return inRange(toInstant(localMicros(read, text), read.zone ?? zoneOfStyle(style)), text)
}

/** `range`: the fields of the type (interval-fields.ts), which say what a number without a unit is. */
export function parseIntervalText(text: string, style: TimeStyleText, range = 0): Interval {
  const standard = !isPlainStyle(style) && timeStyle(style).intervals === 'sql_standard'
  const exact = inRisingWave(style)
  // Of an ISO interval's fraction what is less than a microsecond is cut, elsewhere it is rounded.
  const short = exact ? text.replace(/^(P.*\.\d{6})\d+S$/, '$1S') : text
  const read = readInterval(short, range, standard, exact)
  if (read === 'total') throw new SqlError('datetime_field_overflow', 'interval out of range')
  if (typeof read === 'string')
    throw unreadable({ text, type: 'interval' }, read === 'format' ? 'format' : 'interval')
  return read
}

function toInstant(local: bigint, zone: number | string): bigint {
  return typeof zone === 'number' ? local - BigInt(zone) * 1_000_000n : localToInstant(local, zone)
}

function moment(word: 'infinity' | '-infinity' | 'epoch'): bigint {
  return word === 'epoch' ? 0n : word === 'infinity' ? INFINITY_MICROS : MINUS_INFINITY_MICROS
}

function clockOf(r: Reading): bigint {
  return BigInt(r.hour * 3600 + r.minute * 60 + r.second) * 1_000_000n + BigInt(r.micros)
}

function localMicros(r: Reading, text: string): bigint {
  if (r.year > 300_000) throw outOfRange('timestamp', text)
  return BigInt(daysFromCivil(r.year, r.month, r.day)) * 86_400_000_000n + clockOf(r)
}

function inDateRange(days: number, text: string): number {
  if (days >= DATE_START && days < DATE_END) return days
  throw outOfRange('date', text)
}

function inRange(micros: bigint, text: string): bigint {
  if (micros >= TIMESTAMP_START && micros < TIMESTAMP_END) return micros
  throw outOfRange('timestamp', text)
}

function outOfRange(what: string, text: string): SqlError {
  return new SqlError('datetime_field_overflow', `${what} out of range: "${text}"`)
}
