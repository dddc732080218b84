import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { asType, keyOf, sameValues } from './key-values.ts'

const numeric = (digits: bigint, scale: number) => ({ digits, scale })
const key = (...values: Value[]) => keyOf(values, [...values.keys()])

test('keys are equal for equal numbers, whatever their types and zeros', () => {
  for (const same of [1, 1n, numeric(1n, 0), numeric(100n, 2)]) assert.equal(key(same), 1)
  assert.equal(key(numeric(1250n, 3)), key(numeric(125n, 2)))
  assert.notEqual(key(numeric(125n, 2)), key(125n))
  assert.equal(key(2n ** 60n), key(numeric(2n ** 60n, 0)))
  assert.equal(key(2 ** 52 + 1), key(2n ** 52n + 1n))
  assert.equal(key(1e20, 'a'), key(10n ** 20n, 'a'))
  assert.equal(key(1, 'a'), key(1n, 'a'))
})

test('keys are told apart wherever their values end', () => {
  const all = [key('ab', 'c'), key('a', 'bc'), key('abc', ''), key('1:a', 'b'), key('', '1:a1:b'), key('abc')]
  assert.equal(new Set(all).size, all.length)
})

test('a key with a NULL is no key', () => {
  assert.equal(key(null), undefined)
  assert.equal(key(1, null), undefined)
})

test('a number becomes one of a type that has it', () => {
  const to = (value: Exclude<Value, null>, name: Type['name']) => asType(value, { name })
  assert.equal(to(7n, 'int2'), 7)
  assert.equal(to(7, 'int8'), 7n)
  assert.equal(to(40_000n, 'int2'), undefined)
  assert.equal(to(-(2n ** 31n), 'int4'), -(2 ** 31))
  assert.equal(to(2n ** 31n, 'int4'), undefined)
  assert.deepEqual(to(7, 'numeric'), numeric(7n, 0))
  assert.equal(to(numeric(700n, 2), 'int4'), 7)
  assert.equal(to(numeric(750n, 2), 'int4'), undefined)
  assert.equal(to({ digits: 0n, scale: 0, special: 'NaN' }, 'int4'), undefined)
  assert.equal(to(1.5, 'int4'), undefined)
  assert.equal(to(7n, 'float8'), 7)
  assert.equal(to('a', 'text'), 'a')
})

test('values are the same to the last zero', () => {
  assert.equal(sameValues([numeric(1n, 0)], [numeric(10n, 1)], [0]), false)
  assert.equal(sameValues([0], [-0], [0]), false)
  assert.equal(sameValues([numeric(1n, 0), null], [numeric(1n, 0), null], [0, 1]), true)
})
