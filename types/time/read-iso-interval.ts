import type { Interval } from '../value.ts'
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

const HOUR = 3_600_000_000
const MINUTE = 60_000_000
const SECOND = 1_000_000

interface Cursor {
  readonly text: string
  at: number
}

/** An interval of ISO 8601: with designators (`P1Y2M3DT4H5M6S`) or in the alternative format (`P0001-02-03T04:05:06`). */
export function readIsoInterval(text: string): Interval | IntervalFailure {
  if (text.length < 2 || !text.startsWith('P')) return 'format'
  const sum = emptySum()
  const failure = readParts(sum, { text, at: 1 })
  return failure ?? sumUp(sum, false)
}

function readParts(sum: IntervalSum, c: Cursor): IntervalFailure | undefined {
  let date = true
  let first = true
  while (c.at < c.text.length) {
    if (c.text[c.at] === 'T') {
      date = false
      first = true
      c.at++
      continue
    }
    const number = readNumber(c)
    if (typeof number === 'string') return number
    const unit = c.text[c.at++] ?? ''
    const alternative = (date ? ['T', '', '-'] : ['', ':']).includes(unit)
    if (alternative) {
      if (!first) return 'format'
      const rest = date ? alternativeDate(sum, c, number, unit) : alternativeTime(sum, c, number, unit)
      if (rest !== 'time') return rest
      date = false
    } else {
      const add = (date ? DATE_UNITS : TIME_UNITS)[unit]
      if (add === undefined) return 'format'
      add(sum, number)
      first = false
    }
    if (sum.failure !== undefined) return sum.failure
  }
  return sum.failure
}

interface Read {
  readonly whole: bigint
  readonly fraction: number
  /** Digits before the point. */
  readonly width: number
}

type Add = (sum: IntervalSum, n: Read) => void

const DATE_UNITS: Readonly<Record<string, Add>> = {
  Y: (sum, { whole, fraction }) => addYears(sum, whole, fraction, 1),
  M: (sum, { whole, fraction }) => addMonths(sum, whole, fraction),
  W: (sum, { whole, fraction }) => addDays(sum, whole, fraction, 7),
  D: (sum, { whole, fraction }) => addDays(sum, whole, fraction, 1),
}

const TIME_UNITS: Readonly<Record<string, Add>> = {
  H: (sum, { whole, fraction }) => addMicros(sum, whole, fraction, HOUR),
  M: (sum, { whole, fraction }) => addMicros(sum, whole, fraction, MINUTE),
  S: (sum, { whole, fraction }) => addMicros(sum, whole, fraction, SECOND),
}

/** `20210307` or `2021-03-07`; `time`: a T follows. */
function alternativeDate(
  sum: IntervalSum,
  c: Cursor,
  n: Read,
  unit: string,
): IntervalFailure | 'time' | undefined {
  const after = (next: string | undefined) =>
    next === 'T' ? 'time' : next === undefined ? sum.failure : 'format'
  if (unit !== '-' && n.width === 8) {
    addYears(sum, n.whole / 10_000n, 0, 1)
    addMonths(sum, (n.whole / 100n) % 100n, 0)
    addDays(sum, n.whole % 100n, n.fraction, 1)
    return after(unit === 'T' ? 'T' : undefined)
  }
  addYears(sum, n.whole, n.fraction, 1)
  if (unit !== '-') return after(unit === 'T' ? 'T' : undefined)
  for (const add of [DATE_UNITS['M']!, DATE_UNITS['D']!]) {
    const number = readNumber(c)
    if (typeof number === 'string') return number
    add(sum, number)
    const next = c.text[c.at++]
    if (next !== '-') return after(next)
  }
  return 'format'
}

/** `040506` or `04:05:06`. */
function alternativeTime(sum: IntervalSum, c: Cursor, n: Read, unit: string): IntervalFailure | undefined {
  if (unit === '' && n.width === 6) {
    const seconds = (n.whole / 10_000n) * 3600n + ((n.whole / 100n) % 100n) * 60n + (n.whole % 100n)
    // PostgreSQL 15 takes no fraction here.
    addMicros(sum, seconds, 0, SECOND)
    return sum.failure
  }
  addMicros(sum, n.whole, n.fraction, HOUR)
  if (unit === '') return sum.failure
  for (const scale of [MINUTE, SECOND]) {
    const number = readNumber(c)
    if (typeof number === 'string') return number
    addMicros(sum, number.whole, number.fraction, scale)
    const next = c.text[c.at++]
    if (next === undefined) return sum.failure
    if (next !== ':') return 'format'
  }
  return 'format'
}

const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y

function readNumber(c: Cursor): Read | IntervalFailure {
  NUMBER.lastIndex = c.at
  const text = NUMBER.exec(c.text)?.[0]
  if (text === undefined) return 'format'
  c.at += text.length
  const value = Number(text)
  if (Math.abs(value) > 1e15) return 'range'
  const whole = Math.trunc(value)
  return { whole: BigInt(whole), fraction: value - whole, width: /^-?(\d*)/.exec(text)![1]!.length }
}
