import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert, SqlError } from '../types/error.ts'
import type { Job, RelationId, Scan } from '../types/job.ts'
import { sameType } from '../types/type.ts'
import type { InputBackfill } from './backfill.ts'
import { runBatch } from './batch.ts'
import type { OffsetsByRelation } from './engine-contract.ts'
import { EpochClock } from './epoch-clock.ts'
import { Gate } from './gate.ts'
import { GraphChanges } from './graph-changes.ts'
import type { Pin } from './history.ts'
import { Maintenance } from './maintenance.ts'
import { ProcessLog } from './process-log.ts'
import type { Recovered } from './recover.ts'
import type { RunningState } from './running-state.ts'
import type { Command, JobChange, JobProgress, Runtime, RuntimeStats, TableRows } from './runtime-contract.ts'
import { VIRTUAL_NODES } from './select-rows.ts'
import type { ReadStored } from './sink-queue.ts'
import { cursorName, Sinks } from './sinks.ts'
import { sourceRows } from './source-rows.ts'
import { withSources } from './source-scan.ts'
import { Sources } from './sources.ts'
import { writeLimits } from './write-limits.ts'

/** What was there before the server ran, which its parts share then. */
type Shared = 'host' | 'log' | 'port' | 'persistence' | 'serving' | 'around' | 'metadata'

export interface RunningRuntimeOptions extends Pick<RunningState, Shared> {
  readonly barrierIntervalMs: number | (() => number)
  readonly garbageIntervalMs: number
  /** Bytes of rows that one query may hold; undefined: no limit. */
  readonly queryMemoryBytes?: number | undefined
  readonly sinkBytesMax: number
  systemRows(relation: RelationId): Chunk
  onFatal(error: unknown): void
  warn(message: string): void
}

/** Barriers come faster while statements wait for jobs to catch up. */
const CATCH_UP_BARRIER_MS = 50

/** A recovered server at work. */
export class RunningRuntime implements Runtime {
  readonly #options: RunningRuntimeOptions
  readonly #state: RunningState
  readonly #clock: EpochClock
  readonly #changes: GraphChanges
  readonly #maintenance: Maintenance
  #failed = false
  #closing = false

  constructor(options: RunningRuntimeOptions, recovered: Recovered) {
    this.#options = options
    const state = this.#newState(recovered)
    this.#state = state
    this.#clock = new EpochClock(state, {
      interval: () =>
        Math.min(this.barrierIntervalMs, this.#changes.waiting ? CATCH_UP_BARRIER_MS : Infinity),
      nextChange: () => this.#changes.next(),
      published: () => this.#changes.published(),
      committed: () => this.#maintenance.compact(),
      failed: error => this.fail(error),
    })
    this.#changes = new GraphChanges(state, this.#clock)
    this.#maintenance = new Maintenance(state, this.#clock.pipeline, this.#clock.signal)
    options.metadata?.recovered(options.log.version)
    this.#resume(recovered)
  }

  get epoch(): Epoch {
    return this.#state.epoch
  }

  get bucketId(): string {
    return this.#state.log.version.bucketId
  }

  get barrierIntervalMs(): number {
    const { barrierIntervalMs } = this.#options
    return typeof barrierIntervalMs === 'number' ? barrierIntervalMs : barrierIntervalMs()
  }

  get catalog(): string | undefined {
    return this.#state.log.version.catalog
  }

  /** Lets generators and readers go and starts the barrier clock. */
  start(): void {
    this.#state.own(this.#state.port.hold(false))
    this.#clock.start()
    this.#state.own(this.#maintenance.collectGarbage(this.#options.garbageIntervalMs))
  }

  /** A barrier before its time: the epoch has become large. */
  endEpoch(): void {
    this.#clock.want()
  }

  run(command: Command, signal?: AbortSignal): Promise<Epoch> {
    return this.#changes.run(command, signal)
  }

  async write(
    first: RelationId,
    rows: readonly Chunk[],
    signal?: AbortSignal,
    others: readonly TableRows[] = [],
    before?: () => void,
  ): Promise<Epoch> {
    const { gate, own, port, writes } = this.#state
    const all = [{ table: first, chunks: rows }, ...others]
    for (const { table, chunks } of all)
      await writes.pass(
        table,
        chunks.reduce((sum, chunk) => sum + chunk.length, 0),
        signal,
      )
    while (gate.closed) await gate.pass()
    for (const { table, chunks } of all) this.#requireColumns(table, chunks)
    before?.()
    // No await up to the waiter: all chunks are in one epoch, and it is the one waited for.
    for (const { table, chunks } of all) for (const chunk of chunks) own(port.push(table, chunk))
    return this.#clock.barrier()
  }

  /** A statement may have computed its rows before the table's columns were changed. */
  #requireColumns(table: RelationId, chunks: readonly Chunk[]): void {
    const source = this.#state.jobs.get(table)?.job.nodes.find(node => node.spec.kind === 'source')
    const fits = ({ columns }: Chunk): boolean =>
      columns.length === source!.schema.length &&
      columns.every((column, i) => sameType(column.type, source!.schema[i]!.type))
    if (source === undefined || chunks.every(fits)) return
    throw new SqlError('object_in_use', 'the columns of the table were changed while the statement ran', {
      hint: 'Run it again.',
    })
  }

  flush(): Promise<Epoch> {
    return this.#clock.barrier()
  }

  query(
    job: Job,
    signal?: AbortSignal,
    emitted?: (node: number, chunk: Chunk) => void,
    at?: Pin,
  ): AsyncIterable<Chunk> {
    const { serving, host } = this.#state
    const { around, queryMemoryBytes: memoryBytes } = this.#options
    const { jobs } = this.#state
    return runBatch(
      withSources(job, relation => jobs.get(relation)),
      {
        epoch: this.epoch,
        monotonic: () => host.monotonic(),
        ...(memoryBytes === undefined ? {} : { memoryBytes }),
        isStored: relation => serving.has(relation),
        read: (relation, columns, scan) => {
          if (relation < 0) return [this.#options.systemRows(relation)]
          if (!serving.has(relation)) return undefined
          if (at !== undefined && serving.isChanged(relation, at)) return serving.readAt(relation, at)
          return serving.scan(relation, columns, scan)
        },
        readAt: (relation, timeMs) => serving.readAt(relation, { timeMs }),
        source: (relation, limited) => sourceRows(jobs.get(relation)!.source!, around, limited, signal),
      },
      signal,
      emitted,
    )
  }

  pin(): Pin {
    return this.#state.serving.pin()
  }

  rowCount(relation: RelationId): number {
    return this.#state.serving.rowCount(relation)
  }

  readRow(
    relation: RelationId,
    key: Scan,
    columns: readonly number[],
    at?: Pin,
  ): readonly Chunk[] | undefined {
    const { serving } = this.#state
    if (at !== undefined && serving.has(relation) && serving.isChanged(relation, at)) return undefined
    return serving.has(relation) ? serving.readRow(relation, key, columns) : undefined
  }

  sample(relation: RelationId): { readonly rows: number; readonly chunk: Chunk } | undefined {
    const { serving } = this.#state
    return serving.has(relation) ? serving.sample(relation) : undefined
  }

  isBackfilling(relation: RelationId): boolean {
    return this.#changes.backfills.isRunning(relation)
  }

  progress(): readonly JobProgress[] {
    return [...this.#state.jobs.values()].map(change => this.#progressOf(change))
  }

  sinks(): ReturnType<Runtime['sinks']> {
    return this.#state.sinks.progress(this.epoch)
  }

  offsets(): OffsetsByRelation {
    const offsets: Record<RelationId, Readonly<Record<string, string>>> = {}
    for (const [relation, splits] of Object.entries(this.#state.log.version.offsets)) {
      const own = Object.entries(splits).filter(([split]) => !split.startsWith('catch-up'))
      if (own.length > 0) offsets[Number(relation)] = Object.fromEntries(own)
    }
    return offsets
  }

  sourceEnds(): OffsetsByRelation {
    return this.#state.sources.ends()
  }

  errors(): ReturnType<Runtime['errors']> {
    return this.#state.errors.rows
  }

  stateTables(): ReturnType<Runtime['stateTables']> {
    const tables = [...this.#state.tables.values()].filter(table => table.role === 'state')
    return tables.map(({ relation, spec }) => ({ relation, name: spec.id }))
  }

  epochs(): ReturnType<Runtime['epochs']> {
    return this.#state.journal.epochs
  }

  stats(): RuntimeStats {
    const { journal, serving, sources, sinks } = this.#state
    return {
      epochsInFlight: this.#clock.pipeline.inFlight,
      stateBytes: journal.stateBytes + serving.bytes,
      stateRows: journal.stateRows,
      serving: serving.sizes(),
      sources: sources.counters(),
      operators: journal.counters,
      sinks: sinks.counters(),
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    const { gate, sources, sinks, port } = this.#state
    await this.#clock.stop()
    gate.open('change')
    gate.open('sink backlog')
    await sources.stopAll()
    if (!this.#failed) {
      await port.hold(true)
      const { committed } = await this.#clock.seal({})
      this.#options.host.crashPoint('C36')
      await committed.catch(() => {})
    }
    this.#changes.fail(undefined)
    await sinks.stop()
    await this.#maintenance.stop()
    await port.close()
  }

  /** Nothing is acknowledged from here on. */
  fail(error: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#clock.fail(error)
    this.#changes.fail(error)
    this.#options.onFatal(error)
  }

  #newState(recovered: Recovered): RunningState {
    const { host, log, port, persistence, serving, around, metadata, warn } = this.#options
    const gate = new Gate()
    const journal = new ProcessLog(host)
    const { errors } = recovered
    const own = (promise: Promise<unknown>): void => {
      promise.catch(error => {
        if (!this.#closing) this.fail(error)
      })
    }
    return {
      host,
      log,
      port,
      persistence,
      serving,
      around,
      gate,
      journal,
      errors,
      metadata,
      own,
      warn,
      writes: writeLimits(host, recovered.jobs.values()),
      sources: new Sources({ around, port, gate, journal, errors, warn }),
      sinks: new Sinks({
        around,
        bytesMax: this.#options.sinkBytesMax,
        committed: () => log.version.epoch,
        owned: () => log.owned(),
        readStored: relation => this.#readStored(relation),
        failed(relation, reason) {
          errors.other(relation, 'sink', reason)
          warn(`sink ${relation}: ${reason}`)
        },
      }),
      jobs: new Map(recovered.jobs),
      tables: new Map(recovered.tables),
      epoch: log.version.epoch,
    }
  }

  #readStored(relation: RelationId): ReadStored | undefined {
    const { persistence, log, sinkBytesMax } = this.#options
    const { storedEpochs } = persistence
    if (storedEpochs === undefined) return undefined
    return async after => {
      const { version } = log
      const table = [...this.#state.tables.values()].find(t => t.relation === relation && t.role === 'log')
      assert(table !== undefined, 'a sink that keeps a log has its table')
      const read = await storedEpochs(version, table.spec.id, after, sinkBytesMax)
      return { ...read, through: version.epoch }
    }
  }

  /** Sinks, unfinished backfills, readers: where the last commit left them. */
  #resume({ positions, backlogs }: Recovered): void {
    const { log, jobs, sinks } = this.#state
    for (const { job, sink, into } of jobs.values()) {
      const { relation } = job
      if (sink !== undefined && into === undefined)
        sinks.start(sink, log.version.cursors[cursorName(relation)] ?? 0, backlogs.get(relation) ?? [])
      const inputs = job.nodes.flatMap(({ id, spec }): InputBackfill[] => {
        const position = positions.get(`${relation}/${id}`) ?? VIRTUAL_NODES
        if (spec.kind !== 'input' || position >= VIRTUAL_NODES) return []
        return [{ job: relation, node: id, upstream: spec.relation, position }]
      })
      this.#changes.backfills.start(inputs, id => jobs.get(id)?.pace)
    }
    this.#changes.sources.sync()
    for (const change of jobs.values()) this.#changes.sources.catchUp(change)
  }

  #progressOf(change: JobChange): JobProgress {
    const { relation } = change.job
    const { sources, sinks, journal, host } = this.#state
    const rowsPerSecond = journal.rates.perSecond(relation, host.monotonic())
    const base = { relation, done: 1, rowsPerSecond, reason: '' }
    const done = this.#changes.backfills.done(relation)
    if (done !== undefined) {
      const inputs = this.#changes.backfills.inputs(relation)
      return { ...base, state: 'backfilling', done, inputs, reason: 'reads the rows its inputs already hold' }
    }
    if (this.#changes.sources.isCatchingUp(relation))
      return { ...base, state: 'backfilling', done: 0, reason: 'reads its source from the start' }
    const { source } = change
    if (source !== undefined && sources.limitOf(source) === 0)
      return { ...base, state: 'paused', reason: 'source_rate_limit is 0; set it to default to go on' }
    if (sinks.isPaused(relation))
      return { ...base, state: 'paused', reason: 'sink_rate_limit is 0; set it to default to go on' }
    const error = sources.error(relation) || sinks.error(relation)
    return error === '' ? { ...base, state: 'running' } : { ...base, state: 'failing', reason: error }
  }
}
