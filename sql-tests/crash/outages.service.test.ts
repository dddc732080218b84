import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { S3_ACCESS, type Service, startKafka } from '../../scripts/services.ts'
import { decodeManifest } from '../../storage/manifest.ts'
import { openS3 } from '../../storage/s3-store.ts'
import { Flow } from './flow.ts'
import { type CrashServices, mulberry32, startCrashServices } from './services.ts'
import { verify } from './verify.ts'
import { Weir } from './weir.ts'

/** How often the broker is killed, and how often the server is frozen. */
const ROUNDS = Number(process.env['WEIR_OUTAGE_ROUNDS'] ?? 2)
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
const random = mulberry32(seed)
let services: CrashServices
let broker: Service
let flow: Flow
let weir: Weir

const start = () =>
  new Weir({ data: join(services.folder, 'weir'), state: 's3://weir/outages', env: services.s3Env() })

before(async () => {
  services = await startCrashServices()
  broker = services.kafka
  flow = new Flow(broker.address, random)
  await flow.prepare()
  weir = start()
  assert.ok(await weir.ready(), weir.log)
  await flow.create(weir)
})
after(async () => {
  await weir.stop()
  await flow.close()
  await broker.stop()
  await services.stop()
})

test(`the broker is killed and starts again under load: outputs are exact, the server stays up (WEIR_SEED=${seed})`, async t => {
  const port = Number(broker.address.split(':')[1])
  for (let round = 0; round < ROUNDS; round++) {
    const producing = flow.produce(6000)
    await sleep(1000 + random() * 1000)
    process.kill(broker.pid, 'SIGKILL')
    await sleep(500 + random() * 1500)
    broker = await startKafka(join(services.folder, 'kafka'), port)
    await producing
    assert.equal(weir.exited, undefined, `the server ended by itself:\n${weir.log}`)
  }
  t.diagnostic(await verify(weir, flow, broker.address))
})

test(`a server that was frozen while another took over ends by itself and writes nothing (WEIR_SEED=${seed})`, async t => {
  for (let round = 0; round < ROUNDS; round++) {
    await flow.produce(300 + random() * 1500)
    const zombie = weir
    const statement = flow.move(zombie)
    await sleep(random() * 100)
    zombie.signal('SIGSTOP')
    weir = start()
    assert.ok(await weir.ready(), weir.log)
    await flow.produce(1000)
    zombie.signal('SIGCONT')
    const [exit] = await Promise.all([ended(zombie), statement, flow.produce(1000)])
    assert.deepEqual(exit, { code: 1, signal: null }, zombie.log)
    assert.match(zombie.log, /another server has taken over/)
    assert.equal(weir.exited, undefined, `the new server ended by itself:\n${weir.log}`)
  }
  t.diagnostic(await verify(weir, flow, broker.address))
  await assertOneAfterTheOther()
})

test('of two servers started together one goes on, and outputs are exact', async t => {
  await weir.stop()
  const [a, b] = [start(), start()]
  const producing = flow.produce(5000)
  const first = await Promise.race([a.ended().then(() => a), b.ended().then(() => b)])
  weir = first === a ? b : a
  assert.match(first.log, /another server has taken over/)
  await producing
  t.diagnostic(await verify(weir, flow, broker.address))
})

/** Whoever was taken over from commits nothing any more: the manifests of each server are one run. */
async function assertOneAfterTheOther(): Promise<void> {
  const { accessKeyId, secretAccessKey } = S3_ACCESS
  const store = openS3('s3://weir/outages', {
    endpoint: `http://${services.s3.address}`,
    accessKeyId,
    secretAccessKey,
  })
  const keys: string[] = []
  for await (const key of store.list('manifest/')) keys.push(key)
  const writers: string[] = []
  for (const key of keys.sort()) writers.push(decodeManifest((await store.get(key))!, key).generation)
  const runs = writers.filter((writer, i) => writer !== writers[i - 1])
  assert.ok(runs.length > ROUNDS)
  assert.equal(runs.length, new Set(writers).size, 'no server commits after another took over')
}

function ended(zombie: Weir) {
  const late = sleep(20_000).then(() => assert.fail(`the frozen server goes on:\n${zombie.log}`))
  return Promise.race([zombie.ended(), late])
}
