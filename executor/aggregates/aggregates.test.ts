import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FLOAT8, INT4, INT8, INTERVAL, NUMERIC, type Schema, TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { Harness, shown } from '../operators/harness.ts'
import { aggregateHelp, aggregateSignatures, resolveAggregate } from './index.ts'

/** One aggregate over one column, after retracting `gone`. */
function result(
  name: string,
  type: Type,
  kept: readonly Value[],
  gone: readonly Value[] = [],
  extra = {},
): Value {
  const resolved = resolveAggregate(name, [type])
  assert.ok('fn' in resolved)
  const schema: Schema = [{ name: 'v', type }]
  const call = { fn: resolved.fn, args: [0], distinct: false, type: resolved.type, ...extra }
  const harness = new Harness({ kind: 'aggregate', groups: [], calls: [call] }, [schema])
  harness.push(
    0,
    [...kept, ...gone].map(v => [v]),
  )
  harness.barrier()
  harness.push(
    0,
    gone.map(v => [v]),
    gone.map(() => -1),
  )
  return harness.barrier()[0]!
}
const is = (actual: Value, value: Value) => assert.deepEqual([actual], shown([[value]]))
const decimal = (digits: bigint, scale: number) => ({ digits, scale })

test('averages have the scale that PostgreSQL chooses', () => {
  is(result('avg', INT4, [1, 2]), decimal(15000000000000000n, 16))
  is(result('avg', INT8, [10000n, 10001n, 10001n]), decimal(100006666666666666667n, 16))
  is(result('avg', NUMERIC, [decimal(1n, 1), decimal(2n, 1)]), decimal(15000000000000000000n, 20))
})

test('floats leave no residue and NaN goes away with its row', () => {
  is(result('sum', FLOAT8, [0.1], [1e300, 0.2, Number.NaN, Number.NEGATIVE_INFINITY]), 0.1)
  is(result('avg', FLOAT8, [1, 2], [1e-300]), 1.5)
  is(result('stddev_pop', FLOAT8, [2, 4, 4, 4, 5, 5, 7, 9], [1e200]), 2)
})

test('variance and stddev of integers are numeric', () => {
  is(result('var_pop', INT4, [1, 2, 3, 4], [9]), decimal(12500000000000000n, 16))
  is(result('stddev_samp', INT4, [1, 3]), decimal(14142135623730950n, 16))
  is(result('variance', INT4, [1]), null)
})

test('array_agg orders, keeps NULLs and drops duplicates when distinct', () => {
  const order = [{ column: 0, descending: true, nullsFirst: true }]
  is(result('array_agg', TEXT, ['a', null, 'b', 'a'], ['z'], { order }), [null, 'b', 'a', 'a'])
  is(result('array_agg', TEXT, ['a', 'b', 'a'], ['b'], { order, distinct: true }), ['b', 'a'])
})

test('sum of int8 passes 64 bits', () =>
  is(result('sum', INT8, [2n ** 63n - 1n, 2n ** 63n - 1n], [-1n]), decimal(2n ** 64n - 2n, 0)))

test('intervals add up and divide', () =>
  is(
    result('avg', INTERVAL, [
      { months: 1, days: 0, micros: 0n },
      { months: 0, days: 1, micros: 0n },
    ]),
    { months: 0, days: 15, micros: 43_200_000_000n },
  ))

test('an unknown overload fails with 42883', () => {
  const resolved = resolveAggregate('sum', [TEXT])
  assert.ok('error' in resolved)
  assert.equal(resolved.error.message, 'function sum(character varying) does not exist')
})

test('every aggregate says in a line what it is', () => {
  const silent = aggregateSignatures().filter(signature => aggregateHelp(signature.split('(')[0]!) === '')
  assert.deepEqual(silent, [])
})
