import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4 } from '../../types/type.ts'
import { compileProjection } from './compile.ts'
import { Emitter } from './emit.ts'
import { sharedCalls } from './shared.ts'

const column = (index: number): Expression => ({ kind: 'column', index, type: INT4 })
const number = (value: number): Expression => ({ kind: 'literal', value, type: INT4 })
const call = (fn: string, args: readonly Expression[], type = INT4) =>
  ({ kind: 'call', fn, args, type }) as const
const divided = () => call('/(int4, int4) -> int4', [number(10), column(0)])
const sum = (a: Expression, b: Expression) => call('+(int4, int4) -> int4', [a, b])

test('the largest repeated calls are found, in every expression', () => {
  const [first, second] = [sum(divided(), number(1)), sum(divided(), number(1))]
  const shared = sharedCalls([first, second])
  assert.equal(shared(first), shared(second))
  assert.notEqual(shared(first), undefined)
  assert.equal(shared(first.args[0] as ReturnType<typeof divided>), undefined)
})

test('a repeated call is computed once, where it is first needed', () => {
  const positive = call('>(int4, int4) -> bool', [column(0), number(0)], BOOL)
  const guarded = call('case', [positive, sum(divided(), number(1)), number(-1)])
  const twice = sum(divided(), divided())
  const run = compileProjection([guarded, call('case', [positive, twice, number(0)])], [], {
    mode: 'batch',
    onError() {},
  })
  const out = run(chunkOf([INT4], [[5], [0], [null], [2]]))!
  const rows = Array.from({ length: 4 }, (_, i) => out.columns.map(c => cellValue(c, i)))
  assert.deepEqual(rows, [
    [3, 4],
    [-1, 0],
    [-1, 0],
    [6, 10],
  ])
  const emitter = new Emitter([guarded, twice])
  emitter.emit(guarded)
  emitter.emit(twice)
  assert.equal(emitter.shared.length, 1)
})

test('in a stream each column that needs a failing value reports it', () => {
  const errors: Error[] = []
  const run = compileProjection([divided(), sum(divided(), number(1)), number(7)], [], {
    mode: 'stream',
    onError: error => errors.push(error),
  })
  const out = run(chunkOf([INT4], [[0], [5]]))!
  assert.deepEqual(
    [0, 1].map(i => out.columns.map(c => cellValue(c, i))),
    [
      [null, null, 7],
      [2, 3, 7],
    ],
  )
  assert.equal(errors.length, 2)
})

test('a needle is computed once for all items of a list', () => {
  const within = call('in', [divided(), number(1), number(2), number(3)], BOOL)
  const emitter = new Emitter([within])
  emitter.emit(within)
  assert.equal(emitter.shared.length, 1)
})
