import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sortedIds } from './sorted-ids.ts'

/** Runs to the end; the number of pieces and the result. */
function run(keys: readonly number[]): { readonly pieces: number; readonly ids: Int32Array } {
  const work = sortedIds(Int32Array.from(keys.keys()), (a, b) => keys[a]! - keys[b]!)
  for (let pieces = 0; ; pieces++) {
    const next = work.next()
    if (next.done === true) return { pieces, ids: next.value }
  }
}

test('rows are sorted and equal ones keep their order, whatever their number', () => {
  for (const count of [0, 1, 2, 2047, 2048, 2049, 4096, 10_000, 50_001])
    for (const distinct of [1, 7, count + 1]) {
      const keys = Array.from({ length: count }, (_, i) => (i * 7919 + 13) % distinct)
      const expected = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]! || a - b)
      assert.deepEqual([...run(keys).ids], expected)
    }
})

test('other work gets its turn every few thousand rows', () => {
  const keys = Array.from({ length: 600_000 }, (_, i) => (i * 7919) % 600_011)
  assert.ok(run(keys).pieces > 600)
})
