import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrayOf, INT2, INT4, INT8, INTERVAL, TIMESTAMP } from '../../types/type.ts'
import { resolveSetFunction, setFunction } from './set-functions.ts'

const micros = (text: string) => BigInt(Date.parse(text)) * 1000n

test('generate_series over months keeps to the days that exist', () => {
  const run = setFunction('generate_series', [TIMESTAMP, TIMESTAMP, INTERVAL])
  const step = { months: 1, days: 0, micros: 0n }
  assert.deepEqual(
    [...run([micros('2023-12-31T00:00:00Z'), micros('2024-03-01T00:00:00Z'), step])],
    ['2023-12-31', '2024-01-31', '2024-02-29'].map(day => micros(`${day}T00:00:00Z`)),
  )
})

test('overloads widen integers and a zero step fails', () => {
  assert.equal(resolveSetFunction('generate_series', [INT2, INT8])?.fn, 'generate_series(int8, int8)')
  assert.equal(resolveSetFunction('unnest', [arrayOf(INT4)])?.type.name, 'int4')
  const run = setFunction('generate_series(int4, int4, int4)', [INT4, INT4, INT4])
  assert.throws(() => [...run([1, 2, 0])], { sqlstate: '22023' })
})
