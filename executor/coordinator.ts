import type { EpochLog } from '../storage/contract.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { Job, RelationId } from '../types/job.ts'
import { fitsOneStep, type InputBackfill, inputsToBackfill, postBackfill } from './backfill.ts'
import { runBatch } from './batch.ts'
import { CommitPipeline } from './commit.ts'
import { engineJob, isSource, type Surroundings, upstreamOf } from './connector-bindings.ts'
import type { DeclaredTable, ExecutorPort, OffsetsByRelation, SealedEpoch } from './engine-contract.ts'
import { Gate } from './gate.ts'
import { catchUpEndKey } from './generator-feed.ts'
import { Locks } from './locks.ts'
import type { Persistence } from './persistence.ts'
import { ProcessLog } from './process-log.ts'
import { type Recovered, readersOf } from './recover.ts'
import type { Command, JobChange, JobProgress, Runtime, RuntimeStats } from './runtime-contract.ts'
import { VIRTUAL_NODES } from './select-rows.ts'
import type { ServingTables } from './serving.ts'
import { Sinks } from './sinks.ts'
import { Sources, unfinishedCatchUps } from './sources.ts'

const EPOCHS_IN_FLIGHT_MAX = 3
const SINK_BACKLOG_BYTES_MAX = 256 << 20

export interface CoordinatorOptions {
  readonly host: Host
  readonly log: EpochLog
  readonly port: ExecutorPort
  readonly persistence: Persistence
  readonly serving: ServingTables
  readonly around: Surroundings
  readonly barrierIntervalMs: number
  systemRows(relation: RelationId): Chunk
  onFatal(error: unknown): void
  warn(message: string): void
}

interface Waiter {
  resolve(epoch: Epoch): void
  reject(error: unknown): void
}

interface PendingCommand extends Waiter {
  readonly command: Command
  readonly signal: AbortSignal | undefined
}

/** What a barrier carries besides the engine's rows. */
interface Extra {
  readonly catalog?: string
  readonly dropped?: readonly RelationId[]
  publish?(): void
}

/**
 * The clock of the system. One step at a time: a barrier, or a change of the graph between two barriers; seals are committed behind
 * it, in order. Invariant: rows posted before a step's barrier call are in its epoch, rows posted after it are not, because the
 * port keeps the order of calls and waiters are taken in the same synchronous step.
 */
export class Coordinator implements Runtime {
  readonly #options: CoordinatorOptions
  readonly #jobs: Map<RelationId, JobChange>
  readonly #tables: Map<string, DeclaredTable>
  readonly #journal: ProcessLog
  readonly #gate = new Gate()
  readonly #locks = new Locks()
  readonly #sources: Sources
  readonly #sinks: Sinks
  readonly #pipeline: CommitPipeline
  readonly #stopping = new AbortController()
  #epoch: Epoch
  #nextEpoch: Epoch
  #waiters: Waiter[] = []
  #commands: PendingCommand[] = []
  #backfills: { readonly inputs: readonly InputBackfill[]; readonly relation: RelationId; rows: number }[] =
    []
  /** Statements that wait until a relation's backfill is done. */
  readonly #backfilled = new Map<RelationId, Waiter[]>()
  #wake: (() => void) | undefined
  #wanted = false
  /** Sinks lag too far. */
  #pressed = false
  #current: PendingCommand | undefined
  #failure: unknown
  #loop: Promise<void> = Promise.resolve()
  #compaction: Promise<void> | undefined

  constructor(options: CoordinatorOptions, recovered: Recovered) {
    const { host, log, around, port, warn } = options
    this.#options = options
    this.#jobs = new Map(recovered.jobs)
    this.#tables = new Map(recovered.tables)
    this.#epoch = log.version.epoch
    this.#nextEpoch = log.version.epoch + 1
    this.#journal = new ProcessLog(host)
    this.#sources = new Sources({ around, port, gate: this.#gate, journal: this.#journal, warn })
    this.#sinks = new Sinks(around, (relation, error) => {
      this.#journal.error(relation, 'sink', error instanceof Error ? error.message : String(error))
      warn(`sink ${relation}: ${error instanceof Error ? error.message : String(error)}`)
    })
    this.#pipeline = new CommitPipeline({
      log,
      host,
      signal: this.#stopping.signal,
      upload: (epoch, deltas) => options.persistence.upload(epoch, deltas),
      spec: table => this.#tables.get(table)?.spec,
      warn,
      committed: stats => {
        this.#journal.epoch(stats)
        this.#compact()
      },
      failed: error => this.fail(error),
    })
    this.#resume(recovered)
  }

  get epoch(): Epoch {
    return this.#epoch
  }

  get catalog(): string | undefined {
    return this.#options.log.version.catalog
  }

  /** Lets generators and readers go and starts the barrier clock. */
  start(): void {
    this.#own(this.#options.port.hold(false))
    this.#loop = this.#run()
    this.#loop.catch(error => this.fail(error))
    this.#own(this.#collectGarbage())
  }

  run(command: Command, signal?: AbortSignal): Promise<Epoch> {
    return this.#waiting((resolve, reject) => this.#commands.push({ command, signal, resolve, reject }))
  }

  async write(table: RelationId, chunks: readonly Chunk[]): Promise<Epoch> {
    while (this.#gate.closed) await this.#gate.pass()
    // No await up to the waiter: all chunks are in one epoch, and it is the one waited for.
    for (const chunk of chunks) this.#own(this.#options.port.push(table, chunk))
    return this.#barrierWanted()
  }

  flush(): Promise<Epoch> {
    return this.#barrierWanted()
  }

  query(job: Job, signal?: AbortSignal): AsyncIterable<Chunk> {
    const { serving, systemRows, host } = this.#options
    return runBatch(
      job,
      {
        epoch: this.#epoch,
        monotonic: () => host.monotonic(),
        read(relation, columns, scan) {
          if (relation < 0) return [systemRows(relation)]
          return serving.has(relation) ? serving.read(relation, columns, scan) : undefined
        },
      },
      signal,
    )
  }

  lock(table: RelationId): Promise<() => void> {
    return this.#locks.take(table)
  }

  rowCount(relation: RelationId): number {
    return this.#options.serving.rowCount(relation)
  }

  progress(): readonly JobProgress[] {
    return [...this.#jobs.values()].map(change => this.#progressOf(change))
  }

  sinks(): ReturnType<Runtime['sinks']> {
    return this.#sinks.progress(this.#epoch)
  }

  offsets(): OffsetsByRelation {
    const plain = Object.entries(this.#options.log.version.offsets).map(([relation, splits]) => [
      relation,
      Object.fromEntries(Object.entries(splits).filter(([split]) => !split.startsWith('catch-up'))),
    ])
    return Object.fromEntries(plain.filter(([, splits]) => Object.keys(splits as object).length > 0))
  }

  errors(): ReturnType<Runtime['errors']> {
    return this.#journal.errors
  }

  epochs(): ReturnType<Runtime['epochs']> {
    return this.#journal.epochs
  }

  stats(): RuntimeStats {
    const { stateBytes, stateRows, counters } = this.#journal
    return {
      epochsInFlight: this.#pipeline.inFlight,
      stateBytes: stateBytes + this.#options.serving.bytes,
      stateRows,
      sources: this.#sources.counters(),
      operators: counters,
      sinks: this.#sinks.counters(),
    }
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    this.#wake?.()
    await this.#loop.catch(() => {})
    this.#gate.open('sink backlog')
    await this.#sources.stopAll()
    for (const command of this.#commands) command.reject(stopped())
    if (this.#failure === undefined) {
      await this.#options.port.hold(true)
      // Deliveries and the last epoch: acknowledged cursors of both go into the last manifest.
      await this.#seal({})
      await this.#pipeline.idle().catch(() => {})
    }
    await this.#sinks.stop()
    await this.#compaction
    await this.#options.port.close()
  }

  /** Nothing is acknowledged from here on. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#stopping.abort()
    this.#wake?.()
    const gone = stopped(error)
    const backfilled = [...this.#backfilled.values()].flat()
    for (const waiter of [...this.#waiters, ...this.#commands, ...backfilled]) waiter.reject(gone)
    this.#current?.reject(gone)
    this.#waiters = []
    this.#commands = []
    this.#options.onFatal(error)
  }

  // ── the clock ──────────────────────────────────────────────────────────────────────────────────
  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await this.#due()
      await this.#pipeline.room(EPOCHS_IN_FLIGHT_MAX)
      if (signal.aborted) return
      this.#wanted = false
      this.#relievePressure()
      const next = this.#commands.shift()
      if (next !== undefined) {
        this.#current = next
        await this.#change(next)
        this.#current = undefined
      } else if (this.#backfills.length > 0) await this.#backfillStep()
      else await this.#seal({})
    }
  }

  /** The interval is over, or somebody waits. */
  async #due(): Promise<void> {
    if (this.#wanted || this.#commands.length > 0) return
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    const pause = this.#backfills.length > 0 ? 0 : this.#options.barrierIntervalMs
    await this.#options.host.sleep(pause, woken.signal)
    this.#wake = undefined
  }

  #barrierWanted(): Promise<Epoch> {
    return this.#waiting((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  #waiting(add: (resolve: Waiter['resolve'], reject: Waiter['reject']) => void): Promise<Epoch> {
    if (this.#stopping.signal.aborted) return Promise.reject(stopped())
    const { promise, resolve, reject } = Promise.withResolvers<Epoch>()
    add(resolve, reject)
    this.#wanted = true
    this.#wake?.()
    return promise
  }

  /** One barrier. Resolves when the engine has sealed; the commit goes on behind. */
  async #seal(extra: Extra): Promise<{ readonly committed: Promise<void> }> {
    const { port, host } = this.#options
    const startedMs = host.monotonic()
    const waiters = this.#waiters
    this.#waiters = []
    const cursors = this.#sinks.takeCursors()
    const sealed = await port.barrier(this.#nextEpoch)
    this.#journal.sealed(sealed)
    const idle =
      sealed.deltas.length === 0 &&
      Object.keys(sealed.offsets).length === 0 &&
      Object.keys(cursors).length === 0 &&
      extra.catalog === undefined &&
      !this.#pipeline.replacing
    if (!idle) this.#nextEpoch++
    const { catalog, dropped } = extra
    const committed = idle
      ? this.#pipeline.idle()
      : this.#pipeline.submit({
          sealed,
          startedMs,
          offsets: sealed.offsets,
          cursors,
          ...(catalog === undefined ? {} : { catalog }),
          ...(dropped === undefined ? {} : { dropped }),
          publish: () => {
            extra.publish?.()
            this.#publish(sealed)
          },
        })
    committed.then(
      () => {
        for (const waiter of waiters) waiter.resolve(this.#epoch)
      },
      error => {
        for (const waiter of waiters) waiter.reject(error)
      },
    )
    return { committed }
  }

  /** Synchronous: a query sees all of the epoch or nothing. */
  #publish(sealed: SealedEpoch): void {
    for (const delta of sealed.deltas) {
      const table = this.#tables.get(delta.table)
      if (table === undefined) continue
      if (table.role === 'rows') this.#options.serving.apply(delta)
      else if (table.role === 'log')
        this.#sinks.enqueue(table.relation, { epoch: sealed.epoch, chunks: delta.chunks })
    }
    this.#epoch = sealed.epoch
    this.#sources.committed(sealed.offsets)
    this.#finishCatchUps()
  }

  // ── changes of the graph ───────────────────────────────────────────────────────────────────────
  /** Everything posted so far is committed and visible, and nothing moves until `release`. */
  async #align(): Promise<void> {
    this.#gate.close('change')
    const held = this.#options.port.hold(true)
    const { committed } = await this.#seal({})
    await Promise.all([held, committed])
  }

  async #release(): Promise<void> {
    await this.#options.port.hold(this.#pressed)
    this.#gate.open('change')
  }

  async #change(pending: PendingCommand): Promise<void> {
    const { command, signal } = pending
    if (signal?.aborted) {
      pending.reject(new SqlError('query_canceled', 'canceling statement due to user request'))
      return
    }
    for (const [relation, rate] of Object.entries(command.rateLimits ?? {}))
      this.#sources.limit(Number(relation), rate)
    const add = command.add ?? []
    const drop = command.drop ?? []
    await this.#align()
    const inputs = add.flatMap(change => inputsToBackfill(change, this.#options.serving))
    const oneStep = fitsOneStep(inputs, this.#options.serving)
    let declared: readonly DeclaredTable[]
    try {
      declared = await this.#addJobs(add, oneStep ? [] : inputs)
    } catch (error) {
      await this.#release()
      if (!(error instanceof SqlError)) throw error
      pending.reject(error)
      return
    }
    if (drop.length > 0) await this.#options.port.drop(drop)
    this.#recordCatchUps(add)
    if (oneStep) for (const input of inputs) this.#post(input, true)
    else this.#startBackfills(inputs)
    const { committed } = await this.#seal({
      catalog: command.catalog,
      dropped: drop,
      publish: () => this.#installed(add, drop, declared),
    })
    await this.#release()
    committed.then(() => this.#whenBackfilled(add, pending), pending.reject)
  }

  async #addJobs(
    add: readonly JobChange[],
    closed: readonly InputBackfill[],
  ): Promise<readonly DeclaredTable[]> {
    const { port, log, around } = this.#options
    const closedOf = (relation: RelationId) =>
      closed.filter(input => input.job === relation).map(input => input.node)
    const specs = add.map(change =>
      engineJob(change, log.version.offsets, closedOf(change.job.relation), around),
    )
    const declared = specs.length === 0 ? [] : await port.add(specs)
    for (const table of declared) this.#tables.set(table.spec.id, table)
    return declared
  }

  /** Runs with the commit of the change. */
  #installed(
    add: readonly JobChange[],
    drop: readonly RelationId[],
    declared: readonly DeclaredTable[],
  ): void {
    const { serving, host } = this.#options
    host.crashPoint('C10')
    for (const { relation, role, spec } of declared) if (role === 'rows') serving.add(relation, spec)
    for (const change of add) {
      this.#jobs.set(change.job.relation, change)
      if (change.sink !== undefined && change.into === undefined) this.#sinks.start(change.sink, 0, [])
    }
    for (const relation of drop) {
      this.#jobs.delete(relation)
      serving.drop(relation)
      this.#sinks.drop(relation)
      this.#sources.stop(relation)
      for (const [id, table] of this.#tables) if (table.relation === relation) this.#tables.delete(id)
      this.#backfills = this.#backfills.filter(backfill => backfill.relation !== relation)
      this.#wakeBackfilled(relation)
    }
    host.crashPoint('C11')
    this.#syncSources()
    for (const change of add) this.#startCatchUps(change)
  }

  // ── sources ────────────────────────────────────────────────────────────────────────────────────
  /** A shared reader runs while somebody has its rows. */
  #syncSources(): void {
    for (const change of this.#jobs.values()) {
      const { source } = change
      if (source === undefined) continue
      const relation = change.job.relation
      const read = !isSource(change) || readersOf(this.#jobs, relation).length > 0
      if (read) this.#sources.start(source, this.#options.log.version.offsets[relation] ?? {})
      else this.#sources.stop(relation)
    }
  }

  /** Writes down, in the epoch that adds the jobs, up to where each has to read its sources privately. */
  #recordCatchUps(add: readonly JobChange[]): void {
    const { port, log } = this.#options
    for (const change of add) {
      if (change.backfill === false) continue
      for (const source of this.#sourcesOf(change)) {
        const shared = Object.entries(log.version.offsets[source] ?? {})
        if (shared.length === 0) continue
        const ends = Object.fromEntries(shared.map(([split, end]) => [catchUpEndKey(source, split), end]))
        this.#own(port.pushCatchUp(change.job.relation, source, undefined, ends))
      }
    }
  }

  #startCatchUps(change: JobChange): void {
    const { relation } = change.job
    for (const source of this.#sourcesOf(change)) {
      const work = unfinishedCatchUps(this.#options.log.version.offsets[relation], source)
      const binding = this.#jobs.get(source)?.source
      if (work !== undefined && binding !== undefined)
        this.#sources.catchUp(binding, relation, work.from, work.until)
    }
  }

  /** Pure sources that the job reads, each once. */
  #sourcesOf(change: JobChange): readonly RelationId[] {
    return [...new Set(upstreamOf(change))].filter(id => {
      const upstream = this.#jobs.get(id)
      return upstream?.source !== undefined && isSource(upstream)
    })
  }

  #isCatchingUp(relation: RelationId): boolean {
    const change = this.#jobs.get(relation)
    if (change === undefined) return false
    const offsets = this.#options.log.version.offsets[relation]
    return this.#sourcesOf(change).some(source => unfinishedCatchUps(offsets, source) !== undefined)
  }

  #finishCatchUps(): void {
    for (const relation of [...this.#backfilled.keys()])
      if (!this.#isBackfilling(relation)) this.#wakeBackfilled(relation)
  }

  // ── backfill ───────────────────────────────────────────────────────────────────────────────────
  #post(input: InputBackfill, whole: boolean): number {
    const { serving, port } = this.#options
    return postBackfill(input, serving, port, whole, done => this.#own(done))
  }

  #startBackfills(inputs: readonly InputBackfill[]): void {
    for (const relation of new Set(inputs.map(input => input.job)))
      this.#backfills.push({ relation, inputs: inputs.filter(input => input.job === relation), rows: 0 })
  }

  /** The next range of virtual nodes of the first unfinished job. */
  async #backfillStep(): Promise<void> {
    const backfill = this.#backfills[0]
    assert(backfill !== undefined, 'a backfill is under way')
    await this.#align()
    const input = backfill.inputs.find(i => i.position < VIRTUAL_NODES)
    if (input !== undefined && this.#jobs.has(backfill.relation)) {
      backfill.rows += this.#post(input, false)
      this.#own(this.#options.port.openInput(input.job, input.node, input.position))
    }
    const done = backfill.inputs.every(i => i.position >= VIRTUAL_NODES)
    const { committed } = await this.#seal({})
    if (done) this.#backfills = this.#backfills.filter(other => other !== backfill)
    await this.#release()
    this.#options.host.crashPoint('C33')
    if (done) committed.then(() => this.#finishCatchUps()).catch(() => {})
  }

  #isBackfilling(relation: RelationId): boolean {
    return this.#backfills.some(backfill => backfill.relation === relation) || this.#isCatchingUp(relation)
  }

  #whenBackfilled(add: readonly JobChange[], waiter: Waiter): void {
    const open = add.map(change => change.job.relation).filter(relation => this.#isBackfilling(relation))
    if (open.length === 0) {
      waiter.resolve(this.#epoch)
      return
    }
    let left = open.length
    const one: Waiter = {
      resolve: epoch => {
        if (--left === 0) waiter.resolve(epoch)
      },
      reject: waiter.reject,
    }
    for (const relation of open)
      this.#backfilled.set(relation, [...(this.#backfilled.get(relation) ?? []), one])
  }

  #wakeBackfilled(relation: RelationId): void {
    const waiters = this.#backfilled.get(relation) ?? []
    this.#backfilled.delete(relation)
    for (const waiter of waiters) waiter.resolve(this.#epoch)
  }

  #progressOf(change: JobChange): JobProgress {
    const { relation } = change.job
    const base = { relation, done: 1, rowsPerSecond: 0, reason: '' }
    const backfill = this.#backfills.find(b => b.relation === relation)
    if (backfill !== undefined) {
      const positions = backfill.inputs.map(input => input.position / VIRTUAL_NODES)
      const done = positions.reduce((sum, p) => sum + p, 0) / positions.length
      return { ...base, state: 'backfilling', done, reason: 'reads the rows its inputs already hold' }
    }
    if (this.#isCatchingUp(relation))
      return { ...base, state: 'backfilling', done: 0, reason: 'reads its source from the start' }
    const { source } = change
    if (source !== undefined && this.#sources.limitOf(source) === 0)
      return {
        ...base,
        state: 'paused',
        reason: 'source_rate_limit = 0; ALTER … SET source_rate_limit TO default',
      }
    const error = this.#sources.error(relation)
    if (error !== '') return { ...base, state: 'failing', reason: error }
    return { ...base, state: 'running' }
  }

  // ── the rest ───────────────────────────────────────────────────────────────────────────────────
  #resume(recovered: Recovered): void {
    const { version } = this.#options.log
    for (const change of this.#jobs.values()) {
      const { sink, into } = change
      const { relation } = change.job
      if (sink !== undefined && into === undefined)
        this.#sinks.start(
          sink,
          version.cursors[`sink/${relation}`] ?? 0,
          recovered.backlogs.get(relation) ?? [],
        )
      const inputs = change.job.nodes.flatMap(({ id, spec }): InputBackfill[] => {
        const position = recovered.positions.get(`${relation}/${id}`) ?? VIRTUAL_NODES
        if (spec.kind !== 'input' || position >= VIRTUAL_NODES) return []
        return [{ job: relation, node: id, upstream: spec.relation, position }]
      })
      this.#startBackfills(inputs)
    }
    this.#syncSources()
    for (const change of this.#jobs.values()) this.#startCatchUps(change)
  }

  /** A sink that lags too far holds everything up, loudly, until it has caught up. */
  #relievePressure(): void {
    const high = this.#sinks.backlogBytes > SINK_BACKLOG_BYTES_MAX
    if (high === this.#pressed) return
    this.#pressed = high
    const { port, warn } = this.#options
    if (high) {
      warn('sinks lag behind: sources and writes wait')
      this.#gate.close('sink backlog')
    } else this.#gate.open('sink backlog')
    this.#own(port.hold(high))
  }

  #compact(): void {
    if (this.#compaction !== undefined || this.#pipeline.replacing || this.#stopping.signal.aborted) return
    const { persistence, log, warn, host } = this.#options
    this.#compaction = persistence
      .compact(log.version)
      .then(result => {
        if (result === undefined) return
        host.crashPoint('C29')
        this.#pipeline.replace(result.added, result.removed)
      })
      .catch(error => warn(`compaction: ${error}`))
      .finally(() => {
        this.#compaction = undefined
      })
  }

  async #collectGarbage(): Promise<void> {
    const { host, log, warn } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await host.sleep(60_000, signal)
      if (signal.aborted) return
      host.crashPoint('C31')
      await log.collectGarbage().catch(error => warn(`garbage collection: ${error}`))
    }
  }

  /** A promise nobody else looks at: its failure is ours. */
  #own(promise: Promise<unknown>): void {
    promise.catch(error => this.fail(error))
  }
}

function stopped(cause?: unknown): SqlError {
  return new SqlError('admin_shutdown', 'terminating connection because the server is stopping', {
    detail: cause instanceof Error ? cause.message : undefined,
  })
}
