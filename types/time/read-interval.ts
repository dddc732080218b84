import type { Interval } from '../value.ts'
import { INTERVAL_FIELDS } from './interval-fields.ts'
import {
  addDays,
  addMicros,
  addMonths,
  addYears,
  emptySum,
  type IntervalFailure,
  type IntervalSum,
  sumUp,
} from './interval-sum.ts'
import { readIsoInterval } from './read-iso-interval.ts'
import { microsOf } from './time-reading.ts'
import { type TimeToken, timeTokens } from './time-tokens.ts'
import { LETTERS } from './time-words.ts'

/**
 * Reads every form of an interval that PostgreSQL reads: `1 day 02:00`, `1-2`, `-3 4:05:06`, `10 secs ago`, `P1DT2H`. `range`: the fields
 * that the type has, of which the last is the unit of a number without one. `standard`: a sign in front is that of all fields.
 * `lowest`: a clock may be the lowest that there is, which has no positive one.
 */
export function readInterval(
  text: string,
  range = 0,
  standard = false,
  lowest = false,
): Interval | IntervalFailure {
  const tokens = timeTokens(text)
  const read = tokens === undefined ? 'format' : readTokens(tokens, range, standard, lowest)
  return read === 'format' ? readIsoInterval(text) : read
}

/** From right to left, as a unit stands behind its number. A unit that comes twice makes it no interval. */
function readTokens(
  tokens: readonly TimeToken[],
  range: number,
  standard: boolean,
  lowest: boolean,
): Interval | IntervalFailure {
  const sum = emptySum()
  const signed = (token: TimeToken) => /^[+-]/.test(token.text)
  const negative = standard && tokens[0]?.text.startsWith('-') === true && !tokens.slice(1).some(signed)
  const seen = new Set<Unit>()
  // `none`: a number has no unit behind `ago`.
  let unit: Unit | 'none' | undefined
  let ago = false
  for (const { kind, text } of tokens.toReversed()) {
    if (kind === 'string' || kind === 'special') {
      const word = text.slice(0, LETTERS)
      unit = word === 'ago' ? 'none' : UNITS[word]
      if (word === 'ago') ago = true
      else if (unit === undefined) return 'format'
      continue
    }
    const clock =
      kind === 'time' || (kind === 'zone' && text.includes(':')) ? readClock(text, range, lowest) : undefined
    if (kind === 'time' && typeof clock !== 'bigint') return clock ?? 'format'
    let fields: readonly Unit[]
    if (typeof clock === 'bigint') {
      fields = ['hour', 'minute', 'second', 'millisecond', 'microsecond']
      // As in PostgreSQL a clock takes the place of fractions that stand behind it.
      sum.micros = negative && clock > 0n ? -clock : clock
      unit = 'day'
    } else {
      if (unit === 'none' && !/\d-\d/.test(text)) return 'format'
      const found = readNumber(sum, text, unit === 'none' ? 'month' : (unit ?? unitOfRange(range)), negative)
      if (typeof found === 'string') return found
      fields = found.fields
      unit = found.next
    }
    if (sum.failure !== undefined) return sum.failure
    for (const field of fields) {
      if (seen.has(field)) return 'format'
      seen.add(field)
    }
  }
  return seen.size === 0 ? 'format' : sumUp(sum, ago)
}

/** Adds a number of a unit; tells the fields it is, and the unit of a number before it. */
function readNumber(
  sum: IntervalSum,
  text: string,
  unit: Unit,
  negative: boolean,
): { fields: readonly Unit[]; next: Unit } | IntervalFailure {
  const match = /^([+-]?\d*)(?:-(\d+)|(\.\d*))?$/.exec(text)
  if (match === null) return 'format'
  const minus = text.startsWith('-')
  let whole = BigInt(/\d/.test(match[1]!) ? match[1]! : 0)
  if (BigInt.asIntN(64, whole) !== whole) return 'range'
  let fraction = match[3] === undefined || match[3] === '.' ? 0 : Number(`${minus ? '-' : ''}0${match[3]}`)
  let of = unit
  if (match[2] !== undefined) {
    if (Number(match[2]) > 11) return 'range'
    of = 'month'
    whole = whole * 12n + BigInt(match[2]) * (minus ? -1n : 1n)
  }
  if (negative) {
    if (whole > 0n) whole = -whole
    if (fraction > 0) fraction = -fraction
  }
  const [add, scale] = SCALES[of]
  add(sum, whole, fraction, scale)
  const seconds: readonly Unit[] = ['second', 'millisecond', 'microsecond']
  return { fields: of === 'second' && fraction !== 0 ? seconds : [of], next: of === 'hour' ? 'day' : of }
}

/** Microseconds of `4:05`, `4:05:06.7`, with a sign; two fields are minutes and seconds where the type has no hours. */
function readClock(text: string, range: number, lowest: boolean): bigint | IntervalFailure {
  const match = /^([+-]?)(\d+):(\d*)(?::(\d*))?(\.\d*)?$/.exec(text)
  if (match === null) return 'format'
  const last = match[4] === undefined
  const { minute, second } = INTERVAL_FIELDS
  const short = last && (match[5] !== undefined || range === (minute | second))
  const [h, m, s] = short ? ['0', match[2]!, match[3]!] : [match[2]!, match[3]!, match[4] ?? '0']
  if (Number(m) > 59 || Number(s) > 60) return 'range'
  const seconds = BigInt(h) * 3600n + BigInt(Number(m) * 60 + Number(s))
  const fraction = match[5] === undefined ? 0 : microsOf(match[5])
  const micros = seconds * 1_000_000n + BigInt(fraction)
  const signed = match[1] === '-' ? -micros : micros
  const fits = BigInt.asIntN(64, lowest ? signed : micros) === (lowest ? signed : micros)
  return fits ? signed : 'range'
}

function unitOfRange(range: number): Unit {
  const { year, month, day, hour, minute } = INTERVAL_FIELDS
  if (range === year) return 'year'
  if (range === month || range === (year | month)) return 'month'
  if (range === day) return 'day'
  if (range === hour || range === (day | hour)) return 'hour'
  return range === minute || range === (hour | minute) || range === (day | hour | minute)
    ? 'minute'
    : 'second'
}

type Unit = keyof typeof SCALES

const SCALES = {
  microsecond: [addMicros, 1],
  millisecond: [addMicros, 1000],
  second: [addMicros, 1_000_000],
  minute: [addMicros, 60_000_000],
  hour: [addMicros, 3_600_000_000],
  day: [addDays, 1],
  week: [addDays, 7],
  month: [addMonths, 1],
  year: [addYears, 1],
  decade: [addYears, 10],
  century: [addYears, 100],
  millennium: [addYears, 1000],
} as const

const WORDS: Readonly<Record<Unit, string>> = {
  microsecond: 'us usec usecs usecond useconds microsecon',
  millisecond: 'ms msec msecs msecond mseconds millisecon',
  second: 's sec secs second seconds',
  minute: 'm min mins minute minutes',
  hour: 'h hr hrs hour hours',
  day: 'd day days',
  week: 'w week weeks',
  month: 'mon mons month months',
  year: 'y yr yrs year years',
  decade: 'dec decs decade decades',
  century: 'c cent century centuries',
  millennium: 'mil mils millennia millennium',
}

const UNITS: Readonly<Record<string, Unit>> = Object.fromEntries(
  Object.entries(WORDS).flatMap(([unit, words]) => words.split(' ').map(word => [word, unit as Unit])),
)
