import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareValues } from './compare.ts'
import { parseDecimal } from './decimal.ts'
import { hashValue } from './hash-value.ts'
import { FLOAT8, INTERVAL, NUMERIC, TEXT } from './type.ts'

test('equal values hash equal', () => {
  const pairs = [
    [NUMERIC, parseDecimal('1.0')!, parseDecimal('1.00')!],
    [FLOAT8, 0, -0],
    [INTERVAL, { months: 1, days: 0, micros: 0n }, { months: 0, days: 30, micros: 0n }],
  ] as const
  for (const [type, a, b] of pairs) {
    assert.equal(compareValues(type, a, b), 0)
    assert.equal(hashValue(type, a), hashValue(type, b))
  }
})

test('NaN is the greatest number and text compares by bytes', () => {
  assert.ok(compareValues(FLOAT8, Number.NaN, Number.POSITIVE_INFINITY) > 0)
  assert.ok(compareValues(NUMERIC, parseDecimal('NaN')!, parseDecimal('Infinity')!) > 0)
  assert.ok(compareValues(TEXT, '\u{1f600}', '\uffff') > 0)
})
