import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Flow } from './flow.ts'
import { BIG_ROWS, POINTS, type Point } from './points.ts'
import { type CrashServices, mulberry32, startCrashServices } from './services.ts'
import { verify } from './verify.ts'
import { Weir } from './weir.ts'

const ONLY = process.env['WEIR_CRASH_POINTS']?.split(',')
/** After every point rather than at the end: to find the one that breaks something. */
const VERIFY_EACH = process.env['WEIR_CRASH_VERIFY'] === 'each'
const DEATH_MS = 60_000
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
let services: CrashServices

before(async () => {
  services = await startCrashServices()
})
after(() => services.stop())

test(`outputs are exact after a death at every named crash point (WEIR_SEED=${seed})`, async t => {
  const random = mulberry32(seed)
  const { kafka, folder } = services
  const flow = new Flow(kafka.address, random)
  await flow.prepare()
  const start = (crashAt: string) =>
    new Weir({
      data: join(folder, 'weir'),
      state: 's3://weir/points',
      env: { ...services.s3Env(), WEIR_CRASH_AT: crashAt },
      args: ['--garbage-interval-ms', '1500'],
    })
  let weir = start('')
  try {
    assert.ok(await weir.ready(), weir.log)
    await flow.create(weir)
    for (const point of POINTS) {
      if (ONLY !== undefined && !ONLY.includes(point.id)) continue
      await weir.stop()
      const at = `${point.id}:${1 + Math.floor(random() * point.hits)}`
      await t.test(`the process dies at ${at}`, async () => {
        weir = start(at)
        try {
          await dies(weir, point, flow)
        } finally {
          await weir.stop()
        }
      })
      weir = start('')
      if (VERIFY_EACH) t.diagnostic(`${at}: ${await verified(weir)}`)
    }
    t.diagnostic(await verified(weir))
  } finally {
    await weir.stop()
    await flow.close()
  }

  async function verified(server: Weir): Promise<string> {
    assert.ok(await server.ready(), server.log)
    const counts = await verify(server, flow, kafka.address)
    const totals = await server.query('SELECT customer, n FROM totals ORDER BY customer')
    const names = (await server.query('SHOW MATERIALIZED VIEWS')).map(([name]) => String(name))
    for (const name of names.filter(name => name.startsWith('extra_'))) {
      assert.deepEqual(await server.query(`SELECT customer, n FROM ${name} ORDER BY customer`), totals)
    }
    for (const name of names.filter(name => name.startsWith('counted_'))) {
      const sum = async () => Number((await server.query(`SELECT sum(n) FROM ${name}`))[0]![0])
      for (let i = 0; i < 150 && (await sum()) < BIG_ROWS; i++) await sleep(100)
      assert.equal(await sum(), BIG_ROWS, `${name} goes on where its backfill was`)
    }
    for (const [table, ids] of acknowledged) {
      const found = new Set((await server.query(`SELECT id FROM ${table}`)).map(([id]) => Number(id)))
      assert.deepEqual(
        ids.filter(id => !found.has(id)),
        [],
        `${table} holds what was acknowledged`,
      )
    }
    return counts
  }
})

let number = 0
/** Rows that `write` was told are durable, by table. */
const acknowledged = new Map<string, number[]>()

/** Works until the server is dead, and checks that nobody but the crash point killed it. */
async function dies(weir: Weir, point: Point, flow: Flow): Promise<void> {
  const deadline = performance.now() + DEATH_MS
  const changing = Promise.all([change(weir, point), write(weir, point), terminate(weir, point)])
  while (weir.exited === undefined) {
    assert.ok(performance.now() < deadline, `still alive:\n${weir.log}`)
    await flow.batch(50)
    await sleep(100)
  }
  await changing
  assert.deepEqual(weir.exited, { code: null, signal: 'SIGKILL' }, weir.log)
}

async function change(weir: Weir, { statements = [] }: Point): Promise<void> {
  if (statements.length === 0 || !(await weir.ready())) return
  const n = String(++number)
  for (const statement of statements) {
    try {
      await weir.query(statement.replaceAll('$', n))
    } catch (error) {
      // A lost connection is what is waited for.
      if ((error as { code?: string }).code?.length === 5) throw error
      return
    }
  }
}

/** Keeps several clients busy, each waiting for its own commits. */
async function write(weir: Weir, { writers = 0 }: Point): Promise<void> {
  if (writers === 0 || !(await weir.ready())) return
  const table = `written_${++number}`
  const created = weir.query(`CREATE TABLE ${table} (id int PRIMARY KEY)`)
  if (
    !(await created.then(
      () => true,
      () => false,
    ))
  )
    return
  const ids: number[] = []
  acknowledged.set(table, ids)
  const client = async (_: unknown, at: number) => {
    for (let id = at; weir.exited === undefined; id += writers)
      await weir.query(`INSERT INTO ${table} VALUES (${id})`).then(
        () => ids.push(id),
        () => {},
      )
  }
  await Promise.all(Array.from({ length: writers }, client))
}

async function terminate(weir: Weir, { terminated }: Point): Promise<void> {
  if (terminated !== true || !(await weir.ready())) return
  await sleep(500)
  weir.signal('SIGTERM')
}
