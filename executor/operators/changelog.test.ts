import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INT4, type Schema } from '../../types/type.ts'
import { Harness } from './harness.ts'

const schema: Schema = [
  { name: 'k', type: INT4 },
  { name: 'v', type: INT4 },
]

/** The words of the log and the rows they are about, by number. */
function shown(rows: readonly string[]): string[] {
  return rows
    .map(row => JSON.parse(row) as unknown[])
    .sort((a, b) => (JSON.stringify(a.at(-1)) < JSON.stringify(b.at(-1)) ? -1 : 1))
    .map(row => `${row[2]} ${row[0]} ${row[1]}`)
}

test('a changelog tells net changes of an epoch, updates as two rows side by side', () => {
  const harness = new Harness({ kind: 'changelog', key: [0], keepMs: 1000 }, [schema])
  harness.now = 5000
  harness.push(0, [
    [1, 10],
    [2, 20],
  ])
  assert.deepEqual(shown(harness.barrier()), ['Insert 1 10', 'Insert 2 20'])
  harness.now = 5500
  harness.push(0, [[1, 10]], [-1])
  harness.push(0, [[1, 11]])
  harness.push(0, [[1, 11]], [-1])
  harness.push(0, [[1, 12]])
  harness.push(0, [[2, 20]], [-1])
  harness.push(0, [[3, 30]])
  harness.push(0, [[3, 30]], [-1])
  const changes = ['UpdateDelete 1 10', 'UpdateInsert 1 12', 'Delete 2 20']
  assert.deepEqual(shown(harness.barrier()).slice(2).sort(), [...changes].sort())
  const words = shown(harness.barrier())
  assert.equal(words.indexOf('UpdateInsert 1 12'), words.indexOf('UpdateDelete 1 10') + 1)
})

test('a changelog takes back what is older than it keeps, and numbers go on after a restart', () => {
  const harness = new Harness({ kind: 'changelog', key: [], keepMs: 1000 }, [schema])
  harness.now = 5000
  harness.push(0, [[1, 1]])
  harness.barrier()
  harness.now = 5900
  harness.push(0, [[2, 2]])
  assert.deepEqual(shown(harness.barrier()), ['Insert 1 1', 'Insert 2 2'])
  harness.crash()
  harness.now = 6001
  harness.push(0, [[3, 3]])
  assert.deepEqual(shown(harness.barrier()), ['Insert 2 2', 'Insert 3 3'])
  harness.now = 9000
  assert.deepEqual(harness.barrier(), [])
})
