import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Runtime } from './runtime-contract.ts'
import { simStore } from './sim/sim-store.ts'
import { Target } from './sim/target.ts'
import { PAIR, pairs, sinkJob, tableJob } from './sim/test-jobs.ts'
import { addJobs, startTest } from './sim/test-runtime.ts'
import { type Incarnation, World } from './sim/world.ts'

const TABLE = 1
const SINK = 2

async function delivered(runtime: Runtime, world: World): Promise<void> {
  for (;;) {
    const sink = runtime.sinks()[0]
    if (sink !== undefined && sink.delivered >= sink.committed && sink.backlogBytes === 0) return
    await world.sleep(5)
  }
}

test('a sink gets each epoch once, the rows of before it first', async () => {
  const world = new World(1)
  const target = new Target()
  const process = world.start()
  await world.run(
    (async () => {
      const store = simStore(new Map(), process)
      const connectors = [target.connector(apply => process.request(apply))]
      const runtime = await startTest({ store, host: process.host, connectors })
      await addJobs(runtime, { job: tableJob(TABLE, true) })
      await runtime.write(TABLE, [
        pairs([
          [1n, 'a'],
          [2n, 'b'],
        ]),
      ])
      await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
      await runtime.write(TABLE, [pairs([[1n, 'c']])])
      await delivered(runtime, world)
    })(),
  )
  assert.deepEqual(
    target.committed.map(batch => batch.rows),
    [
      ['+1 a', '+2 b'],
      ['-1 a', '+1 c'],
    ],
  )
})

test('epochs that wait for a slow target reach it in one act, each as it was', async () => {
  const world = new World(1)
  const target = new Target()
  const process = world.start()
  let requests = 0
  await world.run(
    (async () => {
      const slow = async <R>(apply: () => R): Promise<R> => {
        requests++
        await world.sleep(1000)
        return process.request(apply)
      }
      const store = simStore(new Map(), process)
      const runtime = await startTest({ store, host: process.host, connectors: [target.connector(slow)] })
      await addJobs(runtime, { job: tableJob(TABLE, true) })
      await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
      for (const value of ['a', 'b', 'c']) await runtime.write(TABLE, [pairs([[1n, value]])])
      await delivered(runtime, world)
    })(),
  )
  assert.deepEqual(
    target.committed.map(batch => batch.rows),
    [['+1 a'], ['-1 a', '+1 b'], ['-1 b', '+1 c']],
  )
  const CLAIM = 7
  assert.equal(requests, CLAIM + 1)
})

test('a limited sink writes an epoch when the rows before it have had their time; 0 holds it until the limit is taken away', async () => {
  const world = new World(1)
  const target = new Target()
  const process = world.start()
  const sent: number[] = []
  await world.run(
    (async () => {
      const store = simStore(new Map(), process)
      const connectors = [target.connector(apply => process.request(apply))]
      const runtime = await startTest({ store, host: process.host, connectors })
      await addJobs(runtime, { job: tableJob(TABLE, true) })
      const job = sinkJob(SINK, TABLE, PAIR)
      await addJobs(runtime, { ...job, sink: { ...job.sink!, rateLimit: 2 } })
      const catalog = runtime.catalog!
      const from = world.now
      const write = (key: bigint) =>
        runtime.write(TABLE, [
          pairs([
            [key, 'a'],
            [key + 1n, 'b'],
          ]),
        ])
      for (const key of [1n, 3n, 5n]) await write(key)
      await delivered(runtime, world)
      sent.push(world.now - from)
      await runtime.run({ catalog, rateLimits: { [SINK]: 0 } })
      await write(7n)
      await world.sleep(30_000)
      assert.equal(target.committed.length, 3)
      assert.deepEqual(
        runtime.progress().map(({ state }) => state),
        ['running', 'paused'],
      )
      await runtime.run({ catalog, rateLimits: { [SINK]: undefined } })
      await delivered(runtime, world)
    })(),
  )
  assert.ok(sent[0]! >= 2000 && sent[0]! < 4000, `${sent[0]} ms`)
  assert.deepEqual(
    target.committed.map(batch => batch.rows),
    [1, 3, 5, 7].map(key => [`+${key} a`, `+${key + 1} b`]),
  )
})

/** Requests to the target, counted: the given one meets the fault. */
function faultyReach(
  process: Incarnation,
  nth: number,
  fault: 'kill before' | 'kill after' | 'lose' | 'lose answer',
) {
  let count = 0
  return async <R>(apply: () => R): Promise<R> => {
    if (++count !== nth) return process.request(apply)
    if (fault === 'kill before') process.kill()
    if (fault === 'lose') throw new Error('request lost')
    const answer = process.request(apply)
    if (fault === 'kill after') process.kill()
    if (fault === 'lose answer') {
      await answer
      throw new Error('answer lost')
    }
    return answer
  }
}

for (const fault of ['kill before', 'kill after', 'lose', 'lose answer'] as const)
  for (let nth = 1; nth <= 10; nth++)
    test(`each epoch arrives once when request ${nth} to the target meets: ${fault}`, async () => {
      const world = new World(nth)
      const target = new Target()
      const bucket = new Map<string, Uint8Array>()
      const first = world.start()
      const start = (process: Incarnation, connector = target.connector(apply => process.request(apply))) =>
        startTest({ store: simStore(bucket, process), host: process.host, connectors: [connector] })
      await world.run(
        (async () => {
          let runtime = await start(first, target.connector(faultyReach(first, nth, fault)))
          await addJobs(runtime, { job: tableJob(TABLE, false) })
          await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
          const work = (async () => {
            // One by one: epochs that wait go together, in one request.
            for (let i = 0; i < 3; i++) {
              await runtime.write(TABLE, [pairs([[BigInt(i), 'x']])])
              await delivered(runtime, world)
            }
          })()
          await Promise.race([work, world.sleep(2000)])
          if (first.state === 'dead') runtime = await start(world.start())
          await runtime.write(TABLE, [pairs([[9n, 'y']])])
          await delivered(runtime, world)
          const { rows } = { rows: target.fold() }
          assert.equal(rows.at(-1), '9 y')
          assert.equal(new Set(rows).size, rows.length)
          assert.deepEqual(
            target.epochs,
            [...new Set(target.epochs)].sort((a, b) => a - b),
          )
        })(),
      )
    })
