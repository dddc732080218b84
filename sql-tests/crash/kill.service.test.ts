import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Flow } from './flow.ts'
import { type CrashServices, mulberry32, startCrashServices } from './services.ts'
import { verify } from './verify.ts'
import { Weir } from './weir.ts'

/** How often the server is killed; any number by WEIR_CRASH_ROUNDS. */
const ROUNDS = Number(process.env['WEIR_CRASH_ROUNDS'] ?? 25)
/** Outputs are compared every so many rounds, and at the end. */
const VERIFY_EVERY = 25
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
let services: CrashServices

before(async () => {
  services = await startCrashServices()
})
after(() => services.stop())

test(`Kafka to views on S3 to Kafka is exact over ${ROUNDS} kill -9 under load (WEIR_SEED=${seed})`, async t => {
  const random = mulberry32(seed)
  const { kafka, folder } = services
  const flow = new Flow(kafka.address, random)
  await flow.prepare()
  const start = () => new Weir({ data: join(folder, 'weir'), state: 's3://weir/kill', env: services.s3Env() })
  let weir = start()
  try {
    assert.ok(await weir.ready(), weir.log)
    await flow.create(weir)
    for (let round = 1; round <= ROUNDS; round++) {
      // Sometimes the server is still starting when it is killed.
      const patient = random() < 0.8
      if (patient) assert.ok(await weir.ready(), weir.log)
      const producing = flow.produce(100 + random() * 2000)
      const moving = patient ? flow.move(weir) : undefined
      await producing
      assert.equal(weir.exited, undefined, `the server ended by itself:\n${weir.log}`)
      await weir.stop('SIGKILL')
      await moving
      weir = start()
      if (round % VERIFY_EVERY === 0 || round === ROUNDS) {
        assert.ok(await weir.ready(), weir.log)
        t.diagnostic(`round ${round}: ${await verify(weir, flow, kafka.address)}`)
      }
    }
    assert.deepEqual(await weir.stop('SIGTERM'), { code: 0, signal: null }, weir.log)
  } finally {
    await weir.stop()
    await flow.close()
  }
})
