import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts'
import { Flow } from './flow.ts'
import { type CrashServices, mulberry32, startCrashServices } from './services.ts'
import { verify } from './verify.ts'
import { Weir } from './weir.ts'

const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
const WAIT_MS = 30_000
let services: CrashServices

before(async () => {
  services = await startCrashServices()
})
after(() => services.stop())

interface Case {
  readonly point: 'C06' | 'C07' | 'C20'
  readonly created: boolean
  readonly dies: boolean
}

const CASES: readonly Case[] = (
  [
    ['C06', true],
    ['C07', false],
    ['C20', true],
    ['C20', false],
  ] as const
).flatMap(([point, created]) => [true, false].map(dies => ({ point, created, dies })))

test(`outputs are exact when nobody heard of a manifest, whether it was created or not (WEIR_SEED=${seed})`, async t => {
  const { kafka, s3, folder } = services
  const proxy = await startFaultyProxy(s3.address, () => 1)
  const flow = new Flow(kafka.address, mulberry32(seed))
  await flow.prepare()
  const start = () =>
    new Weir({
      data: join(folder, 'weir'),
      state: 's3://weir/manifests',
      env: services.s3Env(proxy.address),
    })
  let weir = start()
  try {
    assert.ok(await weir.ready(), weir.log)
    await flow.create(weir)
    for (const unheard of CASES) {
      const { point, created, dies } = unheard
      const what = `${point}: ${created ? 'created' : 'not created'}, the server ${dies ? 'dies' : 'goes on'}`
      await t.test(what, async () => {
        await hit(proxy, unheard, weir, flow)
        if (!dies) return assert.equal(weir.exited, undefined, weir.log)
        assert.deepEqual(await weir.ended(), { code: null, signal: 'SIGKILL' }, weir.log)
        weir = start()
        assert.ok(await weir.ready(), weir.log)
      })
    }
    t.diagnostic(await verify(weir, flow, kafka.address))
  } finally {
    await weir.stop()
    await flow.close()
    await proxy.close()
  }
})

/** Works until such a manifest came by and met its fate, and a little longer. */
async function hit(proxy: FaultyProxy, unheard: Case, weir: Weir, flow: Flow): Promise<void> {
  const { point, created, dies } = unheard
  let met = false
  proxy.plan = (method, path, body) => {
    if (method !== 'PUT' || !path.includes('/manifest/')) return undefined
    const { edit } = (JSON.parse(body.toString()) as { manifest: { edit: object } }).manifest
    if (!('added' in edit) || (point === 'C20' && !('cursors' in edit))) return undefined
    proxy.plan = undefined
    const now = () => {
      met = true
      if (dies) weir.signal('SIGKILL')
    }
    return { fault: created ? 'lost-answer' : 'reset', now }
  }
  const deadline = performance.now() + WAIT_MS
  while (!met) {
    assert.ok(performance.now() < deadline, `no such manifest in ${WAIT_MS} ms`)
    await flow.batch(50)
    await sleep(50)
  }
  await flow.produce(500)
  if (!dies) assert.ok(await flow.move(weir), `the statement was not answered: ${flow.moves.at(-1)}`)
}
