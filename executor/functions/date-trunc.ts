import { SqlError } from '../../types/error.ts'
import * as t from '../../types/time/datetime.ts'
import type { Interval } from '../../types/value.ts'
import { noUnit, unitOf } from './date-units.ts'
import { fn } from './registry.ts'

const DAY = t.DAY_MICROS
const TIMESTAMP = 'timestamp without time zone'
const TIMESTAMPTZ = 'timestamp with time zone'
const SMALL: Readonly<Record<string, bigint>> = {
  microsecond: 1n,
  millisecond: 1000n,
  second: 1_000_000n,
  minute: 60_000_000n,
  hour: 3_600_000_000n,
}

fn('date_trunc(text, timestamp) -> timestamp', {
  help: 'cut to a unit',
  call: (unit: string, a: bigint) => truncate(unit, a, TIMESTAMP),
})
fn('date_trunc(text, timestamptz) -> timestamptz', {
  help: 'cut to a unit',
  zoned: true,
  call: truncateInstant,
})
fn('date_trunc(text, timestamptz, text) -> timestamptz', {
  help: 'cut to a unit in a zone',
  call: truncateInstant,
})
fn('date_trunc(text, interval) -> interval', { help: 'cut to a unit', call: truncateInterval })

const LONG_NAMES = new Set(
  'microseconds milliseconds second minute hour day week month quarter year decade century millennium'.split(
    ' ',
  ),
)

/** Without abbreviations and other forms of the fields. */
function strictly<Rest extends unknown[], Result>(
  call: (unit: string, ...rest: Rest) => Result,
  type: string,
) {
  return (unit: string, ...rest: Rest): Result => {
    if (!LONG_NAMES.has(unit.toLowerCase())) throw noUnit(unit, type)
    return call(unit, ...rest)
  }
}
const STRICT = { help: 'cut to a unit, by its long name', dialect: 'risingwave' } as const
const strictInstant = strictly(truncateInstant, TIMESTAMPTZ)
fn('date_trunc(text, timestamp) -> timestamp', {
  ...STRICT,
  call: strictly((unit: string, a: bigint) => truncate(unit, a, TIMESTAMP), TIMESTAMP),
})
fn('date_trunc(text, timestamptz) -> timestamptz', { ...STRICT, zoned: true, call: strictInstant })
fn('date_trunc(text, timestamptz, text) -> timestamptz', { ...STRICT, call: strictInstant })
fn('date_trunc(text, interval) -> interval', { ...STRICT, call: strictly(truncateInterval, 'interval') })

/** Days and longer are cut in local time; shorter units keep the offset of the instant. */
function truncateInstant(unit: string, a: bigint, zone: string): bigint {
  if (infinite(a)) return known(unit, TIMESTAMPTZ, a)
  const local = t.instantToLocal(a, zone)
  const cut = truncate(unit, local, TIMESTAMPTZ)
  return SMALL[unitOf(unit)] === undefined ? t.localToInstant(cut, zone) : cut - (local - a)
}

function truncate(word: string, a: bigint, type: string): bigint {
  if (infinite(a)) return known(word, type, a)
  const { days, time } = t.splitMicros(a)
  const unit = unitOf(word)
  const size = SMALL[unit]
  if (size !== undefined) return BigInt(days) * DAY + (time / size) * size
  return BigInt(truncateDays(unit, word, days, type)) * DAY
}

function truncateDays(unit: string, word: string, days: number, type: string): number {
  const { year, month } = t.civilFromDays(days)
  switch (unit) {
    case 'day':
      return days
    case 'week':
      return days - ((((days + 3) % 7) + 7) % 7)
    case 'month':
      return t.daysFromCivil(year, month, 1)
    case 'quarter':
      return t.daysFromCivil(year, month - ((month - 1) % 3), 1)
    case 'year':
      return t.daysFromCivil(year, 1, 1)
    case 'decade':
      return t.daysFromCivil(Math.floor(year / 10) * 10, 1, 1)
    case 'century':
      return t.daysFromCivil(Math.floor((year - 1) / 100) * 100 + 1, 1, 1)
    case 'millennium':
      return t.daysFromCivil(Math.floor((year - 1) / 1000) * 1000 + 1, 1, 1)
    default:
      throw noUnit(word, type)
  }
}

function known(word: string, type: string, a: bigint): bigint {
  if (SMALL[unitOf(word)] === undefined) truncateDays(unitOf(word), word, 0, type)
  return a
}

const MONTHS: Readonly<Record<string, number>> = {
  millennium: 12000,
  century: 1200,
  decade: 120,
  year: 12,
  quarter: 3,
  month: 1,
}

function truncateInterval(word: string, i: Interval): Interval {
  const unit = unitOf(word)
  const months = MONTHS[unit]
  if (months !== undefined) return { months: i.months - (i.months % months), days: 0, micros: 0n }
  if (unit === 'day') return { ...i, micros: 0n }
  const size = SMALL[unit]
  if (size !== undefined) return { ...i, micros: i.micros - (i.micros % size) }
  if (unit === 'week')
    throw new SqlError(
      'feature_not_supported',
      `unit "${word.toLowerCase()}" not supported for type interval`,
      {
        detail: 'Months usually have fractional weeks.',
      },
    )
  throw noUnit(word, 'interval')
}

function infinite(a: bigint): boolean {
  return a === t.INFINITY_MICROS || a === t.MINUS_INFINITY_MICROS
}
