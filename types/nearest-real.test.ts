import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestReal } from './nearest-real.ts'

const real = (text: string) => nearestReal(text, Number(text))

test('a number between two reals goes to the nearer one, also where its double lies in the middle', () => {
  assert.equal(real('7038531e-32'), 7.038530691851209e-26)
  assert.equal(real('82381273e-35'), 8.238127781482486e-28)
  assert.equal(real('1.00000017881393432617187499'), 1 + 2 ** -23)
  assert.equal(real('1.000000178813934326171875'), 1 + 2 ** -22)
  assert.equal(real('-1.00000017881393432617187499'), -1 - 2 ** -23)
  assert.equal(real('1.00000005960464477539062501'), 1 + 2 ** -23)
  assert.equal(real('1.000000059604644775390625'), 1)
  assert.equal(real('0.1'), Math.fround(0.1))
})
