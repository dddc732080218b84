import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simStore } from './sim/sim-store.ts'
import { Target } from './sim/target.ts'
import { PAIR, pairs, rowsOf, sinkJob, tableJob } from './sim/test-jobs.ts'
import { addJobs, startTest } from './sim/test-runtime.ts'
import { type Incarnation, World } from './sim/world.ts'

const TABLE = 1
const SINK = 2
const SINK_BYTES = 2000

for (const crashes of [false, true])
  test(`a failing sink keeps little in memory and holds up nobody; all comes in order when it heals${crashes ? ', after a crash too' : ''}`, async () => {
    const world = new World(3)
    const target = new Target()
    const bucket = new Map<string, Uint8Array>()
    let down = false
    const start = (process: Incarnation) =>
      startTest({
        store: simStore(bucket, process),
        host: process.host,
        sinkBytesMax: SINK_BYTES,
        connectors: [
          target.connector(apply => {
            if (down) throw new Error('the target is down')
            return process.request(apply)
          }),
        ],
      })
    await world.run(
      (async () => {
        const first = world.start()
        let runtime = await start(first)
        await addJobs(runtime, { job: tableJob(TABLE, true) })
        await addJobs(runtime, sinkJob(SINK, TABLE, PAIR))
        let key = 0n
        const write = async (count: number) => {
          for (let i = 0; i < count; i++) await runtime.write(TABLE, [pairs([[key++, 'x'.repeat(100)]])])
        }
        await write(3)
        down = true
        await write(100)
        const state = () => runtime.progress().find(job => job.relation === SINK)!
        assert.deepEqual([state().state, state().reason], ['failing', 'the target is down'])
        assert.ok(runtime.sinks()[0]!.backlogBytes > 4 * SINK_BYTES)
        if (crashes) {
          first.kill()
          runtime = await start(world.start())
          await write(20)
        }
        down = false
        // It goes on while more comes.
        for (let i = 0; i < 300; i++) {
          await write(1)
          await world.sleep(20)
        }
        assert.deepEqual([state().state, state().reason], ['running', ''])
        assert.equal(runtime.sinks()[0]!.backlogBytes, 0)
        assert.deepEqual(target.fold(), await rowsOf(runtime, TABLE, PAIR))
        assert.deepEqual(
          target.epochs,
          [...new Set(target.epochs)].sort((a, b) => a - b),
        )
      })(),
    )
  })
