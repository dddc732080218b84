import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitValue } from '../type-modifier.ts'
import type { Interval } from '../value.ts'
import { formatInterval } from './interval.ts'
import { INTERVAL_FIELDS } from './interval-fields.ts'
import { readInterval } from './read-interval.ts'

function read(text: string, range = 0, standard = false): string {
  const found = readInterval(text, range, standard)
  return typeof found === 'string' ? found : formatInterval(found)
}

test('an interval is read from numbers with units, clocks, years and months, and ISO 8601', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['1 day 02:03', '1 day 02:03:00'],
    ['1y2mon3d4h', '1 year 2 mons 3 days 04:00:00'],
    ['1-2 3', '1 year 2 mons 00:00:03'],
    ['@ 1 minute ago', '-00:01:00'],
    ['1.5 months -2 weeks', '1 mon 1 day'],
    ['-1.5 years', '-1 years -6 mons'],
    ['5 days 1.5', '5 days 00:00:01.5'],
    ['1:2.5', '00:01:02.5'],
    ['1 month 1:', '1 mon 01:00:00'],
    ['0:0:0.0000005', '00:00:00'],
    ['2:03 1-2 ago', '-1 years -2 mons -02:03:00'],
    ['12:34:56.7890123', '12:34:56.789012'],
    ['2 centuries 3 milliseconds', '200 years 00:00:00.003'],
    ['P1Y2M3W4DT5H6M7.5S', '1 year 2 mons 25 days 05:06:07.5'],
    ['P0001-02-03T04:05:06', '1 year 2 mons 3 days 04:05:06'],
    ['P00010203T040506', '1 year 2 mons 3 days 04:05:06'],
    ['PT1e3S', '00:16:40'],
    ['9223372036854775807 us', '2562047788:00:54.775807'],
    ['p1d', 'format'],
    ['1 2', 'format'],
    ['1 day 1 day', 'format'],
    ['1.5 seconds 3 milliseconds', 'format'],
    ['1 fortnight', 'format'],
    ['1 ago', 'format'],
    ['', 'format'],
    ['1-12', 'range'],
    ['1:60', 'range'],
    ['2147483648 days', 'range'],
    ['9223372036854775808 us', 'range'],
    ['178956971 years', 'total'],
  ]
  for (const [text, expected] of cases) assert.equal(read(text), expected, text)
})

test('the fields of the type say what a bare number is, and what is left of the value', () => {
  const { year, month, day, hour, minute, second } = INTERVAL_FIELDS
  assert.equal(read('3', year), '3 years')
  assert.equal(read('3', year | month), '3 mons')
  assert.equal(read('1 2', day | hour), '1 day 02:00:00')
  assert.equal(read('2:03', minute | second), '00:02:03')
  const limit = (text: string, modifier: string) =>
    formatInterval(
      limitValue({ name: 'interval' }, readInterval(text) as Interval, modifier, true) as Interval,
    )
  assert.equal(limit('14 months 3 days 1:02:03', `interval(6,${year})`), '1 year')
  assert.equal(limit('14 months 3 days 1:02:03', `interval(6,${day})`), '1 year 2 mons 3 days')
  assert.equal(limit('3 days -1:02:03', `interval(6,${day | hour})`), '3 days -01:00:00')
  assert.equal(limit('1:02:03.456', `interval(1,${hour | minute | second})`), '01:02:03.5')
})

test('the standard makes a sign in front that of all fields, unless others have one', () => {
  assert.equal(read('-1 2:03:04', 0, true), '-1 days -02:03:04')
  assert.equal(read('-1 +2:03:04', 0, true), '-1 days +02:03:04')
  assert.equal(read('-1 2:03:04'), '-1 days +02:03:04')
})
