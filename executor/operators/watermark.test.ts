import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression } from '../../types/job.ts'
import { INT4, TIMESTAMP } from '../../types/type.ts'
import { compileProjection } from '../expression/compile.ts'
import { Harness } from './harness.ts'

const schema = [
  { name: 't', type: TIMESTAMP },
  { name: 'n', type: INT4 },
]
const time: Expression = { kind: 'column', index: 0, type: TIMESTAMP }
const compile = (expressions: readonly Expression[]) =>
  compileProjection(expressions, schema, { mode: 'stream', onError: error => assert.fail(error) })

test('rows below the greatest value of earlier chunks are dropped, rows without a time are not', () => {
  const spec = { kind: 'watermark', column: 0, expression: time } as const
  const harness = new Harness(spec, [schema], { appendOnly: true, compile })
  harness.push(0, [
    [10n, 1],
    [5n, 2],
  ])
  harness.push(0, [
    [9n, 3],
    [10n, 4],
    [null, 5],
  ])
  assert.equal(harness.barrier().length, 4)
  harness.crash()
  harness.push(0, [
    [9n, 6],
    [11n, 7],
  ])
  harness.push(0, [[10n, 8]])
  const kept = harness.barrier().map(row => JSON.parse(row).at(-1))
  assert.deepEqual(kept.toSorted(), [1, 2, 4, 5, 7])
})
