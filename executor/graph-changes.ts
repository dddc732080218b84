import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import { fitsOneStep, type InputBackfill, inputsToBackfill } from './backfill.ts'
import { Backfills } from './backfills.ts'
import { canceled } from './canceled.ts'
import { engineJob } from './connector-bindings.ts'
import type { DeclaredTable } from './engine-contract.ts'
import type { EpochClock } from './epoch-clock.ts'
import { errorTables } from './error-log.ts'
import { rewritten } from './rewritten.ts'
import { type RunningState, stopped, type Waiter } from './running-state.ts'
import type { Command, JobChange } from './runtime-contract.ts'
import { isTimed } from './serving.ts'
import { SourceChanges } from './source-changes.ts'

interface Replaced {
  readonly change: JobChange
  readonly chunks: readonly Chunk[]
}

interface PendingCommand extends Waiter {
  readonly command: Command
  readonly signal: AbortSignal | undefined
}

/**
 * Commands, one at a time, each between two barriers: the system is aligned (everything committed, nothing moves), the engine's graph
 * changes, rows the new jobs' inputs already hold are posted, and the next epoch's manifest names the catalog.
 */
export class GraphChanges {
  readonly backfills: Backfills
  readonly sources: SourceChanges
  readonly #state: RunningState
  readonly #clock: EpochClock
  #commands: PendingCommand[] = []
  #current: PendingCommand | undefined
  /** Statements that wait until a relation has read what was there before it. */
  readonly #waiting = new Map<RelationId, Waiter[]>()

  constructor(state: RunningState, clock: EpochClock) {
    this.#state = state
    this.#clock = clock
    this.backfills = new Backfills(state, clock)
    this.sources = new SourceChanges(state)
  }

  run(command: Command, signal: AbortSignal | undefined): Promise<Epoch> {
    if (this.#clock.signal.aborted) return Promise.reject(stopped())
    const { promise, resolve, reject } = Promise.withResolvers<Epoch>()
    this.#commands.push({ command, signal, resolve, reject })
    this.#clock.want()
    return promise
  }

  /** The step that is due, commands first. */
  next(): (() => Promise<void>) | undefined {
    const command = this.#commands.shift()
    if (command === undefined) {
      const step = this.backfills.next()
      return (
        step &&
        (async () => {
          await step()
          this.published()
        })
      )
    }
    return async () => {
      this.#current = command
      await this.#apply(command)
      this.#current = undefined
    }
  }

  /** Something was published: tells statements whose job has caught up. */
  published(): void {
    for (const relation of [...this.#waiting.keys()])
      if (!this.isCatchingUp(relation)) this.#caughtUp(relation)
  }

  /** Statements wait for jobs that are catching up. */
  get waiting(): boolean {
    return this.#waiting.size > 0
  }

  isCatchingUp(relation: RelationId): boolean {
    return this.backfills.isRunning(relation) || this.sources.isCatchingUp(relation)
  }

  fail(error: unknown): void {
    const waiting = [...this.#waiting.values()].flat()
    for (const waiter of [...this.#commands, ...waiting]) waiter.reject(stopped(error))
    this.#current?.reject(stopped(error))
    this.#commands = []
    this.#waiting.clear()
  }

  async #apply(pending: PendingCommand): Promise<void> {
    const { command, signal } = pending
    if (signal?.aborted) {
      pending.reject(canceled(signal))
      return
    }
    const { serving, port, sources } = this.#state
    const add = command.add ?? []
    const drop = command.drop ?? []
    await this.#clock.align()
    const inputs = add.flatMap(change => inputsToBackfill(change, serving))
    const oneStep = fitsOneStep(inputs, add, serving)
    let declared: readonly DeclaredTable[]
    let replaced: readonly Replaced[]
    try {
      replaced = (command.replace ?? []).map(part => ({ ...part, chunks: rewritten(part, serving) }))
      for (const { relation, check } of command.verify ?? [])
        check(
          replaced.find(({ change }) => change.job.relation === relation)?.chunks ?? serving.read(relation),
        )
      declared = await this.#addJobs(add, oneStep ? [] : inputs)
      for (const change of command.revise ?? []) await this.#revise(change)
    } catch (error) {
      await this.#clock.release()
      if (!(error instanceof SqlError)) throw error
      pending.reject(error)
      return
    }
    for (const { table, chunks } of command.rows ?? [])
      for (const chunk of chunks) this.#state.own(port.push(table, chunk))
    for (const { change, chunks } of replaced)
      declared = [...declared, ...(await this.#replace(change, chunks))]
    if (drop.length > 0) await port.drop(drop)
    for (const [relation, keepMs] of Object.entries(command.retentions ?? {}))
      await port.retain(Number(relation), keepMs)
    for (const [relation, rate] of Object.entries(command.rateLimits ?? {}))
      if (this.#state.jobs.get(Number(relation))?.sink === undefined) sources.limit(Number(relation), rate)
      else this.#state.sinks.limit(Number(relation), rate)
    for (const [relation, rate] of Object.entries(command.writeRates ?? {}))
      this.#state.writes.set(Number(relation), rate)
    for (const { job, writeRate } of add)
      if (writeRate !== undefined) this.#state.writes.set(job.relation, writeRate)
    for (const [relation, rate] of Object.entries(command.backfillRates ?? {}))
      this.backfills.limit(Number(relation), rate)
    this.sources.record(add)
    if (oneStep) await this.backfills.whole(inputs)
    else this.backfills.start(inputs, relation => add.find(change => change.job.relation === relation)?.pace)
    const { committed } = await this.#clock.seal({
      catalog: command.catalog,
      dropped: drop,
      publish: () => this.#published(add, replaced, drop, declared),
    })
    await this.#clock.release()
    committed.then(
      () => this.#resolve(command.background === true ? [] : add, pending),
      error => pending.reject(stopped(error)),
    )
  }

  async #addJobs(
    add: readonly JobChange[],
    closed: readonly InputBackfill[],
  ): Promise<readonly DeclaredTable[]> {
    const { port, log, around, tables } = this.#state
    const specs = add.map(change => {
      const inputs = closed.filter(input => input.job === change.job.relation)
      return engineJob(
        change,
        log.version.offsets,
        inputs.map(input => input.node),
        around,
      )
    })
    const declared = specs.length === 0 ? [] : await port.add(specs)
    for (const table of declared) tables.set(table.spec.id, table)
    for (const { job } of add) for (const table of errorTables(job.relation)) tables.set(table.spec.id, table)
    return declared
  }

  /** The manifest with the catalog exists. */
  #published(
    add: readonly JobChange[],
    replaced: readonly Replaced[],
    drop: readonly RelationId[],
    declared: readonly DeclaredTable[],
  ): void {
    const { serving, host, jobs, sinks, sources, tables, errors } = this.#state
    host.crashPoint('C10')
    for (const { change } of replaced) {
      serving.drop(change.job.relation)
      serving.cutHistory(change.job.relation, host.now())
    }
    const timed = new Set(
      [...add, ...replaced.map(r => r.change)].flatMap(({ job }) => (isTimed(job) ? [job.relation] : [])),
    )
    for (const { relation, role, spec } of declared)
      if (role === 'rows') serving.add(relation, spec, timed.has(relation))
    for (const change of add) {
      jobs.set(change.job.relation, change)
      if (change.sink !== undefined && change.into === undefined) sinks.start(change.sink, 0, [])
    }
    for (const relation of drop) {
      jobs.delete(relation)
      serving.drop(relation)
      sinks.drop(relation)
      errors.drop(relation)
      sources.stop(relation)
      for (const [id, table] of tables) if (table.relation === relation) tables.delete(id)
      this.backfills.drop(relation)
      this.#caughtUp(relation)
    }
    host.crashPoint('C11')
    this.sources.sync()
    for (const change of add) this.sources.catchUp(change)
  }

  /** The new job takes the rows in alone; then those who read the relation are its readers. */
  async #replace(change: JobChange, chunks: readonly Chunk[]): Promise<readonly DeclaredTable[]> {
    const { port, log, around, tables, jobs, own } = this.#state
    const { relation } = change.job
    const declared = await port.replace(engineJob(change, log.version.offsets, [], around))
    for (const [id, table] of tables)
      if (table.relation === relation && table.role !== 'errors') tables.delete(id)
    for (const table of declared) tables.set(table.spec.id, table)
    jobs.set(relation, change)
    for (const chunk of chunks) own(port.push(relation, chunk))
    await port.attach(relation)
    return declared
  }

  /** Its tables are the ones that there are. */
  async #revise(change: JobChange): Promise<void> {
    const { port, log, around, tables, jobs } = this.#state
    const declared = await port.revise(engineJob(change, log.version.offsets, [], around))
    for (const table of declared) tables.set(table.spec.id, table)
    jobs.set(change.job.relation, change)
  }

  #resolve(add: readonly JobChange[], waiter: Waiter): void {
    const open = add.map(change => change.job.relation).filter(relation => this.isCatchingUp(relation))
    let left = open.length
    if (left === 0) {
      waiter.resolve(this.#state.epoch)
      return
    }
    const one: Waiter = {
      resolve(epoch) {
        if (--left === 0) waiter.resolve(epoch)
      },
      reject: waiter.reject,
    }
    for (const relation of open) this.#waiting.set(relation, [...(this.#waiting.get(relation) ?? []), one])
    this.#clock.want()
  }

  #caughtUp(relation: RelationId): void {
    const waiters = this.#waiting.get(relation) ?? []
    this.#waiting.delete(relation)
    for (const waiter of waiters) waiter.resolve(this.#state.epoch)
  }
}
