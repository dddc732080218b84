import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrayOf, INT2, INT4, INT8, TIMESTAMP, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { resolveFunction, rowsOf } from './index.ts'

const run = (id: string, type: Type) => rowsOf(id, [], type).rows as (...args: Value[]) => Iterable<Value>
const resolved = (name: string, types: readonly Type[]) => {
  const found = resolveFunction(name, types)
  return 'error' in found ? undefined : found
}
const micros = (text: string) => BigInt(Date.parse(text)) * 1000n

test('generate_series over months keeps to the days that exist', () => {
  const series = run('generate_series(timestamp, timestamp, interval) -> setof timestamp', TIMESTAMP)
  const step = { months: 1, days: 0, micros: 0n }
  assert.deepEqual(
    [...series(micros('2023-12-31T00:00:00Z'), micros('2024-03-01T00:00:00Z'), step)],
    ['2023-12-31', '2024-01-31', '2024-02-29'].map(day => micros(`${day}T00:00:00Z`)),
  )
})

test('overloads widen integers and a zero step fails', () => {
  assert.equal(resolved('generate_series', [INT2, INT8])?.fn, 'generate_series(int8, int8) -> setof int8')
  assert.equal(resolved('unnest', [arrayOf(arrayOf(INT4))])?.type.name, 'int4')
  const series = run('generate_series(int4, int4, int4) -> setof int4', INT4)
  assert.throws(() => [...series(1, 2, 0)], { sqlstate: '22023' })
})
