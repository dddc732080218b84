import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../error.ts'
import { formatText, parseText } from '../text-io.ts'
import { TIME, TIMESTAMP, TIMESTAMPTZ, type Type } from '../type.ts'
import { parseIsoTimestamp } from './datetime.ts'
import { timeStyleText } from './time-style.ts'

const NOW = 1_795_294_800_000_000n // 2026-11-21 21:00 UTC

function read(type: Type, text: string, style = 'UTC'): string {
  try {
    return formatText(type, parseText(type, text, style, NOW)!)
  } catch (error) {
    assert(error instanceof SqlError, String(error))
    return `${error.sqlstate} ${error.hint === undefined ? '' : 'hint'}`.trim()
  }
}

test('a timestamp is read from any order that says which number is what', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['March 7, 2021', '2021-03-07 00:00:00'],
    ['7-Mar-2021 5:06PM', '2021-03-07 17:06:00'],
    ['Sun Mar 07 17:06:05.25 2021 EST', '2021-03-07 17:06:05.25'],
    ['2021/3/7,4:05', '2021-03-07 04:05:00'],
    ['3/7/21', '2021-03-07 00:00:00'],
    ['3/7/69 AD', '2069-03-07 00:00:00'],
    ['3/7/70', '1970-03-07 00:00:00'],
    ['20210307 040506', '2021-03-07 04:05:06'],
    ['20210307T040506.789-08', '2021-03-07 04:05:06.789'],
    ['2021.066', '2021-03-07 00:00:00'],
    ['2021-066-', '2021-03-07 00:00:00'],
    ['J2459281.5', '2021-03-07 12:00:00'],
    ['y2021m03d07', '2021-03-07 00:00:00'],
    ['Mar 7 0044 BC', '0044-03-07 00:00:00 BC'],
    ['21MAR07 12:00 AM', '2007-03-21 00:00:00'],
    ['2021-03-07 24:00', '2021-03-08 00:00:00'],
    ['2021-03-07 04:05:60', '2021-03-07 04:06:00'],
    ['today 10:00', '2026-11-21 10:00:00'],
    ['tomorrow', '2026-11-22 00:00:00'],
    ['now', '2026-11-21 21:00:00'],
    ['epoch', '1970-01-01 00:00:00'],
    [' -infinity ', '-infinity'],
    ['2021-02-29', '22008'],
    ['2021-13-07', '22008 hint'],
    ['31/3/2021', '22008 hint'],
    ['2021-03-07 10:00+16', '22009'],
    ['2021-03-07 10:00 Middle/Nowhere', '22023'],
    ['2021-03-07 10:00 noon', '22007'],
    ['10:00 2021-03-07', '22007'],
    ['mar 2021', '22007'],
    ['0000-01-01', '22008'],
    ['', '22007'],
  ]
  for (const [text, expected] of cases) assert.equal(read(TIMESTAMP, text), expected, text)
})

test('an instant is read in the zone that stands with it, or the one of the style', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['2021-07-07 10:00 PDT', '2021-07-07 17:00:00+00:00'],
    ['2021-07-07 10:00 america/new_york', '2021-07-07 14:00:00+00:00'],
    ['Wed Jul 7 10:00:00 Europe/Berlin 2021', '2021-07-07 08:00:00+00:00'],
    ['2021-07-07 10:00 GMT+4', '2021-07-07 14:00:00+00:00'],
    ['2021-07-07 10:00+4', '2021-07-07 06:00:00+00:00'],
    ['2021-07-07 10:00:00+0530', '2021-07-07 04:30:00+00:00'],
    ['2021-07-07 10:00 MET DST', '2021-07-07 08:00:00+00:00'],
    ['2021-07-07 10:00 msk', '2021-07-07 07:00:00+00:00'],
    ['2021-07-07T10:00:00.5Z', '2021-07-07 10:00:00.5+00:00'],
  ]
  for (const [text, expected] of cases) assert.equal(read(TIMESTAMPTZ, text), expected, text)
  assert.equal(read(TIMESTAMPTZ, '7/7/2021 10:00', 'Asia/Tokyo'), '2021-07-07 01:00:00+00:00')
})

test('a time of day is read with a zone or a date beside it', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['4:05', '04:05:00'],
    ['040506.5', '04:05:06.5'],
    ['11:59 pm PST', '23:59:00'],
    ['2021-03-07 10:00 America/New_York', '10:00:00'],
    ['10:00 America/New_York', '22007'],
    ['10:00 GMT+4', '10:00:00'],
    ['23:59:60', '24:00:00'],
    ['24:00:01', '22008'],
    ['allballs', '00:00:00'],
    ['today', '22007'],
  ]
  for (const [text, expected] of cases) assert.equal(read(TIME, text), expected, text)
})

test('the order of the style decides where the numbers do not', () => {
  const of = (order: string) => timeStyleText({ zone: 'UTC', dates: `ISO, ${order}` })
  assert.equal(read(TIMESTAMP, '01/02/03', of('MDY')), '2003-01-02 00:00:00')
  assert.equal(read(TIMESTAMP, '01/02/03', of('DMY')), '2003-02-01 00:00:00')
  assert.equal(read(TIMESTAMP, '01/02/03', of('YMD')), '2001-02-03 00:00:00')
  assert.equal(read(TIMESTAMP, '08-Jan-1999', of('YMD')), '1999-01-08 00:00:00')
})

test('what the quick reader takes is what the full one takes', () => {
  for (const text of [
    '2021-03-07',
    '2021-03-07 04:05',
    '2021-03-07T04:05:06.007-03:30',
    '2020-02-29 23:59:59Z',
  ]) {
    const quick = parseIsoTimestamp(text)
    assert(quick !== undefined, text)
    assert.equal(parseText(TIMESTAMP, ` ${text}`), quick.micros)
  }
  for (const text of ['2021-02-29', '2021-3-7', '0000-01-01', '2021-03-07 24:00', '2021-03-07 10:00 EST'])
    assert.equal(parseIsoTimestamp(text), undefined, text)
})
