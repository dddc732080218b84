import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkFromRows, rowsOf } from './column-builder.ts'
import { compareValues, equalValues } from './compare.ts'
import { parseDecimal } from './decimal.ts'
import { hashRows, hashValue } from './hash-column.ts'
import { BOOL, BYTEA, FLOAT8, INT4, INT8, INTERVAL, NUMERIC, TEXT } from './type.ts'

const types = [BOOL, INT4, INT8, FLOAT8, TEXT, BYTEA, NUMERIC]
const row = [true, -5, -(2n ** 63n), -0.5, 'é', new Uint8Array([1, 2]), parseDecimal('1.50')!]

test('rows survive a chunk, with and without NULLs', () => {
  const rows = [row, types.map(() => null)]
  assert.deepEqual(rowsOf(chunkFromRows(types, rows)), rows)
})

test('a column hashes like the value alone, in any chunk', () => {
  const one = chunkFromRows(types, [row])
  const two = chunkFromRows(types, [types.map(() => null), row])
  types.forEach((type, i) => {
    const a = new Int32Array(1)
    const b = new Int32Array(2)
    hashRows(one, [i], a)
    hashRows(two, [i], b)
    assert.equal(a[0], b[1], type.name)
    assert.notEqual(b[0], b[1], type.name)
  })
})

test('equal values hash equal', () => {
  const pairs = [
    [NUMERIC, parseDecimal('1.0')!, parseDecimal('1.00')!],
    [FLOAT8, 0, -0],
    [INTERVAL, { months: 1, days: 0, micros: 0n }, { months: 0, days: 30, micros: 0n }],
  ] as const
  for (const [type, a, b] of pairs) {
    assert.ok(equalValues(type, a, b))
    assert.equal(hashValue(type, a), hashValue(type, b))
  }
})

test('NaN is the greatest number and text compares by bytes', () => {
  assert.equal(compareValues(FLOAT8, Number.NaN, Infinity), 1)
  assert.equal(compareValues(NUMERIC, parseDecimal('NaN')!, parseDecimal('Infinity')!), 1)
  assert.ok(compareValues(TEXT, '\u{1f600}', '\uffff') > 0)
})
