import { addDecimals, decimalOf, decimalToNumber, divideDecimals, roundDecimal } from '../../types/decimal.ts'
import { add, divide } from '../../types/decimal96.ts'
import * as t from '../../types/time/datetime.ts'
import { unpackTime } from '../../types/time/time-with-zone.ts'
import type { Decimal, Interval } from '../../types/value.ts'
import { noUnit, unitOf } from './date-units.ts'
import { fn } from './registry.ts'

const DAY = t.DAY_MICROS
/** Days from the Julian epoch to 1970-01-01. */
const JULIAN = 2440588

type Field = Decimal | null

for (const [name, type] of [
  ['extract', 'numeric'],
  ['date_part', 'float8'],
] as const) {
  const exact = name === 'extract'
  const result = (field: Field) => (exact || field === null ? field : decimalToNumber(field))
  fn(`${name}(text, timestamp) -> ${type}`, {
    help: 'field',
    call: (f: string, a: bigint) => result(timestampField(f, a, 'timestamp without time zone')),
  })
  fn(`${name}(text, timestamptz) -> ${type}`, {
    help: 'field',
    zoned: true,
    call: (f: string, a: bigint, zone: string) => result(instantField(f, a, zone)),
  })
  fn(`${name}(text, date) -> ${type}`, {
    help: 'field',
    call: (f: string, a: number) =>
      exact ? dateField(f, a) : result(timestampField(f, dateToInstant(a), 'timestamp without time zone')),
  })
  fn(`${name}(text, time) -> ${type}`, {
    help: 'field',
    call: (f: string, a: bigint) => result(timeField(f, a)),
  })
  fn(`${name}(text, interval) -> ${type}`, {
    help: 'field',
    call: (f: string, a: Interval) => result(intervalField(f, a)),
  })
  fn(`${name}(text, timetz) -> ${type}`, {
    help: 'field',
    call: (f: string, a: bigint) => {
      const { micros, east } = unpackTime(a)
      return result(timeField(f, micros, east))
    },
  })
}

for (const [type, epoch] of [
  ['timestamp', true],
  ['time', true],
  ['timestamptz', false],
] as const)
  fn(`extract(text, ${type}) -> numeric`, {
    dialect: 'risingwave',
    help: 'field, of seconds with nanoseconds',
    zoned: type === 'timestamptz',
    call: (f: string, a: bigint, zone?: string) => {
      const unit = unitOf(f)
      if (type !== 'time' && unit === 'julian' && hasEnd(a))
        return julian96(zone === undefined ? a : t.instantToLocal(a, zone))
      const field =
        type === 'time'
          ? timeField(f, a)
          : type === 'timestamp'
            ? timestampField(f, a, 'timestamp without time zone')
            : instantField(f, a, zone!)
      const isFine = ['second', 'millisecond', 'microsecond'].includes(unit) || (epoch && unit === 'epoch')
      return isFine ? withNanoseconds(field) : field
    },
  })

/** RisingWave's: three more digits, as long as the nanoseconds are an int8. */
function withNanoseconds(field: Field): Field {
  if (field === null || field.special !== undefined) return field
  const digits = field.digits * 1000n
  return BigInt.asIntN(64, digits) === digits ? { digits, scale: field.scale + 3 } : field
}

function julian96(micros: bigint): Field {
  const seconds = withNanoseconds({ digits: micros, scale: 6 })!
  return add(divide(seconds, decimalOf(86400)), decimalOf(JULIAN))
}

const hasEnd = (micros: bigint): boolean => micros !== t.INFINITY_MICROS && micros !== t.MINUS_INFINITY_MICROS

/** The midnight that begins the day, as UTC has it. */
export function dateToInstant(days: number): bigint {
  if (days === 0x7fffffff) return t.INFINITY_MICROS
  return days === -0x80000000 ? t.MINUS_INFINITY_MICROS : BigInt(days) * DAY
}

function instantField(word: string, a: bigint, zone: string): Field {
  const type = 'timestamp with time zone'
  const unit = unitOf(word)
  if (unit === 'epoch') return timestampField(word, a, type)
  if (a === t.INFINITY_MICROS || a === t.MINUS_INFINITY_MICROS)
    return unit.startsWith('timezone') ? null : timestampField(word, a, type)
  const offset = t.zoneOffsetSeconds(zone, a)
  const field = zoneField(unit, offset)
  if (field !== undefined) return field
  return timestampField(word, t.instantToLocal(a, zone), type)
}

function timestampField(word: string, micros: bigint, type: string): Field {
  const unit = unitOf(word)
  if (micros === t.INFINITY_MICROS || micros === t.MINUS_INFINITY_MICROS)
    return endless(word, micros > 0n, type)
  const { days, time } = t.splitMicros(micros)
  if (unit === 'epoch') return { digits: micros, scale: 6 }
  if (unit === 'julian') {
    if (time === 0n) return decimalOf(days + JULIAN)
    const part = divideDecimals(decimalOf(time), decimalOf(DAY))
    return addDecimals(decimalOf(days + JULIAN), part)
  }
  const field = clockField(unit, time) ?? calendarField(unit, days)
  if (field === undefined) throw noUnit(word, type)
  return field
}

/** Growing fields of an infinite time are infinite, the others NULL. */
function endless(word: string, up: boolean, type: string): Field {
  const unit = unitOf(word)
  if (['epoch', 'julian', 'isoyear', 'year', 'decade', 'century', 'millennium'].includes(unit))
    return { digits: 0n, scale: 0, special: up ? 'Infinity' : '-Infinity' }
  if (clockField(unit, 0n) === undefined && calendarField(unit, 0) === undefined) throw noUnit(word, type)
  return null
}

function dateField(word: string, days: number): Field {
  const unit = unitOf(word)
  if (days === 0x7fffffff || days === -0x80000000) {
    if (clockField(unit, 0n) !== undefined) throw noUnit(word, 'date')
    return endless(word, days > 0, 'date')
  }
  if (unit === 'epoch') return decimalOf(BigInt(days) * 86400n)
  if (unit === 'julian') return decimalOf(days + JULIAN)
  const field = calendarField(unit, days)
  if (field === undefined) throw noUnit(word, 'date')
  return field
}

/** A field of a time of day; `east`: of one with a zone, so many seconds east of Greenwich. */
function timeField(word: string, time: bigint, east?: number): Decimal {
  const unit = unitOf(word)
  if (unit === 'epoch') return { digits: time - BigInt(east ?? 0) * 1_000_000n, scale: 6 }
  const field = clockField(unit, time) ?? (east === undefined ? undefined : zoneField(unit, east))
  if (field === undefined)
    throw noUnit(word, east === undefined ? 'time without time zone' : 'time with time zone')
  return field
}

function zoneField(unit: string, offset: number): Decimal | undefined {
  if (unit === 'timezone') return decimalOf(offset)
  if (unit === 'timezone_hour') return decimalOf(Math.trunc(offset / 3600))
  if (unit === 'timezone_minute') return decimalOf(Math.trunc((offset % 3600) / 60))
  return undefined
}

function clockField(unit: string, time: bigint): Decimal | undefined {
  const seconds = time % 60_000_000n
  switch (unit) {
    case 'second':
      return { digits: seconds, scale: 6 }
    case 'millisecond':
      return { digits: seconds, scale: 3 }
    case 'microsecond':
      return { digits: seconds, scale: 0 }
    case 'minute':
      return decimalOf((time / 60_000_000n) % 60n)
    case 'hour':
      return decimalOf(time / 3_600_000_000n)
    default:
      return undefined
  }
}

function calendarField(unit: string, days: number): Decimal | undefined {
  const { year, month, day } = t.civilFromDays(days)
  switch (unit) {
    case 'day':
      return decimalOf(day)
    case 'month':
      return decimalOf(month)
    case 'quarter':
      return decimalOf(Math.ceil(month / 3))
    case 'year':
      return decimalOf(year > 0 ? year : year - 1)
    case 'decade':
      return decimalOf(Math.floor(year / 10))
    case 'century':
      return decimalOf(year > 0 ? Math.ceil(year / 100) : -Math.floor((100 - year) / 100))
    case 'millennium':
      return decimalOf(year > 0 ? Math.ceil(year / 1000) : -Math.floor((1000 - year) / 1000))
    case 'dow':
      return decimalOf((((days + 4) % 7) + 7) % 7)
    case 'isodow':
      return decimalOf(isoWeekday(days))
    case 'doy':
      return decimalOf(days - t.daysFromCivil(year, 1, 1) + 1)
    case 'week':
      return decimalOf(isoWeek(days).week)
    case 'isoyear': {
      const iso = isoWeek(days).year
      return decimalOf(iso > 0 ? iso : iso - 1)
    }
    default:
      return undefined
  }
}

/** Monday 1 … Sunday 7. */
export function isoWeekday(days: number): number {
  return ((((days + 3) % 7) + 7) % 7) + 1
}

/** ISO 8601 week and the year it belongs to. */
export function isoWeek(days: number): { year: number; week: number } {
  const thursday = days - isoWeekday(days) + 4
  const { year } = t.civilFromDays(thursday)
  return { year, week: Math.floor((thursday - t.daysFromCivil(year, 1, 1)) / 7) + 1 }
}

function intervalField(word: string, i: Interval): Field {
  const unit = unitOf(word)
  const years = Math.trunc(i.months / 12)
  const months = i.months % 12
  switch (unit) {
    case 'millennium':
      return decimalOf(Math.trunc(years / 1000))
    case 'century':
      return decimalOf(Math.trunc(years / 100))
    case 'decade':
      return decimalOf(Math.trunc(years / 10))
    case 'year':
      return decimalOf(years)
    case 'quarter':
      return decimalOf(Math.trunc(months / 3) + 1)
    case 'month':
      return decimalOf(months)
    case 'day':
      return decimalOf(i.days)
    case 'epoch': {
      const hours = BigInt(years) * 8766n + BigInt(months * 30 + i.days) * 24n
      return roundDecimal({ digits: hours * 3_600_000_000n + i.micros, scale: 6 }, 6)
    }
    default: {
      const field = clockField(unit, i.micros)
      if (field === undefined) throw noUnit(word, 'interval')
      return field
    }
  }
}
