import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { memoryStore } from '../storage/memory-store.ts'
import type { Connector, Reader } from '../types/connector.ts'
import { realHost } from './host.ts'
import type { Runtime } from './runtime-contract.ts'
import { sourceJob } from './sim/sim-sources.ts'
import { PAIR, pairs, rowsOf, tableJob, temporalJob } from './sim/test-jobs.ts'
import { addJobs, startTest } from './sim/test-runtime.ts'

const [LEFT, RIGHT, JOINED] = [1, 2, 3]
const TOTAL = 250_000
const STEP = 50_000

async function fill(runtime: Runtime): Promise<void> {
  await addJobs(runtime, { job: tableJob(RIGHT, true) })
  for (let at = 0; at < TOTAL; at += STEP)
    await runtime.write(RIGHT, [
      pairs(Array.from({ length: STEP }, (_, i) => [BigInt(at + i), 'right'] as const)),
    ])
}

test('rows of an empty left side that come while the right side backfills find their matches', async () => {
  const { objects } = memoryStore()
  const start = () => startTest({ store: memoryStore({ objects }), host: realHost('') })
  const first = await start()
  await addJobs(first, { job: tableJob(LEFT, true) })
  await fill(first)
  const created = addJobs(first, { job: temporalJob(JOINED, LEFT, RIGHT) })
  created.catch(() => {})
  const keys = Array.from({ length: 20 }, (_, i) => BigInt(i * 12_000))
  const write = (runtime: Runtime, from: number, to: number) =>
    runtime.write(LEFT, [pairs(keys.slice(from, to).map(key => [key, 'left'] as const))])
  while (first.progress().every(job => job.state !== 'backfilling')) await first.flush()
  await write(first, 0, 10)
  // Another server goes on in the middle.
  const second = await start()
  await write(second, 10, 20)
  while (second.progress().some(job => job.state === 'backfilling')) await second.flush()
  const expected = keys.map(key => `${key} right`).sort()
  const rows = await rowsOf(second, JOINED, PAIR)
  await first.close()
  await second.close()
  assert.deepEqual(rows, expected)
})

const TICKS = 500

/** Row i has key i * 490, so that they are of all virtual nodes; ten rows a read. */
const ticks: Connector = {
  name: 'ticks',
  options: {},
  formats: [],
  source: () => ({
    schema: PAIR,
    validate: async () => {},
    close: async () => {},
    async open(from): Promise<Reader> {
      let at = Number(from.get('0') ?? 0)
      return {
        async read(_limit, signal) {
          if (at === TICKS) await realHost('').sleep(10_000, signal)
          if (signal.aborted) return undefined
          const rows = Array.from({ length: 10 }, (_, i) => [BigInt((at + i) * 490), 'left'] as const)
          at += 10
          return { chunk: pairs(rows), offsets: new Map([['0', String(at)]]), errors: [], bytes: 1 }
        },
        close: async () => {},
      }
    },
  }),
}

test('rows of a source on the left wait until the right side was read', async () => {
  const runtime = await startTest({ store: memoryStore(), host: realHost(''), connectors: [ticks] })
  await fill(runtime)
  await addJobs(runtime, sourceJob(LEFT, 'ticks'))
  await addJobs(runtime, { job: temporalJob(JOINED, LEFT, RIGHT) })
  for (let i = 0; i < 300 && runtime.rowCount(JOINED) < TICKS; i++) await setTimeout(10)
  const rows = await rowsOf(runtime, JOINED, PAIR)
  await runtime.close()
  assert.deepEqual(rows, Array.from({ length: TICKS }, (_, i) => `${i * 490} right`).sort())
})
