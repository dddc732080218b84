import { SqlError } from '../error.ts'
import { civilFromDays, splitMicros } from './datetime.ts'
import { checkDate, readDate, readDigits, readNumber, see, setJulianDay } from './read-date.ts'
import {
  DATE_SEEN,
  fraction,
  leadingInteger,
  newReading,
  type Reading,
  SECONDS_SEEN,
  SEEN,
  TIME_SEEN,
  unreadable,
} from './time-reading.ts'
import type { DateOrder } from './time-style.ts'
import { type TimeToken, timeTokens } from './time-tokens.ts'
import { type Moment, type TimeUnit, timeWord } from './time-words.ts'
import { isZone, posixOffset } from './time-zone.ts'
import { ZONE_ABBREVIATIONS } from './zone-abbreviations.ts'
import { zoneOffset } from './zone-offset.ts'

export interface ReadOptions {
  /** The type in messages. */
  readonly type: string
  readonly order: DateOrder
  /** Local time of the statement, which `now` and `today` mean; undefined: these words are no dates. */
  readonly now?: bigint | undefined
}

/** A moment that is a word by itself, or the fields that were read. */
export type ReadTime = 'infinity' | '-infinity' | 'epoch' | Reading

/**
 * Reads every form of a date and time that PostgreSQL reads, and gives what it gives. Pieces are taken from left to right; what
 * a number is follows from what was read before it and from the order of the date.
 * Throws 22007, 22008, 22009 and 22023. `only`: a time, or a whole date.
 */
export function readDateTime(text: string, only: 'date' | 'time', options: ReadOptions): ReadTime {
  const r = newReading(text, options.type, options.order)
  const tokens = timeTokens(text)
  if (tokens === undefined || tokens.length === 0) throw unreadable(r, 'format')
  const state: State = { r, only, tokens, now: options.now, unit: undefined, meridiem: undefined, bc: false }
  for (let i = 0; i < tokens.length; i++) readToken(state, i)
  checkDate(r, state.bc)
  setHour(r, state.meridiem)
  if (only === 'time') return checkTime(r)
  if (state.moment !== undefined) return state.moment
  if ((r.seen & DATE_SEEN) !== DATE_SEEN || noZone(r)) throw unreadable(r, 'format')
  return r
}

interface State {
  readonly r: Reading
  readonly only: 'date' | 'time'
  readonly tokens: readonly TimeToken[]
  readonly now: bigint | undefined
  /** What a word said that the next number is; `time`: behind the T of ISO 8601. */
  unit: TimeUnit | 'time' | undefined
  meridiem: 'am' | 'pm' | undefined
  bc: boolean
  moment?: 'infinity' | '-infinity' | 'epoch'
}

function readToken(s: State, i: number): undefined {
  const { r, tokens } = s
  const { kind, text } = tokens[i]!
  switch (kind) {
    case 'date':
      return readDateToken(s, i)
    case 'time':
      if (s.unit !== undefined && s.unit !== 'time') throw unreadable(r, 'format')
      s.unit = undefined
      readClock(r, text)
      return see(r, TIME_SEEN)
    case 'zone':
      r.zone = zoneSeconds(r, text)
      return see(r, SEEN.zone)
    case 'number':
      return s.unit === undefined ? readPlainNumber(s, i) : readUnit(s, text)
    default:
      return readWord(s, i)
  }
}

/** A date; behind one it is a zone's name, or a time with a zone (`040506-08`). */
function readDateToken(s: State, i: number): undefined {
  const { r, tokens } = s
  const { text } = tokens[i]!
  if (s.unit === 'julian') {
    s.unit = undefined
    const { value, rest } = leadingInteger(r, text)
    see(r, DATE_SEEN | TIME_SEEN | SEEN.zone)
    setJulianDay(r, value)
    r.zone = zoneSeconds(r, rest)
    return
  }
  const placed =
    s.only === 'date'
      ? s.unit !== undefined || (r.seen & (SEEN.month | SEEN.day)) === (SEEN.month | SEEN.day)
      : !(i === 0 && tokens.length >= 2 && (tokens.at(-1)!.kind === 'date' || tokens[1]!.kind === 'time'))
  if (!placed) return readDate(r, text)
  if (!/^\d/.test(text) && s.unit === undefined) return setZone(r, text)
  if (s.unit !== undefined && s.unit !== 'time') throw unreadable(r, 'format')
  s.unit = undefined
  const dash = text.indexOf('-')
  if ((r.seen & TIME_SEEN) === TIME_SEEN || dash === -1) throw unreadable(r, 'format')
  r.zone = zoneSeconds(r, text.slice(dash))
  see(r, digitsAfterDate(r, text.slice(0, dash), s.only === 'time') | SEEN.zone)
}

function digitsAfterDate(r: Reading, text: string, pretend: boolean): number {
  const before = r.seen
  if (pretend) r.seen |= DATE_SEEN
  const fields = readDigits(r, text)
  r.seen = before
  return fields
}

function readPlainNumber(s: State, i: number): undefined {
  const { r, tokens } = s
  const { text } = tokens[i]!
  const point = text.indexOf('.')
  if (s.only === 'time') {
    if (point !== -1 && i === 0 && tokens.length >= 2 && tokens.at(-1)!.kind === 'date')
      return readDate(r, text)
    if (point !== -1 && point <= 2) throw unreadable(r, 'format')
    if (point === -1 && text.length < 4) throw unreadable(r, 'format')
    return see(r, digitsAfterDate(r, text, true))
  }
  if (point !== -1 && (r.seen & DATE_SEEN) === 0) return readDate(r, text)
  const whole = (r.seen & DATE_SEEN) !== 0 && (r.seen & TIME_SEEN) !== 0
  if (point > 2 || (text.length >= 6 && !whole)) return see(r, digitsAfterDate(r, text, false))
  readNumber(r, text, r.textMonth)
}

/** The number behind the name of its field: `y2001`, `j2451187`. */
function readUnit(s: State, text: string): undefined {
  const { r } = s
  const unit = s.unit
  s.unit = undefined
  if (unit === 'time') return see(r, digitsAfterDate(r, text, true))
  const { value, rest } = leadingInteger(r, text)
  if (rest !== '' && unit !== 'julian' && unit !== 'second') throw unreadable(r, 'format')
  switch (unit) {
    case 'month':
      // An `m` behind hours is minutes.
      if ((r.seen & SEEN.month) !== 0 && (r.seen & SEEN.hour) !== 0) {
        r.minute = value
        return see(r, SEEN.minute)
      }
      r.month = value
      return see(r, SEEN.month)
    case 'second':
      r.second = value
      if (rest !== '') r.micros = fraction(r, rest)
      return see(r, rest === '' ? SEEN.second : SECONDS_SEEN)
    case 'julian':
      see(r, rest === '' ? DATE_SEEN : DATE_SEEN | TIME_SEEN)
      setJulianDay(r, value)
      if (rest !== '') setTimeOfDay(r, BigInt(Math.round(Number(`0${rest}`) * 86_400e6)))
      return
    case 'year':
    case 'day':
    case 'hour':
    case 'minute':
      r[unit] = value
      return see(r, SEEN[unit])
    default:
      throw unreadable(r, 'format')
  }
}

function readWord(s: State, i: number): undefined {
  const { r, tokens } = s
  const { text } = tokens[i]!
  const word = ZONE_ABBREVIATIONS.has(text) ? undefined : timeWord(text)
  switch (word?.kind) {
    case undefined:
      if (!ZONE_ABBREVIATIONS.has(text) && !isZone(text)) throw unreadable(r, 'format')
      return setZone(r, text)
    case 'ignored':
      return
    case 'moment':
      return readMoment(s, word.value)
    case 'month':
      if (s.only === 'time') throw unreadable(r, 'format')
      if ((r.seen & SEEN.month) !== 0 && !r.textMonth && (r.seen & SEEN.day) === 0 && r.month <= 31) {
        r.day = r.month
        see(r, SEEN.day)
      } else see(r, SEEN.month)
      r.textMonth = true
      r.month = word.value
      return
    case 'daylight':
      see(r, SEEN.daylight)
      if (typeof r.zone === 'number') r.zone += 3600
      return
    case 'meridiem':
      s.meridiem = word.value
      return see(r, SEEN.meridiem)
    case 'era':
      s.bc = word.value === 'bc'
      return see(r, SEEN.era)
    case 'weekday':
      if (s.only === 'time') throw unreadable(r, 'format')
      return see(r, SEEN.weekday)
    case 'unit':
      s.unit = word.value
      return
    case 'time': {
      const next = tokens[i + 1]?.kind
      if (s.only === 'date' && (r.seen & DATE_SEEN) !== DATE_SEEN) throw unreadable(r, 'format')
      if (next !== 'number' && next !== 'time' && next !== 'date') throw unreadable(r, 'format')
      s.unit = 'time'
    }
  }
}

function readMoment(s: State, moment: Moment): undefined {
  const { r } = s
  if (moment === 'infinity' || moment === '-infinity' || moment === 'epoch') {
    if (s.only === 'time') throw unreadable(r, 'format')
    s.moment = moment
    return see(r, SEEN.moment)
  }
  if (moment === 'allballs') {
    r.zone = 0
    return see(r, TIME_SEEN | SEEN.zone)
  }
  if (s.now === undefined || (s.only === 'time' && moment !== 'now')) throw unreadable(r, 'format')
  const { days, time } = splitMicros(s.now)
  if (moment === 'now') setTimeOfDay(r, time)
  if (s.only === 'time') return see(r, TIME_SEEN)
  Object.assign(r, civilFromDays(days + (moment === 'tomorrow' ? 1 : moment === 'yesterday' ? -1 : 0)))
  see(r, moment === 'now' ? DATE_SEEN | TIME_SEEN : DATE_SEEN)
}

function setTimeOfDay(r: Reading, time: bigint): undefined {
  const seconds = Number(time / 1_000_000n)
  r.hour = Math.trunc(seconds / 3600)
  r.minute = Math.trunc(seconds / 60) % 60
  r.second = seconds % 60
  r.micros = Number(time % 1_000_000n)
}

function setZone(r: Reading, name: string): undefined {
  if (!isZone(name)) throw new SqlError('invalid_parameter_value', `time zone "${name}" not recognized`)
  see(r, SEEN.zone)
  const meaning = ZONE_ABBREVIATIONS.get(name)
  r.zone = typeof meaning === 'number' ? meaning : name
}

/** DST stands with an abbreviation only. */
const noZone = (r: Reading) => (r.seen & SEEN.daylight) !== 0 && typeof r.zone !== 'number'

function zoneSeconds(r: Reading, text: string): number {
  const offset = zoneOffset(text)
  if (typeof offset === 'string') throw unreadable(r, offset)
  return offset
}

/** `04:05`, `04:05:06.789`; `05:06.789` are minutes and seconds. */
function readClock(r: Reading, text: string): undefined {
  const match = /^(\d+):(\d*)(?::(\d*))?(\.\d*)?$/.exec(text)
  if (match === null) throw unreadable(r, 'format')
  const numbers = [match[1]!, match[2]!, match[3] ?? '0'].map(Number) as [number, number, number]
  const [hour, minute, second] = match[3] === undefined && match[4] !== undefined ? [0, ...numbers] : numbers
  Object.assign(r, { hour, minute, second, micros: match[4] === undefined ? 0 : fraction(r, match[4]) })
  if (hour > 0x7fffffff || minute > 59 || second > 60) throw unreadable(r, 'range')
  if (afterMidnight(r)) throw unreadable(r, 'range')
}

const afterMidnight = (r: Reading) =>
  r.hour > 24 || (r.hour === 24 && (r.minute > 0 || r.second > 0 || r.micros > 0))

function setHour(r: Reading, meridiem: 'am' | 'pm' | undefined): undefined {
  if (meridiem === undefined) return
  if (r.hour > 12) throw unreadable(r, 'range')
  if (meridiem === 'am' && r.hour === 12) r.hour = 0
  else if (meridiem === 'pm' && r.hour !== 12) r.hour += 12
}

function checkTime(r: Reading): Reading {
  const seconds = r.hour * 3600 + r.minute * 60 + r.second
  const over = seconds + (r.micros > 0 ? 1 : 0) > 86_400
  if (r.minute > 59 || r.second > 60 || afterMidnight(r) || over) throw unreadable(r, 'range')
  if ((r.seen & TIME_SEEN) !== TIME_SEEN || noZone(r)) throw unreadable(r, 'format')
  const date = r.seen & DATE_SEEN
  if (typeof r.zone !== 'number' && date !== 0 && date !== DATE_SEEN) throw unreadable(r, 'format')
  // Where a zone changes its clocks, its offset is that of a date.
  const changing =
    typeof r.zone === 'string' &&
    !ZONE_ABBREVIATIONS.has(r.zone) &&
    posixOffset(r.zone) === undefined &&
    !r.zone.startsWith('etc/')
  if (changing && (r.seen & DATE_SEEN) !== DATE_SEEN) throw unreadable(r, 'format')
  return r
}
