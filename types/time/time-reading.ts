import { SqlError } from '../error.ts'
import { halfEven } from '../half-even.ts'
import type { DateOrder } from './time-style.ts'

/** Which fields of a date or time have been read, as bits; a field that comes twice is no date. */
export const SEEN = {
  year: 1,
  month: 2,
  day: 4,
  hour: 8,
  minute: 16,
  second: 32,
  fraction: 64,
  dayOfYear: 128,
  zone: 256,
  daylight: 512,
  moment: 1024,
  era: 2048,
  meridiem: 4096,
  weekday: 8192,
} as const

export const DATE_SEEN = SEEN.year | SEEN.month | SEEN.day
export const SECONDS_SEEN = SEEN.second | SEEN.fraction
export const TIME_SEEN = SEEN.hour | SEEN.minute | SECONDS_SEEN

/** A date or time while it is read, piece by piece. */
export interface Reading {
  readonly text: string
  /** The type in PostgreSQL's messages. */
  readonly type: string
  readonly order: DateOrder
  seen: number
  year: number
  month: number
  day: number
  dayOfYear: number
  hour: number
  minute: number
  second: number
  micros: number
  /** The year had one or two digits. */
  shortYear: boolean
  /** Year, month and day follow from a Julian day. */
  julian: boolean
  textMonth: boolean
  /** Seconds east of Greenwich, or a zone's name; undefined: the session's. */
  zone: number | string | undefined
}

export function newReading(text: string, type: string, order: DateOrder): Reading {
  return {
    text,
    type,
    order,
    seen: 0,
    year: 0,
    month: 0,
    day: 0,
    dayOfYear: 0,
    hour: 0,
    minute: 0,
    second: 0,
    micros: 0,
    shortYear: false,
    julian: false,
    textMonth: false,
    zone: undefined,
  }
}

/** `format`: it is no such text; `order`: another order of day and month would do; `zone`: too far from Greenwich. */
export type Failure = 'format' | 'range' | 'order' | 'zone' | 'interval'

/** PostgreSQL's error for a text that is none of the type's. */
export function unreadable(of: { readonly text: string; readonly type: string }, why: Failure): SqlError {
  switch (why) {
    case 'format':
      return new SqlError('invalid_datetime_format', `invalid input syntax for type ${of.type}: "${of.text}"`)
    case 'zone':
      return new SqlError(
        'invalid_time_zone_displacement_value',
        `time zone displacement out of range: "${of.text}"`,
      )
    case 'interval':
      return new SqlError('interval_field_overflow', `interval field value out of range: "${of.text}"`)
    default: {
      const hint = why === 'order' ? 'Perhaps you need a different "datestyle" setting.' : undefined
      const message = `date/time field value out of range: "${of.text}"`
      return new SqlError('datetime_field_overflow', message, { hint })
    }
  }
}

/** A whole number at the head of the text and what follows it. Throws when it does not fit 32 bits. */
export function leadingInteger(r: Reading, text: string): { value: number; rest: string } {
  const digits = /^[+-]?\d+/.exec(text)?.[0]
  if (digits === undefined) throw unreadable(r, 'format')
  const value = Number(digits)
  if (value !== (value | 0)) throw unreadable(r, 'range')
  return { value, rest: text.slice(digits.length) }
}

/** Microseconds of `.789`; throws for anything else. */
export function fraction(r: Reading, text: string): number {
  if (!/^\.\d*$/.test(text)) throw unreadable(r, 'format')
  return microsOf(text)
}

/** Microseconds of a fraction with its point, rounded to even. */
export function microsOf(text: string): number {
  return halfEven(Number(`0${text === '.' ? '' : text}`) * 1e6)
}
