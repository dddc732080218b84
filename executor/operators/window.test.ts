import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression, Frame, OperatorSpec, WindowCall } from '../../types/job.ts'
import { INT4, INT8, TEXT } from '../../types/type.ts'
import { compileProjection } from '../expression/compile.ts'
import { Harness, type Row, shown } from './harness.ts'

const schema = [
  { name: 'g', type: INT4 },
  { name: 'a', type: INT4 },
  { name: 's', type: TEXT },
]
const whole: Frame = {
  unit: 'range',
  start: { at: 'unbounded preceding' },
  end: { at: 'current row' },
  exclude: 'none',
}
const two: Expression = { kind: 'literal', value: 2n, type: INT8 }
const near: Frame = {
  unit: 'rows',
  start: { at: 'preceding', offset: two },
  end: { at: 'current row' },
  exclude: 'none',
}

function spec(...calls: WindowCall[]): OperatorSpec {
  return {
    kind: 'window',
    partition: [0],
    order: [{ column: 1, descending: false, nullsFirst: false }],
    calls,
  }
}

const call = (fn: string, args: readonly number[], type = INT8, frame = whole): WindowCall => ({
  kind: fn.includes('(') ? 'aggregate' : 'window',
  fn,
  args,
  frame,
  type,
})

const everything = spec(
  call('row_number', []),
  call('lag', [2], TEXT),
  call('sum(int4)', [1]),
  call('min(int4)', [1], INT4, near),
  call('string_agg(text, text)', [2, 2], TEXT, near),
  call('count(*)', [], INT8, { ...near, exclude: 'ties' }),
  call('max(int4)', [1], INT4, { ...near, unit: 'groups', exclude: 'current row' }),
)

const options = {
  compile: (expressions: readonly Expression[], input: typeof schema) =>
    compileProjection(expressions, input, {
      mode: 'batch',
      onError(error: Error): never {
        throw error
      },
    }),
}

test('a row that comes moves the values of the rows behind it', () => {
  const harness = new Harness(spec(call('row_number', []), call('sum(int4)', [1])), [schema], options)
  harness.push(0, [
    [1, 10, 'x'],
    [1, 30, 'z'],
    [2, 5, 'o'],
  ])
  harness.barrier()
  harness.push(0, [[1, 20, 'y']])
  assert.deepEqual(
    harness.barrier(),
    shown([
      [1, 10, 'x', 1n, 10n],
      [1, 20, 'y', 2n, 30n],
      [1, 30, 'z', 3n, 60n],
      [2, 5, 'o', 1n, 5n],
    ]),
  )
})

test('only rows whose values moved are emitted', () => {
  const harness = new Harness(spec(call('row_number', [])), [schema], options)
  harness.push(0, [
    [1, 10, 'x'],
    [1, 30, 'z'],
  ])
  harness.barrier()
  harness.push(0, [[1, 40, 'y']])
  assert.equal(harness.barrier().length, 3)
  assert.equal(harness.emitted(), 1)
})

test('after any changes and crashes the values are those of a fresh run', () => {
  let seed = 7
  const random = (n: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * n)
  }
  const harness = new Harness(everything, [schema], options)
  const rows: Row[] = []
  for (let epoch = 0; epoch < 60; epoch++) {
    for (let n = random(6); n >= 0; n--) {
      if (rows.length > 0 && random(3) === 0) {
        const [row] = rows.splice(random(rows.length), 1)
        harness.push(0, [row!], [-1])
        continue
      }
      const row = [random(3), random(4) === 0 ? null : random(6), random(5) === 0 ? null : `s${random(3)}`]
      rows.push(row)
      harness.push(0, [row])
    }
    const fresh = new Harness(everything, [schema], options)
    fresh.push(0, rows)
    assert.deepEqual(harness.barrier(), fresh.barrier(), `epoch ${epoch}`)
    if (epoch % 9 === 8) harness.crash()
  }
})
