import assert from 'node:assert/strict'
import type { JobChange, Runtime } from '../runtime-contract.ts'
import { feed, malformedOf, numbers, sourceJob } from './sim-sources.ts'
import { simStore } from './sim-store.ts'
import { Target } from './target.ts'
import {
  COUNTED,
  catalogOf,
  copyJob,
  countJob,
  jobsOf,
  PAIR,
  pairs,
  rewrittenTable,
  rowsOf,
  sinkJob,
  tableJob,
} from './test-jobs.ts'
import { addJobs, startTest } from './test-runtime.ts'
import { type Incarnation, World } from './world.ts'

const TABLE = 1
const COUNTS = 2
const COPY = 3
const SINK = 4
const NUMBERS = 5
const NUMBERS_COUNTED = 6
const FEED = 7
const FEED_COUNTED = 8
const FEED_LATE = 9
const NUMBERS_LATE = 10
const SOURCE_ROWS = 140
const KEYS = 12

/** Statements in order; each adds one relation. */
const STATEMENTS: readonly JobChange[] = [
  { job: tableJob(TABLE, true) },
  { job: countJob(COUNTS, TABLE) },
  sinkJob(SINK, COUNTS, COUNTED),
  sourceJob(NUMBERS, 'numbers'),
  { job: countJob(NUMBERS_COUNTED, NUMBERS) },
  { job: copyJob(COPY, COUNTS, COUNTED) },
  sourceJob(FEED, 'feed'),
  { job: countJob(FEED_COUNTED, FEED) },
  { job: countJob(NUMBERS_LATE, NUMBERS) },
  { job: countJob(FEED_LATE, FEED) },
]

interface Server {
  readonly process: Incarnation
  readonly runtime: Runtime
  /** The client has left for another server. */
  left: boolean
}

export interface Outcome {
  readonly hits: ReadonlyMap<string, number>
  readonly servers: number
  readonly batches: number
  readonly alters: number
}

/**
 * One seed: a client that creates relations and writes through servers that die, sleep and wake up as zombies over a faulty store and a
 * faulty target. Throws when an acknowledged write is lost, a view is not its query, or the target got an epoch twice,
 * out of order, or not at all.
 */
export async function runScenario(seed: number): Promise<Outcome> {
  const world = new World(seed)
  const scenario = new Scenario(world)
  await world.run(scenario.run())
  const { servers, alters, target } = scenario
  return { hits: world.hits, servers, batches: target.committed.length, alters }
}

class Scenario {
  readonly target = new Target()
  servers = 0
  /** Tables written anew. */
  alters = 0
  readonly #world: World
  readonly #bucket = new Map<string, Uint8Array>()
  readonly #zombies: Incarnation[] = []
  /** Rows of the table by key, as acknowledged. */
  #rows = new Map<number, string>()
  /** What the table may hold as well: the write whose answer never came. */
  #perhaps: Map<number, string> | undefined
  /** Mostly little: what a failing sink has to take is read from the bucket again. */
  readonly #sinkBytesMax: number

  constructor(world: World) {
    this.#world = world
    this.#sinkBytesMax = world.chance(0.7) ? Math.floor(world.random() * 500) : 1 << 20
  }

  async run(): Promise<void> {
    const { faults } = this.#world
    const pick = (most: number): number => (this.#world.chance(0.5) ? 0 : this.#world.random() * most)
    faults.delayMs = pick(60)
    faults.failBefore = pick(0.1)
    faults.failAfter = pick(0.1)
    faults.crash = pick(0.03)
    const lives = 2 + Math.floor(this.#world.random() * 4)
    for (let life = 0; life < lives; life++) await this.#live()
    // Everything heals: now it must get done.
    Object.assign(faults, { delayMs: 2, failBefore: 0, failAfter: 0, crash: 0 })
    for (const zombie of this.#zombies) zombie.resume()
    this.target.restoreMarker()
    const last = await this.#start()
    assert.ok(last !== undefined, 'a server starts when nothing fails')
    await this.#checkTable(last.runtime)
    await this.#create(last, STATEMENTS.length)
    await this.#finish(last.runtime)
  }

  /** One server from its start to its end, whatever that is. */
  async #live(): Promise<void> {
    const server = await this.#start()
    if (server === undefined) return
    const { process, runtime } = server
    const work = this.#work(server)
    const end = this.#world.sleep(50 + this.#world.random() * 3000)
    await Promise.race([work.catch(error => this.#onlyOfTheDead(process, error)), end, this.#death(process)])
    server.left = true
    if (this.#world.chance(0.3)) {
      process.suspend()
      this.#zombies.push(process)
      // Often while the next server claims the target.
      const most = this.#world.chance(0.6) ? 400 : 4000
      void this.#world.sleep(this.#world.random() * most).then(() => process.resume())
    } else if (this.#world.chance(0.2) && process.state === 'running') {
      await Promise.race([runtime.close().catch(() => {}), this.#death(process), this.#world.sleep(20_000)])
      process.kill()
    } else process.kill()
  }

  async #start(): Promise<Server | undefined> {
    this.servers++
    const process = this.#world.start()
    const starting = startTest({
      store: simStore(this.#bucket, process),
      host: process.host,
      connectors: [
        this.target.connector(apply => process.request(apply)),
        numbers(SOURCE_ROWS),
        feed(SOURCE_ROWS, process),
      ],
      sinkBytesMax: this.#sinkBytesMax,
      onFatal: () => process.kill(),
    }).catch(error => this.#onlyOfTheDead(process, error))
    const runtime = await Promise.race([starting, this.#death(process), this.#world.sleep(60_000)])
    if (runtime !== undefined) return { process, runtime, left: false }
    process.kill()
    return undefined
  }

  /** A process may fail to start over a store that fails; it exits then. */
  #onlyOfTheDead(process: Incarnation, error: unknown): undefined {
    const { faults } = this.#world
    const excused = process.state !== 'running' || faults.failBefore + faults.failAfter > 0
    if (!excused || (error as Error).name === 'AssertionError') throw error
    process.kill()
  }

  async #death(process: Incarnation): Promise<undefined> {
    while (process.state === 'running') await this.#world.sleep(10)
  }

  async #work(server: Server): Promise<void> {
    const { runtime } = server
    await this.#checkTable(runtime)
    while (!server.left) {
      if (this.#world.chance(0.3)) await this.#create(server, 1)
      const altered = this.#world.chance(0.1) ? this.#alter(server) : Promise.resolve()
      const written = Promise.all([this.#write(server), altered])
      written.catch(() => {})
      if (this.#world.chance(0.5)) await written
      else await this.#world.sleep(this.#world.random() * 30).then(() => written)
      await this.#checkViews(runtime)
      if (this.#world.chance(0.02)) {
        this.target.loseMarker()
        await this.#world.sleep(this.#world.random() * 500)
        this.target.restoreMarker()
      }
    }
  }

  /** The next statements that this bucket has not seen. */
  async #create({ runtime }: Server, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const present = runtime.catalog === undefined ? 0 : jobsOf(runtime.catalog).length
      const next = STATEMENTS[present]
      if (next === undefined) return
      await addJobs(runtime, next)
    }
  }

  /** Writes the table anew, while it is written to. */
  async #alter({ runtime }: Server): Promise<void> {
    const changes = jobsOf(runtime.catalog ?? '[]')
    const table = changes.find(change => change.job.relation === TABLE)
    if (table === undefined) return
    const replace = rewrittenTable(table)
    const after = changes.map(change => (change === table ? replace[0]!.change : change))
    await runtime.run({ catalog: catalogOf(after), replace })
    this.alters++
  }

  async #write(server: Server): Promise<void> {
    const { runtime } = server
    if (server.left) return
    if (!jobsOf(runtime.catalog ?? '[]').some(change => change.job.relation === TABLE)) return
    const key = Math.floor(this.#world.random() * KEYS)
    const value = `x${Math.floor(this.#world.random() * 3)}`
    const deletes = this.#world.chance(0.3)
    const after = new Map(this.#rows)
    if (deletes) after.delete(key)
    else after.set(key, value)
    this.#perhaps = after
    await runtime.write(TABLE, [pairs([[BigInt(key), value]], [deletes ? -1 : 1])])
    if (server.left) return
    this.#rows = after
    this.#perhaps = undefined
  }

  /** After a start: what was acknowledged is there; what was not is there wholly or not at all. */
  async #checkTable(runtime: Runtime): Promise<void> {
    if (!has(runtime, TABLE)) {
      assert.equal(this.#rows.size, 0, 'acknowledged rows are there')
      return
    }
    const rows = await rowsOf(runtime, TABLE, PAIR)
    const possible = [this.#rows, ...(this.#perhaps === undefined ? [] : [this.#perhaps])]
    const found = possible.findLast(map => String(texts(map)) === String(rows))
    assert.ok(found, `the table holds ${rows}, acknowledged is ${texts(this.#rows)}`)
    this.#rows = found
    this.#perhaps = undefined
  }

  /** All relations of one epoch agree. */
  async #checkViews(runtime: Runtime): Promise<void> {
    const read = (relation: number, schema: typeof PAIR) =>
      has(runtime, relation) ? rowsOf(runtime, relation, schema) : undefined
    const [rows, counts, copy] = await Promise.all([
      read(TABLE, PAIR),
      read(COUNTS, COUNTED),
      read(COPY, COUNTED),
    ])
    if (rows !== undefined && counts !== undefined) assert.deepEqual(counts, counted(rows), 'view = query')
    if (counts !== undefined && copy !== undefined) assert.deepEqual(copy, counts, 'view on view = view')
    // Asked before the rows are read: it may catch up meanwhile.
    const caughtUp = runtime.progress().find(job => job.relation === NUMBERS_LATE)?.state === 'running'
    const [early, late] = await Promise.all([read(NUMBERS_COUNTED, COUNTED), read(NUMBERS_LATE, COUNTED)])
    if (late !== undefined && caughtUp) assert.deepEqual(late, early, 'jobs on one source are at one offset')
  }

  async #finish(runtime: Runtime): Promise<void> {
    for (;;) {
      await runtime.flush()
      const [sink] = runtime.sinks()
      const caughtUp = runtime.progress().every(job => job.state === 'running')
      const offsets = runtime.offsets()
      const read = Number(offsets[NUMBERS]?.['0'] ?? 0)
      const fed = Number(offsets[FEED]?.['even'] ?? 0) + Number(offsets[FEED]?.['odd'] ?? 0)
      if (read === SOURCE_ROWS && fed === SOURCE_ROWS && caughtUp && sink?.backlogBytes === 0) break
      await this.#world.sleep(100)
    }
    await this.#checkViews(runtime)
    const all = counted(Array.from({ length: SOURCE_ROWS }, (_, i) => `${i} v${i % 7}`))
    for (const relation of [NUMBERS_COUNTED, NUMBERS_LATE, FEED_COUNTED, FEED_LATE])
      assert.deepEqual(
        await rowsOf(runtime, relation, COUNTED),
        all,
        `relation ${relation} read its source once`,
      )
    const errors = runtime.errors().filter(error => error.origin.startsWith('record'))
    assert.equal(errors.length, malformedOf(SOURCE_ROWS), 'every malformed record is there once')
    assert.equal(new Set(errors.map(error => error.origin)).size, errors.length)
    const counters = runtime.stats().sources.find(source => source.relation === FEED)
    assert.equal(counters?.errors, errors.length, 'and counted')
    assert.deepEqual(this.target.fold(), await rowsOf(runtime, COUNTS, COUNTED), 'the sink = the view')
    const { epochs } = this.target
    assert.deepEqual(
      epochs,
      [...new Set(epochs)].sort((a, b) => a - b),
      'each epoch once, in order',
    )
    assert.ok(
      epochs.every(epoch => epoch <= runtime.epoch),
      'delivered epochs are committed',
    )
  }
}

function has(runtime: Runtime, relation: number): boolean {
  return jobsOf(runtime.catalog ?? '[]').some(change => change.job.relation === relation)
}

function texts(rows: ReadonlyMap<number, string>): readonly string[] {
  return [...rows].map(([key, value]) => `${key} ${value}`).sort()
}

function counted(rows: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const value = row.split(' ')[1]!
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].map(([value, n]) => `${value} ${n}`).sort()
}
