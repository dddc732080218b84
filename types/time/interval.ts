import { SqlError } from '../error.ts'
import { halfEven } from '../half-even.ts'
import type { Interval } from '../value.ts'
import { readInterval } from './read-interval.ts'

const SECOND = 1_000_000n
const HOUR = 3_600n * SECOND

/** PostgreSQL's interval input; undefined when the text is none or does not fit. */
export function parseInterval(text: string): Interval | undefined {
  const read = readInterval(text)
  return typeof read === 'string' ? undefined : read
}

/** IntervalStyle postgres. */
export function formatInterval(i: Interval): string {
  const parts: string[] = []
  const years = Math.trunc(i.months / 12)
  const months = i.months % 12
  const add = (n: number, unit: string) => {
    if (n === 0) return
    const plus = n > 0 && parts.at(-1)?.startsWith('-') ? '+' : ''
    parts.push(`${plus}${n} ${unit}${n === 1 ? '' : 's'}`)
  }
  add(years, 'year')
  add(months, 'mon')
  add(i.days, 'day')
  if (i.micros !== 0n || parts.length === 0) {
    const plus = i.micros > 0n && parts.at(-1)?.startsWith('-') ? '+' : ''
    parts.push(`${i.micros < 0n ? '-' : plus}${clock(i.micros < 0n ? -i.micros : i.micros)}`)
  }
  return parts.join(' ')
}

/** HH:MM:SS[.ffffff] of microseconds, trailing zeros cut; `threes`: only those that leave 3 digits or none. */
export function clock(micros: bigint, threes = false): string {
  const two = (n: bigint) => n.toString().padStart(2, '0')
  const fraction = micros % SECOND
  const zeros = threes ? /000$/ : /0+$/
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(zeros, '')}`
  return `${two(micros / HOUR)}:${two((micros / (60n * SECOND)) % 60n)}:${two((micros / SECOND) % 60n)}${tail}`
}

/** Throws 22008 when a part does not fit. */
export function addIntervals(a: Interval, b: Interval): Interval {
  return checkInterval({ months: a.months + b.months, days: a.days + b.days, micros: a.micros + b.micros })
}

export function negateInterval(i: Interval): Interval {
  return checkInterval({ months: 0 - i.months, days: 0 - i.days, micros: -i.micros })
}

/** interval * float8, fractions passed down from months to days to time. */
export function scaleInterval(a: Interval, factor: number): Interval {
  return cascade(a, part => part * factor)
}

/** interval / float8. */
export function divideInterval(a: Interval, divisor: number): Interval {
  return cascade(a, part => part / divisor)
}

/** interval_mul and interval_div of PostgreSQL's timestamp.c, step by step. */
function cascade(a: Interval, scale: (part: number) => number): Interval {
  const [exactMonths, exactDays] = [scale(a.months), scale(a.days)]
  const months = Math.trunc(exactMonths)
  let days = Math.trunc(exactDays)
  const monthDays = roundMicros((exactMonths - months) * 30)
  let seconds = roundMicros((exactDays - days + monthDays - Math.trunc(monthDays)) * 86400)
  if (Math.abs(seconds) >= 86400) {
    days += Math.trunc(seconds / 86400)
    seconds -= Math.trunc(seconds / 86400) * 86400
  }
  days += Math.trunc(monthDays)
  const micros = scale(Number(a.micros)) + seconds * 1e6
  if (!Number.isFinite(micros) || !Number.isFinite(months) || !Number.isFinite(days)) throw outOfRange()
  return checkInterval({ months: months + 0, days: days + 0, micros: BigInt(halfEven(micros)) })
}

const MICROS_A_DAY = 86_400_000_000
const MICROS_A_MONTH = 30 * MICROS_A_DAY

/** interval * float8 and interval / float8 as RisingWave has them: each part is rounded to microseconds before its fraction is passed on. */
export function scaleParts(a: Interval, scale: (part: number) => number): Interval {
  const rounded = (value: number, unit: number) => halfEven(value * unit) / unit
  const months = rounded(scale(a.months), MICROS_A_MONTH)
  const monthDays = rounded((months - Math.trunc(months)) * 30, MICROS_A_DAY)
  const days = rounded(scale(a.days), MICROS_A_DAY)
  const rest = rounded(days - Math.trunc(days) + monthDays - Math.trunc(monthDays), MICROS_A_DAY)
  const micros = halfEven(scale(Number(a.micros)) + (rest - Math.trunc(rest)) * MICROS_A_DAY)
  if (![months, days, micros].every(Number.isFinite)) throw outOfRange()
  const whole = Math.trunc(days) + Math.trunc(monthDays) + Math.trunc(rest)
  return checkInterval({ months: Math.trunc(months) + 0, days: whole + 0, micros: BigInt(micros) })
}

/** The same length with hours below 24 and days below 30; the interval itself where that does not fit. */
export function justified(i: Interval): Interval {
  const day = BigInt(MICROS_A_DAY)
  const micros = (BigInt(i.months) * 30n + BigInt(i.days)) * day + i.micros
  const days = micros / day
  const months = Number(days / 30n)
  return (months | 0) === months ? { months, days: Number(days % 30n), micros: micros % day } : i
}

function roundMicros(value: number): number {
  return halfEven(value * 1e6) / 1e6
}

/** The interval itself. Throws 22008 when a part does not fit. */
export function checkInterval(i: Interval): Interval {
  if ((i.months | 0) !== i.months || (i.days | 0) !== i.days || BigInt.asIntN(64, i.micros) !== i.micros)
    throw outOfRange()
  return i
}

function outOfRange(): SqlError {
  return new SqlError('datetime_field_overflow', 'interval out of range')
}
