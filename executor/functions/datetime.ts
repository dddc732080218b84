import * as t from '../../types/datetime.ts'
import { decimalOf, roundDecimal } from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import { addIntervals, scaleInterval } from '../../types/interval.ts'
import type { Decimal, Interval } from '../../types/value.ts'
import { fn } from './registry.ts'

const DAY = 86_400_000_000n
const negate = (i: Interval): Interval => ({ months: -i.months, days: -i.days, micros: -i.micros })

for (const type of ['timestamp', 'timestamptz']) {
  fn(`+(${type}, interval) -> ${type}`, { help: 'later by', call: t.addInterval })
  fn(`+(interval, ${type}) -> ${type}`, {
    help: 'later by',
    call: (i: Interval, a: bigint) => t.addInterval(a, i),
  })
  fn(`-(${type}, interval) -> ${type}`, {
    help: 'earlier by',
    call: (a: bigint, i: Interval) => t.addInterval(a, negate(i)),
  })
  fn(`-(${type}, ${type}) -> interval`, { help: 'time between', call: between })
  fn(`date_trunc(text, ${type}) -> ${type}`, { help: 'cut to a unit', call: truncate })
  for (const name of ['extract', 'date_part'])
    fn(`${name}(text, ${type}) -> ${name === 'extract' ? 'numeric' : 'float8'}`, {
      help: 'field',
      call: field(name === 'extract'),
    })
  fn(`tumble_start(${type}, interval) -> ${type}`, {
    help: 'start of the window',
    call: (a: bigint, i: Interval) => windowStart(a, i, 0n),
  })
  fn(`tumble_start(${type}, interval, interval) -> ${type}`, {
    help: 'start of the window, moved by an offset',
    call: (a: bigint, i: Interval, offset: Interval) => windowStart(a, i, fixed(offset)),
  })
  fn(`date_bin(interval, ${type}, ${type}) -> ${type}`, {
    help: 'start of the bin',
    call: (i: Interval, a: bigint, origin: bigint) => windowStart(a, i, origin),
  })
}
fn('+(date, int4) -> date', { help: 'days later', emit: ([a, b]) => `(${a} + ${b} | 0)` })
fn('+(int4, date) -> date', { help: 'days later', emit: ([a, b]) => `(${a} + ${b} | 0)` })
fn('-(date, int4) -> date', { help: 'days earlier', emit: ([a, b]) => `(${a} - ${b} | 0)` })
fn('-(date, date) -> int4', { help: 'days between', emit: ([a, b]) => `(${a} - ${b})` })
fn('+(date, interval) -> timestamp', {
  help: 'later by',
  call: (a: number, i: Interval) => t.addInterval(BigInt(a) * DAY, i),
})
fn('-(date, interval) -> timestamp', {
  help: 'earlier by',
  call: (a: number, i: Interval) => t.addInterval(BigInt(a) * DAY, negate(i)),
})
fn('+(date, time) -> timestamp', {
  help: 'at that time',
  call: (a: number, b: bigint) => BigInt(a) * DAY + b,
})
fn('+(time, interval) -> time', {
  help: 'later by',
  call: (a: bigint, i: Interval) => (((a + i.micros) % DAY) + DAY) % DAY,
})
fn('-(time, interval) -> time', {
  help: 'earlier by',
  call: (a: bigint, i: Interval) => (((a - i.micros) % DAY) + DAY) % DAY,
})
fn('-(time, time) -> interval', {
  help: 'time between',
  call: (a: bigint, b: bigint) => ({ months: 0, days: 0, micros: a - b }),
})
fn('+(interval, interval) -> interval', { help: 'sum', call: addIntervals })
fn('-(interval, interval) -> interval', {
  help: 'difference',
  call: (a: Interval, b: Interval) => addIntervals(a, negate(b)),
})
fn('-(interval) -> interval', { help: 'negation', call: negate })
fn('*(interval, float8) -> interval', { help: 'times', call: scaleInterval })
fn('*(float8, interval) -> interval', {
  help: 'times',
  call: (n: number, a: Interval) => scaleInterval(a, n),
})
fn('/(interval, float8) -> interval', {
  help: 'divided',
  call: (a: Interval, n: number) => {
    if (n === 0) throw new SqlError('division_by_zero', 'division by zero')
    return scaleInterval(a, 1 / n)
  },
})
for (const name of ['extract', 'date_part']) {
  const type = name === 'extract' ? 'numeric' : 'float8'
  const result = (n: Decimal) => (name === 'extract' ? n : Number(n.digits) / 10 ** n.scale)
  fn(`${name}(text, date) -> ${type}`, {
    help: 'field',
    call: (f: string, a: number) => result(fieldOf(f, BigInt(a) * DAY, true)),
  })
  fn(`${name}(text, time) -> ${type}`, {
    help: 'field',
    call: (f: string, a: bigint) => result(fieldOf(f, a, false)),
  })
  fn(`${name}(text, interval) -> ${type}`, {
    help: 'field',
    call: (f: string, a: Interval) => result(intervalField(f, a)),
  })
}
fn('timezone(text, timestamptz) -> timestamp', {
  help: 'local time in a zone',
  call: (z: string, a: bigint) => zoned(z, () => t.instantToLocal(a, z)),
})
fn('timezone(text, timestamp) -> timestamptz', {
  help: 'instant of a local time',
  call: (z: string, a: bigint) => zoned(z, () => t.localToInstant(a, z)),
})
fn('to_timestamp(float8) -> timestamptz', {
  help: 'of seconds since 1970',
  call: (a: number) => BigInt(Math.round(a * 1e6)),
})
fn('make_date(int4, int4, int4) -> date', { help: 'of year, month, day', call: t.daysFromCivil })
fn('make_timestamp(int4, int4, int4, int4, int4, float8) -> timestamp', {
  help: 'of its fields',
  call: (y: number, mo: number, d: number, h: number, mi: number, s: number) =>
    BigInt(t.daysFromCivil(y, mo, d)) * DAY + BigInt(Math.round((h * 3600 + mi * 60 + s) * 1e6)),
})

/** PostgreSQL's timestamp difference: days and time, no months. */
function between(a: bigint, b: bigint): Interval {
  const micros = a - b
  return { months: 0, days: Number(micros / DAY), micros: micros % DAY }
}

function fixed(i: Interval): bigint {
  return BigInt(i.days) * DAY + i.micros
}

function windowStart(a: bigint, size: Interval, offset: bigint): bigint {
  const micros = fixed(size)
  if (size.months !== 0 || micros <= 0n)
    throw new SqlError('invalid_parameter_value', 'window size must be a positive interval without months')
  const rest = (a - offset) % micros
  return a - (rest < 0n ? rest + micros : rest)
}

function truncate(unit: string, a: bigint): bigint {
  const { days, time } = t.splitMicros(a)
  const { year, month } = t.civilFromDays(days)
  const day = (y: number, m: number) => BigInt(t.daysFromCivil(y, m, 1)) * DAY
  const small: Readonly<Record<string, bigint>> = {
    microseconds: 1n,
    milliseconds: 1000n,
    second: 1_000_000n,
    minute: 60_000_000n,
    hour: 3_600_000_000n,
    day: DAY,
  }
  const word = unit.toLowerCase().replace(/s$/, '')
  const size = small[word] ?? small[`${word}s`]
  if (size !== undefined) return BigInt(days) * DAY + (time / size) * size
  switch (word) {
    case 'week':
      return BigInt(days - ((((days + 3) % 7) + 7) % 7)) * DAY
    case 'month':
      return day(year, month)
    case 'quarter':
      return day(year, month - ((month - 1) % 3))
    case 'year':
      return day(year, 1)
    case 'decade':
      return day(Math.floor(year / 10) * 10, 1)
    case 'century':
      return day(Math.floor((year - 1) / 100) * 100 + 1, 1)
    default:
      throw new SqlError(
        'invalid_parameter_value',
        `unit "${unit}" not recognized for type timestamp without time zone`,
      )
  }
}

function field(exact: boolean): (f: string, a: bigint) => Decimal | number {
  return (f, a) => {
    const value = fieldOf(f, a, true)
    return exact ? value : Number(value.digits) / 10 ** value.scale
  }
}

function fieldOf(name: string, micros: bigint, dated: boolean): Decimal {
  const { days, time } = t.splitMicros(micros)
  const { year, month, day } = t.civilFromDays(days)
  const seconds = time % 60_000_000n
  switch (name.toLowerCase()) {
    case 'second':
      return { digits: seconds, scale: 6 }
    case 'milliseconds':
    case 'millisecond':
      return { digits: seconds, scale: 3 }
    case 'microseconds':
    case 'microsecond':
      return { digits: seconds, scale: 0 }
    case 'minute':
      return decimalOf((time / 60_000_000n) % 60n)
    case 'hour':
      return decimalOf(time / 3_600_000_000n)
    case 'epoch':
      return { digits: micros, scale: 6 }
  }
  if (dated)
    switch (name.toLowerCase()) {
      case 'day':
        return decimalOf(day)
      case 'month':
        return decimalOf(month)
      case 'year':
        return decimalOf(year > 0 ? year : year - 1)
      case 'quarter':
        return decimalOf(Math.ceil(month / 3))
      case 'dow':
        return decimalOf((((days + 4) % 7) + 7) % 7)
      case 'isodow':
        return decimalOf(((((days + 3) % 7) + 7) % 7) + 1)
      case 'doy':
        return decimalOf(days - t.daysFromCivil(year, 1, 1) + 1)
      case 'week': {
        const thursday = days - ((((days + 3) % 7) + 7) % 7) + 3
        return decimalOf(
          Math.floor((thursday - t.daysFromCivil(t.civilFromDays(thursday).year, 1, 1)) / 7) + 1,
        )
      }
      case 'decade':
        return decimalOf(Math.floor(year / 10))
      case 'century':
        return decimalOf(Math.ceil(year / 100))
      case 'millennium':
        return decimalOf(Math.ceil(year / 1000))
    }
  throw new SqlError('invalid_parameter_value', `unit "${name}" not recognized`)
}

function intervalField(name: string, i: Interval): Decimal {
  switch (name.toLowerCase()) {
    case 'year':
      return decimalOf(Math.trunc(i.months / 12))
    case 'month':
      return decimalOf(i.months % 12)
    case 'day':
      return decimalOf(i.days)
    case 'hour':
      return decimalOf(i.micros / 3_600_000_000n)
    case 'minute':
      return decimalOf((i.micros / 60_000_000n) % 60n)
    case 'second':
      return { digits: i.micros % 60_000_000n, scale: 6 }
    case 'epoch': {
      const years = Math.trunc(i.months / 12)
      const days = BigInt(years * 1461) * 6n + BigInt((i.months % 12) * 30 + i.days) * 24n
      return roundDecimal({ digits: days * 3_600_000_000n + i.micros, scale: 6 }, 6)
    }
    default:
      throw new SqlError('invalid_parameter_value', `unit "${name}" not recognized for type interval`)
  }
}

function zoned<T>(zone: string, run: () => T): T {
  try {
    return run()
  } catch {
    throw new SqlError('invalid_parameter_value', `time zone "${zone}" not recognized`)
  }
}
