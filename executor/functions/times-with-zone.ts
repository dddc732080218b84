import { notSupported } from '../../types/error.ts'
import * as t from '../../types/time/datetime.ts'
import { laterTime, steadyOffset, timeInZone, unpackTime } from '../../types/time/time-with-zone.ts'
import type { Interval } from '../../types/value.ts'
import { dateToInstant } from './date-fields.ts'
import { fn } from './registry.ts'

const later = { help: 'later by' }
fn('+(timetz, interval) -> timetz', { ...later, call: laterTime })
fn('+(interval, timetz) -> timetz', { ...later, call: (i: Interval, a: bigint) => laterTime(a, i) })
fn('-(timetz, interval) -> timetz', {
  help: 'earlier by',
  call: (a: bigint, i: Interval) => laterTime(a, { ...i, micros: -i.micros }),
})
const instant = { help: 'instant of a day and a time' }
fn('+(date, timetz) -> timestamptz', { ...instant, call: instantOf })
fn('+(timetz, date) -> timestamptz', { ...instant, call: (b: bigint, a: number) => instantOf(a, b) })
fn('timestamptz(date, timetz) -> timestamptz', { ...instant, call: instantOf })
fn('timestamptz(date, time) -> timestamptz', {
  ...instant,
  zoned: true,
  call: (a: number, b: bigint, zone: string) =>
    t.checkTimestamp(t.localToInstant(dateToInstant(a) + b, zone)),
})
fn('timezone(text, timetz) -> timetz', {
  help: 'the same time in a zone',
  call: (zone: string, a: bigint) => {
    const offset = t.fixedOffset(zone)
    return timeInZone(a, offset === undefined ? steadyOffset(zone) : 0 - offset)
  },
})
fn('timezone(interval, timetz) -> timetz', {
  help: 'the same time at an offset',
  call: (offset: Interval, a: bigint) => {
    if (offset.months !== 0 || offset.days !== 0)
      throw notSupported('a zone as an interval of months or days')
    return timeInZone(a, Number(offset.micros / 1_000_000n))
  },
})

function instantOf(days: number, time: bigint): bigint {
  const midnight = dateToInstant(days)
  if (midnight === t.INFINITY_MICROS || midnight === t.MINUS_INFINITY_MICROS) return midnight
  const { micros, east } = unpackTime(time)
  return t.checkTimestamp(midnight + micros - BigInt(east) * 1_000_000n)
}
