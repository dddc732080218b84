import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grownArray, isShared, nextCapacity } from './growing-array.ts'

test('a large array grows in place, a small one and one that may not are copied', () => {
  const small = grownArray(Int32Array.of(1, 2, 3), 8, true)
  assert.equal(isShared(small), false)
  let array = grownArray(small, 1 << 18, true)
  assert.equal(isShared(array), true)
  const { buffer } = array
  const view = array.subarray(0, 3)
  array[5] = 7
  array = grownArray(array, 1 << 20, true)
  assert.equal(array.buffer, buffer)
  assert.equal(array.length, 1 << 20)
  assert.deepEqual([...array.subarray(0, 8)], [1, 2, 3, 0, 0, 7, 0, 0])
  assert.deepEqual([...view], [1, 2, 3])
  const copied = grownArray(array, 1 << 21, false)
  assert.equal(isShared(copied), false)
  assert.equal(copied[5], 7)
})

test('an array that outgrows its reserved room moves on', () => {
  let array = grownArray(Uint8Array.of(9), 1 << 20, true)
  const first = array.buffer
  array = grownArray(array, 1 << 25, true)
  assert.notEqual(array.buffer, first)
  assert.equal(isShared(array), true)
  assert.equal(array[0], 9)
})

test('capacities double, and quadruple once copying is dear', () => {
  assert.equal(nextCapacity(64, 65, 8, false), 128)
  assert.equal(nextCapacity(1 << 18, (1 << 18) + 1, 8, false), 1 << 20)
  assert.equal(nextCapacity(1 << 18, (1 << 18) + 1, 8, true), 1 << 19)
})
