import { SqlError } from '../../types/error.ts'
import * as t from '../../types/time/datetime.ts'
import { negateInterval } from '../../types/time/interval.ts'
import { fixedOffset } from '../../types/time/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { fn } from './registry.ts'

const DAY = t.DAY_MICROS
const infinite = (a: bigint) => a === t.INFINITY_MICROS || a === t.MINUS_INFINITY_MICROS

for (const type of ['timestamp', 'timestamptz'] as const) {
  const zoned = type === 'timestamptz'
  const later = zoned ? laterInZone : (a: bigint, i: Interval) => t.addInterval(a, i)
  fn(`+(${type}, interval) -> ${type}`, { help: 'later by', zoned, call: later })
  fn(`+(interval, ${type}) -> ${type}`, {
    help: 'later by',
    zoned,
    call: (i: Interval, a: bigint, zone: string) => later(a, i, zone),
  })
  fn(`-(${type}, interval) -> ${type}`, {
    help: 'earlier by',
    zoned,
    call: (a: bigint, i: Interval, zone: string) => later(a, negateInterval(i), zone),
  })
  fn(`-(${type}, ${type}) -> interval`, { help: 'time between', call: between })
  fn(`tumble_start(${type}, interval) -> ${type}`, {
    help: 'start of the window',
    call: (a: bigint, i: Interval) => windowStart(a, i, 0n),
  })
  fn(`tumble_start(${type}, interval, interval) -> ${type}`, {
    help: 'start of the window, moved by an offset',
    call: (a: bigint, i: Interval, offset: Interval) => windowStart(a, i, fixed(offset)),
  })
  fn(`date_bin(interval, ${type}, ${type}) -> ${type}`, { help: 'start of the bin', call: dateBin })
  fn(`isfinite(${type}) -> bool`, { help: 'is not infinite', call: (a: bigint) => !infinite(a) })
}
fn('isfinite(date) -> bool', { help: 'is not infinite', call: (a: number) => !endless(a) })
fn('+(date, int4) -> date', { help: 'days later', call: (a: number, n: number) => daysLater(a, n) })
fn('+(int4, date) -> date', { help: 'days later', call: (n: number, a: number) => daysLater(a, n) })
fn('-(date, int4) -> date', { help: 'days earlier', call: (a: number, n: number) => daysLater(a, -n) })
fn('-(date, date) -> int4', {
  help: 'days between',
  call: (a: number, b: number) => {
    if (endless(a) || endless(b)) throw overflow('cannot subtract infinite dates')
    return a - b
  },
})
fn('+(date, interval) -> timestamp', {
  help: 'later by',
  call: (a: number, i: Interval) => t.addInterval(midnight(a), i),
})
fn('+(interval, date) -> timestamp', {
  help: 'later by',
  call: (i: Interval, a: number) => t.addInterval(midnight(a), i),
})
fn('-(date, interval) -> timestamp', {
  help: 'earlier by',
  call: (a: number, i: Interval) => t.addInterval(midnight(a), negateInterval(i)),
})
fn('+(date, time) -> timestamp', { help: 'at that time', call: (a: number, b: bigint) => at(a, b) })
fn('+(time, date) -> timestamp', { help: 'at that time', call: (b: bigint, a: number) => at(a, b) })
fn('+(time, interval) -> time', { help: 'later by', call: (a: bigint, i: Interval) => ofDay(a + i.micros) })
fn('+(interval, time) -> time', { help: 'later by', call: (i: Interval, a: bigint) => ofDay(a + i.micros) })
fn('-(time, interval) -> time', { help: 'earlier by', call: (a: bigint, i: Interval) => ofDay(a - i.micros) })
fn('-(time, time) -> interval', {
  help: 'time between',
  call: (a: bigint, b: bigint) => ({ months: 0, days: 0, micros: a - b }),
})
fn('timezone(text, timestamptz) -> timestamp', {
  help: 'local time in a zone',
  call: (z: string, a: bigint) => (infinite(a) ? a : zoned(z, zone => t.instantToLocal(a, zone))),
})
fn('timezone(text, timestamp) -> timestamptz', {
  help: 'instant of a local time',
  call: (z: string, a: bigint) =>
    infinite(a) ? a : zoned(z, zone => t.checkTimestamp(t.localToInstant(a, zone))),
})
fn('timezone(interval, timestamptz) -> timestamp', {
  help: 'local time at an offset',
  call: (z: Interval, a: bigint) => (infinite(a) ? a : a + offset(z)),
})
fn('timezone(interval, timestamp) -> timestamptz', {
  help: 'instant of a local time at an offset',
  call: (z: Interval, a: bigint) => (infinite(a) ? a : a - offset(z)),
})

for (const type of ['timestamp', 'timestamptz', 'time'] as const) {
  const add = (a: bigint, i: Interval, zone: string) =>
    type === 'time'
      ? ofDay(a + i.micros)
      : type === 'timestamptz'
        ? laterInZone(a, i, zone)
        : t.addInterval(a, i)
  for (const first of [type, 'interval'])
    for (const second of [type, 'interval'])
      fn(`overlaps(${type}, ${first}, ${type}, ${second}) -> bool`, {
        help: 'spans have a moment in common',
        zoned: type === 'timestamptz',
        strict: false,
        call: (a: bigint | null, b: End, c: bigint | null, d: End, zone: string) => {
          const end = (start: bigint | null, to: End): bigint | null =>
            typeof to === 'bigint' || to === null ? to : start === null ? null : add(start, to, zone)
          return overlap(a, end(a, b), c, end(c, d))
        },
      })
}

/** timestamptz + interval: days and months pass by the zone's clock. */
export function laterInZone(a: bigint, i: Interval, zone: string): bigint {
  if (infinite(a)) return a
  if (i.months === 0 && i.days === 0) return t.checkTimestamp(a + i.micros)
  const local = t.addInterval(t.instantToLocal(a, zone), { ...i, micros: 0n })
  return t.checkTimestamp(t.localToInstant(local, zone) + i.micros)
}

/** PostgreSQL's timestamp difference: days and time, no months. */
function between(a: bigint, b: bigint): Interval {
  if (infinite(a) || infinite(b)) throw overflow('cannot subtract infinite timestamps')
  const micros = a - b
  return { months: 0, days: Number(micros / DAY), micros: micros % DAY }
}

function fixed(i: Interval): bigint {
  return BigInt(i.days) * DAY + i.micros
}

function windowStart(a: bigint, size: Interval, from: bigint): bigint {
  const micros = fixed(size)
  if (size.months !== 0 || micros <= 0n)
    throw new SqlError('invalid_parameter_value', 'window size must be a positive interval without months')
  return binned(a, micros, from)
}

function dateBin(stride: Interval, a: bigint, origin: bigint): bigint {
  if (infinite(a)) return a
  if (infinite(origin)) throw overflow('origin out of range')
  if (stride.months !== 0)
    throw new SqlError(
      'feature_not_supported',
      'timestamps cannot be binned into intervals containing months or years',
    )
  const micros = fixed(stride)
  if (micros <= 0n) throw overflow('stride must be greater than zero')
  if (!fits(micros) || !fits(a - origin)) throw overflow('interval out of range')
  return t.checkTimestamp(binned(a, micros, origin))
}

const fits = (micros: bigint) => BigInt.asIntN(64, micros) === micros

function binned(a: bigint, micros: bigint, from: bigint): bigint {
  const rest = (a - from) % micros
  return a - (rest < 0n ? rest + micros : rest)
}

function endless(days: number): boolean {
  return days === 0x7fffffff || days === -0x80000000
}

function daysLater(a: number, n: number): number {
  if (endless(a)) return a
  const days = a + n
  if (days < -2440588 || days > 2147483493 - 2440588) throw overflow('date out of range')
  return days
}

function midnight(days: number): bigint {
  if (endless(days)) return days > 0 ? t.INFINITY_MICROS : t.MINUS_INFINITY_MICROS
  const micros = BigInt(days) * DAY
  if (micros < t.TIMESTAMP_START || micros >= t.TIMESTAMP_END)
    throw overflow('date out of range for timestamp')
  return micros
}

function at(days: number, time: bigint): bigint {
  const start = midnight(days)
  return infinite(start) ? start : t.checkTimestamp(start + time)
}

function ofDay(micros: bigint): bigint {
  return ((micros % DAY) + DAY) % DAY
}

function offset(i: Interval): bigint {
  if (i.months !== 0 || i.days !== 0)
    throw new SqlError('invalid_parameter_value', 'interval time zone must not include months or days')
  return (i.micros / 1_000_000n) * 1_000_000n
}

/** Spans are half open; a point is a span of its own. */
type End = bigint | Interval | null

/** Spans whose one end is NULL overlap when that is certain whatever it is (overlaps_timestamp of timestamp.c). */
function overlap(a: bigint | null, b: bigint | null, c: bigint | null, d: bigint | null): boolean | null {
  const [from, to] = span(a, b)
  const [start, end] = span(c, d)
  if (from === null || start === null) return null
  if (from === start) return to === null || end === null ? null : true
  const [first, second, until] = from < start ? [to, end, start] : [end, to, from]
  if (first === null) return null
  if (until < first) return true
  return second === null ? null : false
}

function span(a: bigint | null, b: bigint | null): [bigint | null, bigint | null] {
  if (a === null || b === null) return [a ?? b, null]
  return a < b ? [a, b] : [b, a]
}

/** A fixed offset is POSIX's here: positive is west of Greenwich. */
function zoned<T>(zone: string, run: (zone: string) => T): T {
  try {
    const seconds = fixedOffset(zone)
    if (seconds === undefined) return run(zone)
    const size = Math.abs(seconds)
    return run(`${seconds > 0 ? '-' : '+'}${two(size / 3600)}:${two((size % 3600) / 60)}:${two(size % 60)}`)
  } catch (error) {
    if (error instanceof SqlError) throw error
    throw new SqlError('invalid_parameter_value', `time zone "${zone}" not recognized`)
  }
}

function two(n: number): string {
  return String(Math.trunc(n)).padStart(2, '0')
}

function overflow(message: string): SqlError {
  return new SqlError('datetime_field_overflow', message)
}
