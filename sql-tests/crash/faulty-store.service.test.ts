import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startFaultyProxy } from './faulty-proxy.ts'
import { Flow } from './flow.ts'
import { type CrashServices, mulberry32, startCrashServices } from './services.ts'
import { verify } from './verify.ts'
import { Weir } from './weir.ts'

/** How often the server is killed and starts again through the faulty store. */
const ROUNDS = Number(process.env['WEIR_FAULTY_ROUNDS'] ?? 4)
const CHANCE = Number(process.env['WEIR_FAULTY_CHANCE'] ?? 0.15)
const ROUND_MS = 5000
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
let services: CrashServices

before(async () => {
  services = await startCrashServices()
})
after(() => services.stop())

test(`outputs are exact and the server stays up when the store fails, is slow and loses answers (WEIR_SEED=${seed})`, async t => {
  const random = mulberry32(seed)
  const { kafka, s3, folder } = services
  const proxy = await startFaultyProxy(s3.address, random)
  const flow = new Flow(kafka.address, random)
  await flow.prepare()
  const start = () =>
    new Weir({
      data: join(folder, 'weir'),
      state: 's3://weir/faulty',
      env: services.s3Env(proxy.address),
      args: ['--garbage-interval-ms', '1500'],
    })
  let weir = start()
  try {
    assert.ok(await weir.ready(), weir.log)
    proxy.chance = CHANCE
    await flow.create(weir)
    for (let round = 1; round <= ROUNDS; round++) {
      await Promise.all([flow.produce(ROUND_MS), flow.move(weir)])
      assert.equal(weir.exited, undefined, `the server ended by itself:\n${weir.log}`)
      if (round === ROUNDS) break
      await weir.stop('SIGKILL')
      weir = start()
      assert.ok(await weir.ready(), weir.log)
    }
    t.diagnostic(await verify(weir, flow, kafka.address))
    t.diagnostic(JSON.stringify(proxy.counts))
    for (const [fault, count] of Object.entries(proxy.counts)) assert.ok(count > 0, `${fault} came`)
  } finally {
    await weir.stop()
    await flow.close()
    await proxy.close()
  }
})
