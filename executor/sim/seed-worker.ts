import { parentPort, workerData } from 'node:worker_threads'
import { assert } from '../../types/error.ts'
import { runScenario } from './scenario.ts'

/** What a range of seeds passed through: crash points by id, batches that sinks took, tables written anew. */
export interface SeedOutcome {
  readonly hits: ReadonlyMap<string, number>
  readonly batches: number
  readonly alters: number
}

export interface SeedRange {
  readonly first: number
  readonly count: number
  /** Every `step`th seed. */
  readonly step: number
}

// A thread of its own: node:test traces every promise of its thread, and a run is made of promises.
const { first, count, step } = workerData as SeedRange
assert(parentPort !== null, 'seed-worker.ts runs as a thread')
const hits = new Map<string, number>()
let batches = 0
let alters = 0
for (let seed = first; seed < first + count; seed += step) {
  const outcome = await runScenario(seed).catch(error => {
    throw new Error(`SIM_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
  })
  for (const [id, n] of outcome.hits) hits.set(id, (hits.get(id) ?? 0) + n)
  batches += outcome.batches
  alters += outcome.alters
}
parentPort.postMessage({ hits, batches, alters } satisfies SeedOutcome)
