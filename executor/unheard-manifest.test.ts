// C06, C07 and C20 of the crash points: a manifest whose request or answer is lost, one by one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectStore } from '../storage/contract.ts'
import { StoreError } from '../storage/store-error.ts'
import { simStore } from './sim/sim-store.ts'
import { Target } from './sim/target.ts'
import { PAIR, pairs, rowsOf, sinkJob, tableJob } from './sim/test-jobs.ts'
import { addJobs, startTest } from './sim/test-runtime.ts'
import { type Incarnation, World } from './sim/world.ts'

const TABLE = 1
const SINK = 2
/** Manifests of the work below: some name rows, some cursors of the sink, one adds a job. */
const MANIFESTS = 8

type Fault = 'request lost' | 'answer lost' | 'request lost in a crash' | 'answer lost in a crash'
const FAULTS: readonly Fault[] = [
  'request lost',
  'answer lost',
  'request lost in a crash',
  'answer lost in a crash',
]

/** The bucket as the process reaches it; the creation of the nth manifest meets the fault. */
function faultyStore(store: ObjectStore, process: Incarnation, nth: number, fault: Fault): ObjectStore {
  let count = 0
  return {
    ...store,
    async putIfAbsent(key, body) {
      if (!key.startsWith('manifest/') || ++count !== nth) return store.putIfAbsent(key, body)
      if (fault.startsWith('request')) {
        if (fault.endsWith('crash')) process.kill()
        throw new StoreError('put', key, fault, { retryable: true })
      }
      const created = store.putIfAbsent(key, body)
      if (fault.endsWith('crash')) process.kill()
      await created
      throw new StoreError('put', key, fault, { retryable: true })
    },
  }
}

for (const fault of FAULTS)
  for (let nth = 1; nth <= MANIFESTS; nth++)
    test(`nothing is lost or doubled when manifest ${nth} meets: ${fault}`, async () => {
      const world = new World(nth)
      const target = new Target()
      const bucket = new Map<string, Uint8Array>()
      const first = world.start()
      const start = (process: Incarnation, wrap = (store: ObjectStore) => store) =>
        startTest({
          store: wrap(simStore(bucket, process)),
          host: process.host,
          connectors: [target.connector(apply => process.request(apply))],
        })
      const acknowledged: string[] = []
      await world.run(
        (async () => {
          const work = (async () => {
            const runtime = await start(first, store => faultyStore(store, first, nth, fault))
            await addJobs(runtime, { job: tableJob(TABLE, false) })
            await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
            for (let i = 0; i < 5; i++) {
              await runtime.write(TABLE, [pairs([[BigInt(i), 'x']])])
              acknowledged.push(`${i} x`)
              // Time for a manifest that names what was delivered.
              await world.sleep(60)
            }
            return runtime
          })()
          let runtime = await Promise.race([work, world.sleep(3000)])
          assert.equal(first.state, fault.endsWith('crash') ? 'dead' : 'running')
          if (first.state === 'dead') {
            runtime = await start(world.start())
            if (runtime.catalog === undefined) await addJobs(runtime, { job: tableJob(TABLE, false) })
            if (runtime.sinks().length === 0) await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
          }
          await runtime!.write(TABLE, [pairs([[9n, 'y']])])
          for (let sink = runtime!.sinks()[0]!; sink.delivered < sink.committed; sink = runtime!.sinks()[0]!)
            await world.sleep(5)
          const rows = await rowsOf(runtime!, TABLE, PAIR)
          assert.deepEqual(rows.slice(0, acknowledged.length), acknowledged)
          assert.ok(
            rows.length <= acknowledged.length + 2,
            'at most the write that was under way came besides',
          )
          assert.deepEqual(target.fold(), rows, 'the target = the table')
          assert.deepEqual(
            target.epochs,
            [...new Set(target.epochs)].sort((a, b) => a - b),
          )
        })(),
      )
    })
