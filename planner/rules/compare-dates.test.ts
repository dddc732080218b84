import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression } from '../../types/job.ts'
import { BOOL, DATE, TIMESTAMP } from '../../types/type.ts'
import { compareDates } from './compare-dates.ts'

const DAY = 86_400_000_000n
const day: Expression = { kind: 'column', index: 0, type: DATE }
const asTimestamp: Expression = { kind: 'call', fn: 'cast', args: [day], type: TIMESTAMP }
const compared = (value: bigint): Expression => ({
  kind: 'call',
  fn: '>=(timestamp, timestamp) -> bool',
  args: [asTimestamp, { kind: 'literal', value, type: TIMESTAMP }],
  type: BOOL,
})

test('a date compared with a midnight is compared as a date', () => {
  assert.deepEqual(compareDates(compared(-3n * DAY)), {
    kind: 'call',
    fn: '>=(date, date) -> bool',
    args: [day, { kind: 'literal', value: -3, type: DATE }],
    type: BOOL,
  })
})

test('a date compared with another time of day, or with infinity, stays a timestamp', () => {
  for (const value of [3n * DAY + 1n, 2n ** 63n - 1n, -(2n ** 63n)])
    assert.deepEqual(compareDates(compared(value)), compared(value))
})
