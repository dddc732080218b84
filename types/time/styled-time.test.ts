import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatText, parseText } from '../text-io.ts'
import { DATE, INTERVAL, TIMESTAMP, TIMESTAMPTZ, type Type } from '../type.ts'
import { dateStyleAfter, timeStyleText } from './time-style.ts'

const write = (type: Type, text: string, style: string) => formatText(type, parseText(type, text)!, style)

test('DateStyle says how dates are written', () => {
  const of = (dates: string) => {
    const style = timeStyleText({ zone: 'America/New_York', dates })
    return [
      write(DATE, '2021-03-07', style),
      write(TIMESTAMP, '0044-03-07 04:05:06.5 BC', style),
      write(TIMESTAMPTZ, '2021-07-07 04:05:06+00', style),
    ]
  }
  assert.deepEqual(of('ISO, DMY'), ['2021-03-07', '0044-03-07 04:05:06.5 BC', '2021-07-07 00:05:06-04:00'])
  assert.deepEqual(of('SQL, DMY'), ['07/03/2021', '07/03/0044 04:05:06.5 BC', '07/07/2021 00:05:06 EDT'])
  assert.deepEqual(of('SQL, YMD'), ['03/07/2021', '03/07/0044 04:05:06.5 BC', '07/07/2021 00:05:06 EDT'])
  assert.deepEqual(of('German, DMY'), ['07.03.2021', '07.03.0044 04:05:06.5 BC', '07.07.2021 00:05:06 EDT'])
  assert.deepEqual(of('Postgres, MDY'), [
    '03-07-2021',
    'Thu Mar 07 04:05:06.5 0044 BC',
    'Wed Jul 07 00:05:06 2021 EDT',
  ])
  assert.equal(write(DATE, 'infinity', timeStyleText({ zone: 'UTC', dates: 'SQL, DMY' })), 'infinity')
})

test('IntervalStyle says how intervals are written', () => {
  const of = (text: string) =>
    (['postgres_verbose', 'sql_standard', 'iso_8601'] as const).map(style =>
      write(INTERVAL, text, timeStyleText({ zone: 'UTC', intervals: style })),
    )
  assert.deepEqual(of('0'), ['@ 0', '0', 'PT0S'])
  assert.deepEqual(of('1 year 2 months'), ['@ 1 year 2 mons', '1-2', 'P1Y2M'])
  assert.deepEqual(of('3 days 04:05:06.5'), [
    '@ 3 days 4 hours 5 mins 6.5 secs',
    '3 4:05:06.5',
    'P3DT4H5M6.5S',
  ])
  assert.deepEqual(of('-1 day +1 hour'), ['@ 1 day -1 hours ago', '+0-0 -1 +1:00:00', 'P-1DT1H'])
  assert.deepEqual(of('-1 year -00:00:01'), ['@ 1 year 1 sec ago', '-1-0 +0 -0:00:01', 'P-1YT-1S'])
})

test('a part of DateStyle that is not named stays as it was', () => {
  assert.equal(dateStyleAfter('dmy', 'SQL, MDY'), 'SQL, DMY')
  assert.equal(dateStyleAfter('postgres', 'ISO, YMD'), 'Postgres, YMD')
  assert.equal(dateStyleAfter('German', 'ISO, MDY'), 'German, DMY')
  assert.equal(dateStyleAfter('sql, european', 'ISO, MDY'), 'SQL, DMY')
  assert.equal(dateStyleAfter('roman', 'ISO, MDY'), undefined)
})
