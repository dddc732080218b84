import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDecimal, pow10 } from './decimal.ts'

test('the largest numeric takes no memory beyond its own', () => {
  const before = process.memoryUsage().heapUsed
  assert.equal(parseDecimal('4.4e131071')!.digits, 44n * pow10(131070))
  assert.ok(process.memoryUsage().heapUsed - before < 20 * 2 ** 20)
  assert.throws(() => parseDecimal('1e131072'), /value overflows numeric format/)
})
