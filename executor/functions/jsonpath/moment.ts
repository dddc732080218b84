import { SqlError } from '../../../types/error.ts'
import type { Json } from '../../../types/json-text.ts'
import * as t from '../../../types/time/datetime.ts'
import { clock } from '../../../types/time/interval.ts'
import { packTime, timeOfZone, unpackTime } from '../../../types/time/time-with-zone.ts'
import { datePieces } from '../format-pattern.ts'
import { limitedByTemplate } from '../from-template.ts'
import { readByTemplate } from '../read-template.ts'
import { fieldsToMoment } from '../template-fields.ts'

export type MomentType = 'date' | 'time' | 'timetz' | 'timestamp' | 'timestamptz'

/** What datetime() makes of a string. It lives in a path only; a document gets its text. */
export class Moment {
  readonly type: MomentType
  /** Microseconds: of the day, since 1970 there, or the instant; of timetz the whole number that stands for it. */
  readonly value: bigint
  /** Seconds east that the text named. */
  readonly east: number

  constructor(type: MomentType, value: bigint, east = 0) {
    this.type = type
    this.value = value
    this.east = east
  }
}

/** An item of a path. */
export type Item = Json | Moment

const NAMES: Readonly<Record<MomentType, string>> = {
  date: 'date',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
}

export function momentTypeName(moment: Moment): string {
  return NAMES[moment.type]
}

/** ISO 8601, as PostgreSQL writes moments into documents. */
export function momentText({ type, value, east }: Moment): string {
  switch (type) {
    case 'date':
      return t.formatDate(t.splitMicros(value).days)
    case 'time':
      return clock(value)
    case 'timetz':
      return clock(unpackTime(value).micros) + offset(east)
    case 'timestamp':
      return t.formatTimestamp(value).replace(' ', 'T')
    case 'timestamptz': {
      const [local, ...era] = t.formatTimestamp(value + BigInt(east) * 1_000_000n).split(/(?= BC$)/)
      return local!.replace(' ', 'T') + offset(east) + era.join('')
    }
  }
}

/** Hours and minutes always. */
function offset(east: number): string {
  const minutes = Math.trunc(Math.abs(east) / 60)
  const parts = [Math.trunc(minutes / 60), minutes % 60].map(part => String(part).padStart(2, '0'))
  return `${east < 0 ? '-' : '+'}${parts.join(':')}`
}

/** The forms datetime() knows without a template. */
const TIMES = ['HH24:MI:SS', 'HH24:MI:SS.US'].flatMap(form => [`${form}TZH:TZM`, `${form}TZH`, form])
const FORMS = [
  'yyyy-mm-dd',
  ...TIMES,
  ...TIMES.map(form => `yyyy-mm-dd ${form}`),
  ...TIMES.map(form => `yyyy-mm-dd"T"${form}`),
]

/** Throws 22031 for a text of no known form; what `readMoment` throws. */
export function momentOf(text: string, template: string | undefined): Moment {
  if (template !== undefined) return readMoment(text, template)
  for (const form of FORMS) {
    try {
      return readMoment(text, form)
    } catch (error) {
      if (!isUnlike(error)) throw error
    }
  }
  throw new SqlError(
    'invalid_argument_for_sql_json_datetime_function',
    `datetime format is not recognized: "${text}"`,
    { hint: 'Use a datetime template argument to specify the input data format.' },
  )
}

/** Errors of a text that is not of a template's form. */
export function isUnlike(error: unknown): error is SqlError {
  return error instanceof SqlError && /^2200[789]$/.test(error.sqlstate)
}

/** Whether the template is wrong, not the text. */
export function isBadTemplate(error: SqlError): boolean {
  return error.message.startsWith('invalid datetime format separator')
}

const TIMED = /^([AP]\.?M\.?|HH(12|24)?|MI|SS|MS|US|FF\d|SSSSS?)$/
const ZONED = /^(TZ|OF|TZH|TZM)$/

/** The moment a text names in the form of a template, which decides its type. Throws 22007, 22008, 0A000. */
function readMoment(text: string, template: string): Moment {
  const words = datePieces(template).flatMap(piece => (piece.text ? [] : [piece.word]))
  const fields = readByTemplate(text, template, true)
  const { days, micros, offset: named } = fieldsToMoment(fields, text)
  const timed = words.some(word => TIMED.test(word))
  const zoned = words.some(word => ZONED.test(word))
  const east = named ?? 0
  if (!words.some(word => !TIMED.test(word) && !ZONED.test(word))) {
    if (!timed) throw new SqlError('invalid_datetime_format', 'datetime format is not dated and not timed')
    const time = limitedByTemplate(micros, template)
    return zoned ? new Moment('timetz', packTime(time, east), east) : new Moment('time', time)
  }
  const local = BigInt(days) * t.DAY_MICROS
  if (!timed) {
    if (zoned) throw new SqlError('invalid_datetime_format', 'datetime format is zoned but not timed')
    if (days < t.DATE_START || days >= t.DATE_END) throw outside('date')
    return new Moment('date', local)
  }
  const instant = limitedByTemplate(local + micros, template) - BigInt(east) * 1_000_000n
  if (instant < t.TIMESTAMP_START || instant >= t.TIMESTAMP_END)
    throw outside(zoned ? 'timestamptz' : 'timestamp')
  return new Moment(zoned ? 'timestamptz' : 'timestamp', instant, east)
}

function outside(type: string): SqlError {
  return new SqlError('datetime_field_overflow', `${type} out of range`)
}

const RANKS: Readonly<Record<MomentType, number>> = {
  time: 0,
  timetz: 1,
  date: 2,
  timestamp: 3,
  timestamptz: 4,
}

/**
 * Below zero, zero or above; undefined: one has a day and the other has none. Throws 0A000 where a zone is needed and there is none
 * (the functions without _tz).
 */
export function compareMoments(a: Moment, b: Moment, zone: string | undefined): number | undefined {
  if (RANKS[a.type] < RANKS.date !== RANKS[b.type] < RANKS.date) return undefined
  const type = RANKS[a.type] > RANKS[b.type] ? a.type : b.type
  const [x, y] = [converted(a, type, zone), converted(b, type, zone)]
  return x < y ? -1 : x > y ? 1 : 0
}

function converted({ type, value }: Moment, to: MomentType, zone: string | undefined): bigint {
  if (type === to || to === 'timestamp') return value
  if (zone === undefined)
    throw new SqlError(
      'feature_not_supported',
      `cannot convert value from ${type} to ${to} without time zone usage`,
      { hint: 'Use *_tz() function for time zone support.' },
    )
  return to === 'timetz' ? timeOfZone(value, zone) : t.localToInstant(value, zone)
}
