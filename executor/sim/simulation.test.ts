import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runScenario } from './scenario.ts'

/** SIM_SEED runs one seed, SIM_SEEDS that many. */
const only = process.env['SIM_SEED']
const first = only === undefined ? 1 : Number(only)
const count = only === undefined ? Number(process.env['SIM_SEEDS'] ?? 60) : 1

test(`exactly once and consistent through faults, seeds ${first} to ${first + count - 1}`, async () => {
  const hits = new Map<string, number>()
  let batches = 0
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await runScenario(seed).catch(error => {
      throw new Error(`SIM_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
    })
    for (const [id, n] of outcome.hits) hits.set(id, (hits.get(id) ?? 0) + n)
    batches += outcome.batches
  }
  if (only !== undefined) return
  assert.ok(batches > count, 'sinks were exercised')
  for (const id of ['C01', 'C05', 'C08', 'C10', 'C14', 'C18', 'C25', 'C26', 'C27'])
    assert.ok((hits.get(id) ?? 0) > 0, `crash point ${id} was passed`)
})
