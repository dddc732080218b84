import { SqlError } from '../../types/error.ts'
import { halfEven } from '../../types/half-even.ts'
import { timeOfId } from '../../types/row-id.ts'
import * as t from '../../types/time/datetime.ts'
import { zoneOffset } from '../../types/time/zone-offset.ts'
import { fn } from './registry.ts'

const DAY = t.DAY_MICROS
const EPOCH_2000 = 946_684_800_000_000n

fn('make_date(int4, int4, int4) -> date', {
  help: 'of year, month, day',
  parameters: 'year month day',
  call: makeDate,
})
fn('make_time(int4, int4, float8) -> time', {
  help: 'of hour, minute, second',
  parameters: 'hour min sec',
  call: makeTime,
})
fn('make_timestamp(int4, int4, int4, int4, int4, float8) -> timestamp', {
  help: 'of its fields',
  parameters: 'year month mday hour min sec',
  call: makeTimestamp,
})
fn('make_timestamptz(int4, int4, int4, int4, int4, float8) -> timestamptz', {
  help: 'of its fields in local time',
  zoned: true,
  call: makeInstant,
})
fn('make_timestamptz(int4, int4, int4, int4, int4, float8, text) -> timestamptz', {
  help: 'of its fields in the time of a zone',
  parameters: 'year month mday hour min sec timezone',
  call: makeInstant,
})
const PARTS = ['int4', 'int4', 'int4', 'int4', 'int4', 'int4', 'float8']
for (let count = 0; count <= PARTS.length; count++)
  fn(`make_interval(${PARTS.slice(0, count).join(', ')}) -> interval`, {
    help: 'of years, months, weeks, days, hours, minutes, seconds',
    ...(count === PARTS.length
      ? { parameters: 'years months weeks days hours mins secs', defaults: [0, 0, 0, 0, 0, 0, 0] }
      : {}),
    call: (years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0) => {
      if (!(Math.abs(seconds) < 9e12)) throw overflow('interval out of range')
      const whole = { months: years * 12 + months, days: weeks * 7 + days }
      if (Math.abs(whole.months) > 0x7fffffff || Math.abs(whole.days) > 0x7fffffff)
        throw overflow('interval out of range')
      const micros = BigInt(hours) * 3_600_000_000n + BigInt(minutes) * 60_000_000n
      return { ...whole, micros: micros + BigInt(Math.round(seconds * 1e6)) }
    },
  })
fn('to_timestamp(float8) -> timestamptz', {
  help: 'of seconds since 1970',
  call: (a: number) => {
    if (a === Infinity) return t.INFINITY_MICROS
    if (a === -Infinity) return t.MINUS_INFINITY_MICROS
    if (Number.isNaN(a)) throw overflow('timestamp cannot be NaN')
    if (a < -210866803200 || a >= 9223372036854) throw overflow(`timestamp out of range: "${a}"`)
    return t.checkTimestamp(EPOCH_2000 + BigInt(halfEven((a - 946684800) * 1e6)))
  },
})

fn('$row_time(int8) -> timestamptz', { help: 'when a row id was given', call: timeOfId })

function makeDate(year: number, month: number, day: number): number {
  const y = year < 0 ? year + 1 : year
  if (year === 0 || month < 1 || month > 12 || day < 1 || day > t.daysInMonth(y, month))
    throw overflow(`date field value out of range: ${year}-${two(month)}-${two(day)}`)
  const days = t.daysFromCivil(y, month, day)
  if (days < -2440588 || y > 5874897) throw overflow(`date out of range: ${year}-${two(month)}-${two(day)}`)
  return days
}

function makeTime(hour: number, minute: number, second: number): bigint {
  const micros = BigInt(hour * 3600 + minute * 60) * 1_000_000n
  const end = hour === 24 && (minute > 0 || second > 0)
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0) || second > 60 || end)
    throw overflow(`time field value out of range: ${hour}:${two(minute)}:${two(second)}`)
  return micros + BigInt(Math.round(second * 1e6))
}

function makeTimestamp(y: number, mo: number, d: number, h: number, mi: number, s: number): bigint {
  return t.checkTimestamp(BigInt(makeDate(y, mo, d)) * DAY + makeTime(h, mi, s))
}

function makeInstant(
  y: number,
  mo: number,
  d: number,
  h: number,
  mi: number,
  s: number,
  zone: string,
): bigint {
  const local = makeTimestamp(y, mo, d, h, mi, s)
  const offset = zoneOffset(zone)
  if (typeof offset === 'number') return t.checkTimestamp(local - BigInt(offset) * 1_000_000n)
  if (offset === 'zone') throw invalid(`numeric time zone "${zone}" out of range`)
  if (/^\d/.test(zone))
    throw invalid(
      `invalid input syntax for type numeric time zone: "${zone}"`,
      'Numeric time zones must have "-" or "+" as first character.',
    )
  return t.checkTimestamp(t.localToInstant(local, zone))
}

function invalid(message: string, hint?: string): SqlError {
  return new SqlError('invalid_parameter_value', message, { hint })
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function overflow(message: string): SqlError {
  return new SqlError('datetime_field_overflow', message)
}
