import { SqlError } from '../../types/error.ts'
import * as t from '../../types/time/datetime.ts'
import {
  addIntervals,
  checkInterval,
  divideInterval,
  justified,
  negateInterval,
  scaleInterval,
  scaleParts,
} from '../../types/time/interval.ts'
import type { Interval } from '../../types/value.ts'
import { fn } from './registry.ts'

const DAY = t.DAY_MICROS

fn('+(interval, interval) -> interval', { help: 'sum', call: addIntervals })
fn('-(interval, interval) -> interval', {
  help: 'difference',
  call: (a: Interval, b: Interval) => addIntervals(a, negateInterval(b)),
})
fn('-(interval) -> interval', { help: 'negation', call: negateInterval })
fn('*(interval, float8) -> interval', { help: 'times', call: scaleInterval })
fn('*(float8, interval) -> interval', {
  help: 'times',
  call: (n: number, a: Interval) => scaleInterval(a, n),
})
fn('/(interval, float8) -> interval', {
  help: 'divided',
  call: (a: Interval, n: number) => {
    if (n === 0) throw new SqlError('division_by_zero', 'division by zero')
    return divideInterval(a, n)
  },
})
const scaled = (signature: string, call: (...args: never[]) => Interval) =>
  fn(signature, { help: 'rounded part by part', dialect: 'risingwave', call })
const times = (a: Interval, n: number) => scaleParts(a, part => part * n)
scaled('*(interval, float8) -> interval', times)
scaled('*(float8, interval) -> interval', (n: number, a: Interval) => times(a, n))
scaled('/(interval, float8) -> interval', (a: Interval, n: number) => {
  if (n === 0) throw new SqlError('division_by_zero', 'division by zero')
  return scaleParts(a, part => part / n)
})
fn('$justified(interval) -> interval', { help: 'with hours below 24 and days below 30', call: justified })
fn('justify_hours(interval) -> interval', {
  help: '24 hours as days',
  call: (i: Interval) => {
    const days = Number(i.micros / DAY)
    return hoursLikeDays({ months: i.months, days: i.days + days, micros: i.micros % DAY })
  },
})
fn('justify_days(interval) -> interval', {
  help: '30 days as months',
  call: (i: Interval) => {
    const whole = Math.trunc(i.days / 30)
    const [months, days] = [i.months + whole, i.days - whole * 30]
    if (months > 0 && days < 0) return { months: months - 1, days: days + 30, micros: i.micros }
    if (months < 0 && days > 0) return { months: months + 1, days: days - 30, micros: i.micros }
    return checkInterval({ months, days, micros: i.micros })
  },
})
fn('justify_interval(interval) -> interval', {
  help: 'days and months from hours and days, of one sign',
  call: (i: Interval) => {
    let days = i.days + Number(i.micros / DAY)
    const { micros } = { micros: i.micros % DAY }
    let months = i.months + Math.trunc(days / 30)
    days %= 30
    if (months > 0 && (days < 0 || (days === 0 && micros < 0n))) {
      days += 30
      months--
    } else if (months < 0 && (days > 0 || (days === 0 && micros > 0n))) {
      days -= 30
      months++
    }
    return hoursLikeDays({ months, days, micros })
  },
})
fn('isfinite(interval) -> bool', { help: 'is not infinite', call: () => true })

/** Time of the same sign as the days. */
function hoursLikeDays(i: Interval): Interval {
  if (i.days > 0 && i.micros < 0n) return checkInterval({ ...i, days: i.days - 1, micros: i.micros + DAY })
  if (i.days < 0 && i.micros > 0n) return checkInterval({ ...i, days: i.days + 1, micros: i.micros - DAY })
  return checkInterval(i)
}

for (const type of ['timestamp', 'timestamptz'] as const)
  fn(`age(${type}, ${type}) -> interval`, {
    help: 'years, months, days and time between',
    zoned: type === 'timestamptz',
    call: (a: bigint, b: bigint, zone = 'UTC') => age(local(a, zone), local(b, zone)),
  })

function local(a: bigint, zone: string): bigint {
  if (a === t.INFINITY_MICROS || a === t.MINUS_INFINITY_MICROS)
    throw new SqlError('datetime_field_overflow', 'timestamp out of range')
  return zone === 'UTC' ? a : t.instantToLocal(a, zone)
}

/** Field by field; a month that is borrowed is the one of the earlier side. */
function age(a: bigint, b: bigint): Interval {
  const [early, late] = a < b ? [a, b] : [b, a]
  const from = t.splitMicros(early)
  const to = t.splitMicros(late)
  const [x, y] = [t.civilFromDays(from.days), t.civilFromDays(to.days)]
  let micros = to.time - from.time
  let days = y.day - x.day
  let months = (y.year - x.year) * 12 + y.month - x.month
  if (micros < 0n) {
    micros += DAY
    days--
  }
  if (days < 0) {
    days += t.daysInMonth(x.year, x.month)
    months--
  }
  const result = { months, days, micros }
  return a < b ? negateInterval(result) : result
}
