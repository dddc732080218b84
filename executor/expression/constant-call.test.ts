import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression } from '../../types/job.ts'
import { FLOAT8, INT2, INT4, INT8, NUMERIC, TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { evaluate, foldConstants } from './compile.ts'
import { constantCall } from './constant-call.ts'

const literal = (value: Value, type: Type): Expression => ({ kind: 'literal', value, type })
const cast = (value: Value, from: Type, to: Type) =>
  ({ kind: 'call', fn: 'cast', args: [literal(value, from)], type: to }) as const

test('what is computed without a kernel is what the kernel computes', () => {
  for (const [from, values] of [
    [INT4, [0, 1, -1, 32767, 32768, 2147483647, -2147483648]],
    [INT8, [0n, -5n, 2147483648n, 9007199254740993n, 9223372036854775807n]],
  ] as const)
    for (const value of values)
      for (const to of [INT2, INT4, INT8, NUMERIC, FLOAT8]) {
        const known = constantCall(cast(value, from, to))
        if (known !== undefined) assert.deepEqual(known, evaluate(cast(value, from, to)))
        else assert.throws(() => evaluate(cast(value, from, to)))
      }
})

test('a text that a column does not take is left to fail when it is run', () => {
  const limit = (text: string): Expression => ({
    kind: 'call',
    fn: 'limit_value(anyelement, text, bool) -> anyelement',
    args: [literal(text, TEXT), literal('varchar(3)', TEXT), literal(false, { name: 'bool' })],
    type: TEXT,
  })
  assert.deepEqual(foldConstants(limit('abc')), literal('abc', TEXT))
  assert.equal(foldConstants(limit('abcd')).kind, 'call')
})
