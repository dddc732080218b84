import assert from 'node:assert/strict'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { SeedOutcome, SeedRange } from './seed-worker.ts'

/** SIM_SEED runs one seed, SIM_SEEDS that many; 60 in `npm run check`, 2,000 in `npm test`. */
const only = process.env['SIM_SEED']
const first = only === undefined ? 1 : Number(only)
const count = only === undefined ? Number(process.env['SIM_SEEDS'] ?? 60) : 1

test(`exactly once and consistent through faults, seeds ${first} to ${first + count - 1}`, async () => {
  const step = Math.min(availableParallelism(), count)
  const outcomes = await Promise.all(
    Array.from({ length: step }, (_, i) => seeds({ first: first + i, count: count - i, step })),
  )
  if (only !== undefined) return
  assert.ok(outcomes.reduce((sum, { batches }) => sum + batches, 0) > count, 'sinks were exercised')
  assert.ok(outcomes.reduce((sum, { alters }) => sum + alters, 0) > count / 4, 'tables were written anew')
  const hit = new Set(outcomes.flatMap(({ hits }) => [...hits.keys()]))
  for (const id of ['C01', 'C05', 'C08', 'C10', 'C14', 'C18', 'C04', 'C25', 'C26', 'C27'])
    assert.ok(hit.has(id), `crash point ${id} was passed`)
})

async function seeds(range: SeedRange): Promise<SeedOutcome> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: range })
  const [outcome] = (await once(worker, 'message')) as [SeedOutcome]
  return outcome
}
