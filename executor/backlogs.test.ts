import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergeObjects, uploadObject } from '../storage/compaction.ts'
import { memoryStore } from '../storage/memory-store.ts'
import { StateObjectReader } from '../storage/state-object-reader.ts'
import { type Chunk, insertions } from '../types/chunk.ts'
import { INT4 } from '../types/type.ts'
import { Backlogs } from './backlogs.ts'
import type { Batch } from './sink-queue.ts'

test('epochs of a merged log, large and small ones, are delivered in order and whole', async () => {
  const store = memoryStore()
  const schema = [{ name: 'v', type: INT4 }]
  const spec = { id: '7/1/rows', schema, mode: 'log', key: [] as number[], shard: [] as number[] } as const
  // Epochs with blocks that a merge takes over as they are, and with blocks that it joins.
  const chunksOf = new Map([
    [1, [3]],
    [2, [9000, 5]],
    [3, [4]],
    [4, [9000]],
  ])
  const objects = []
  for (const [epoch, sizes] of chunksOf) {
    const chunks = sizes.map(size => rows(epoch, size))
    objects.push((await uploadObject(store, `state/${epoch}-w-1`, [{ spec, epoch, chunks }]))!)
  }
  const merged = await mergeObjects(store, { objects, fold: true }, { mode: () => 'log', cursor: () => 1 })
  const { key } = (await uploadObject(store, 'state/9-w-1', merged))!
  const reader = StateObjectReader.open((await store.get(key))!, key)
  const backlogs = new Backlogs(() => 1, 1 << 20)
  for (const { epoch, chunk } of reader.read(spec.id)) backlogs.add(7, epoch, chunk)
  const batches = backlogs.inOrder().get(7)
  assert.ok(Array.isArray(batches))
  assert.deepEqual(
    batches.map(({ epoch, chunks }: Batch) => [epoch, chunks.reduce((sum, chunk) => sum + chunk.length, 0)]),
    [
      [2, 9005],
      [3, 4],
      [4, 9000],
    ],
  )
})

function rows(epoch: number, length: number): Chunk {
  const data = new Int32Array(length).fill(epoch)
  return { columns: [{ type: INT4, data, nulls: null }], weights: insertions(length), length }
}
