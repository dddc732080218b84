import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Harness, type Row, shown } from './harness.ts'

test('after each barrier the series holds every step up to now once, whatever crashed', () => {
  const step = { months: 0, days: 0, micros: 3000n }
  const series = new Harness({ kind: 'now-series', start: 1000n, step, zone: 'UTC' }, [])
  for (const now of [0, 2, 2, 9, 30]) {
    series.now = now
    const expected: Row[] = []
    for (let at = 1000n; at <= BigInt(now) * 1000n; at += 3000n) expected.push([at])
    assert.deepEqual(series.barrier(), shown(expected), `at ${now}`)
    series.crash()
  }
})
