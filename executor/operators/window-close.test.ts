import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INT4, type Schema, TIMESTAMP } from '../../types/type.ts'
import { Harness } from './harness.ts'

const rows: Schema = [
  { name: 'at', type: TIMESTAMP },
  { name: 'v', type: INT4 },
]
const marks: Schema = [{ name: 'watermark', type: TIMESTAMP }]
const values = (shown: readonly string[]) => shown.map(row => (JSON.parse(row) as unknown[]).at(-1))

test('rows go on when the least watermark has reached them, also after a restart; late ones are dropped', () => {
  const harness = new Harness({ kind: 'window-close', column: 0, after: 10n }, [rows, marks, marks])
  harness.push(0, [
    [100n, 1],
    [110n, 2],
    [null, 3],
  ])
  harness.push(1, [[500n], [null], [120n]])
  assert.deepEqual(harness.barrier(), [])
  harness.push(2, [[110n]])
  assert.deepEqual(values(harness.barrier()), [1])
  harness.crash()
  harness.push(0, [[90n, 4]])
  harness.push(0, [[110n, 2]], [-1])
  harness.push(0, [[110n, 5]])
  harness.push(2, [[119n]])
  assert.deepEqual(values(harness.barrier()), [1])
  harness.push(2, [[120n]])
  assert.deepEqual(values(harness.barrier()), [1, 5])
})
