import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connector } from '../types/connector.ts'
import { realHost } from './host.ts'
import { type RuntimeOptions, startRuntime } from './runtime.ts'
import type { JobChange, Runtime } from './runtime-contract.ts'
import { MemoryBucket } from './sim/memory-persistence.ts'
import {
  COUNTED,
  catalogOf,
  copyJob,
  countJob,
  jobsOf,
  PAIR,
  pairs,
  rowsOf,
  tableJob,
} from './sim/test-jobs.ts'

const TABLE = 1
const COUNTS = 2
const COPY = 3

function options(bucket: MemoryBucket, more: Partial<RuntimeOptions> = {}): RuntimeOptions {
  return {
    persistence: bucket.persistence(),
    host: realHost(''),
    connectors: new Map<string, Connector>(),
    barrierIntervalMs: 20,
    inline: true,
    systemRows: () => {
      throw new Error('no system relations here')
    },
    jobsOf,
    onFatal: error => {
      throw error
    },
    log: () => {},
    ...more,
  }
}

async function create(runtime: Runtime, ...add: JobChange[]): Promise<void> {
  const present = runtime.catalog === undefined ? [] : jobsOf(runtime.catalog)
  await runtime.run({ catalog: catalogOf([...present, ...add]), add })
}

for (const inline of [true, false]) {
  const where = inline ? 'inline' : 'in a thread'
  test(`a table, a view and a view on the view follow writes and survive a kill (${where})`, async () => {
    const bucket = new MemoryBucket()
    const first = await startRuntime(options(bucket, { inline }))
    await create(first, { job: tableJob(TABLE, true) })
    await first.write(TABLE, [
      pairs([
        [1n, 'a'],
        [2n, 'a'],
        [3n, 'b'],
      ]),
    ])
    assert.deepEqual(await rowsOf(first, TABLE, PAIR), ['1 a', '2 a', '3 b'])
    await create(first, { job: countJob(COUNTS, TABLE) })
    assert.deepEqual(await rowsOf(first, COUNTS, COUNTED), ['a 2', 'b 1'], 'the view sees rows of before')
    await create(first, { job: copyJob(COPY, COUNTS, COUNTED) })
    await first.write(TABLE, [
      pairs(
        [
          [1n, 'b'],
          [2n, ''],
        ],
        [1, -1],
      ),
    ])
    for (const relation of [COUNTS, COPY]) assert.deepEqual(await rowsOf(first, relation, COUNTED), ['b 2'])
    // Not closed: a kill.
    const second = await startRuntime(options(bucket, { inline }))
    assert.deepEqual(await rowsOf(second, TABLE, PAIR), ['1 b', '3 b'])
    for (const relation of [COUNTS, COPY]) assert.deepEqual(await rowsOf(second, relation, COUNTED), ['b 2'])
    await second.write(TABLE, [pairs([[3n, 'c']])])
    for (const relation of [COUNTS, COPY])
      assert.deepEqual(await rowsOf(second, relation, COUNTED), ['b 1', 'c 1'])
    await second.close()
    if (!inline) await first.close().catch(() => {})
    else first.close().catch(() => {})
  })
}
