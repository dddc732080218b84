import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import { CommitPipeline } from './commit.ts'
import type { SealedEpoch } from './engine-contract.ts'
import { type RunningState, stopped, type Waiter } from './running-state.ts'

const EPOCHS_IN_FLIGHT_MAX = 3
const SINK_BACKLOG_BYTES_MAX = 256 << 20

/** What a barrier carries besides the engine's rows. */
export interface Extra {
  readonly catalog?: string
  readonly dropped?: readonly RelationId[]
  /** Runs when the epoch is published, before its rows are. */
  publish?(): void
}

export interface ClockHooks {
  /** Milliseconds to the next barrier when nobody asks for one. */
  interval(): number
  /** A step that stands between two barriers, if one is due. */
  nextChange(): (() => Promise<void>) | undefined
  published(): void
  committed(): void
  failed(error: unknown): void
}

/**
 * One step at a time: a barrier, or a change of the graph between two barriers; seals are committed behind it, in order.
 * Invariant: rows posted before a step's barrier call are in its epoch, rows posted after it are not, because the port keeps the
 * order of calls and waiters are taken in the same synchronous step.
 */
export class EpochClock {
  readonly pipeline: CommitPipeline
  readonly #state: RunningState
  readonly #hooks: ClockHooks
  readonly #stopping = new AbortController()
  #nextEpoch: Epoch
  #waiters: Waiter[] = []
  #wake: (() => void) | undefined
  #wanted = false
  /** Sinks lag too far. */
  #pressed = false
  #loop: Promise<void> = Promise.resolve()

  constructor(state: RunningState, hooks: ClockHooks) {
    this.#state = state
    this.#hooks = hooks
    this.#nextEpoch = state.log.version.epoch + 1
    this.pipeline = new CommitPipeline({
      log: state.log,
      host: state.host,
      signal: this.#stopping.signal,
      upload: (epoch, deltas) => state.persistence.upload(epoch, deltas),
      spec: table => state.tables.get(table)?.spec,
      warn: message => state.warn(message),
      committed(stats) {
        state.journal.epoch(stats)
        state.metadata?.committed(stats, state.log.version)
        hooks.committed()
      },
      failed: error => hooks.failed(error),
    })
  }

  get signal(): AbortSignal {
    return this.#stopping.signal
  }

  start(): void {
    this.#loop = this.#run()
    this.#loop.catch(error => this.#hooks.failed(error))
  }

  /** Stops after the step that is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#wake?.()
    await this.#loop.catch(() => {})
  }

  /** Nothing is acknowledged from here on. */
  fail(error: unknown): void {
    this.#stopping.abort()
    this.#wake?.()
    for (const waiter of this.#waiters) waiter.reject(stopped(error))
    this.#waiters = []
  }

  /** A barrier as soon as possible; resolves when everything posted before is durable and visible. */
  barrier(): Promise<Epoch> {
    if (this.signal.aborted) return Promise.reject(stopped())
    const { promise, resolve, reject } = Promise.withResolvers<Epoch>()
    this.#waiters.push({ resolve, reject })
    this.want()
    return promise
  }

  /** There is something to do before the interval is over. */
  want(): void {
    this.#wanted = true
    this.#wake?.()
  }

  /** One barrier. Resolves when the engine has sealed; the commit goes on behind. */
  async seal(extra: Extra): Promise<{ readonly committed: Promise<void> }> {
    const { port, host, sinks, journal, errors, tables } = this.#state
    const startedMs = host.monotonic()
    const waiters = this.#waiters
    this.#waiters = []
    const cursors = sinks.takeCursors()
    const fresh = errors.take()
    const sealed = await port.barrier(this.#nextEpoch)
    journal.sealed(sealed)
    // What came while the engine sealed is of the next epoch.
    for (const { relation, error } of sealed.errors)
      fresh.push(errors.made(relation, `epoch ${sealed.epoch}`, error))
    const epochErrors = errors.epoch(fresh, id => tables.has(id))
    const whole = { ...sealed, deltas: [...sealed.deltas, ...epochErrors.deltas] }
    const idle =
      whole.deltas.length === 0 &&
      Object.keys(whole.offsets).length === 0 &&
      Object.keys(cursors).length === 0 &&
      extra.catalog === undefined &&
      !this.pipeline.replacing
    if (!idle) this.#nextEpoch++
    const committed = idle
      ? this.pipeline.idle()
      : this.pipeline.submit({
          ...extra,
          sealed: whole,
          startedMs,
          offsets: whole.offsets,
          cursors,
          publish: () => {
            this.#publish(whole, extra)
            epochErrors.publish()
          },
        })
    committed.then(
      () => {
        for (const waiter of waiters) waiter.resolve(this.#state.epoch)
      },
      error => {
        for (const waiter of waiters) waiter.reject(stopped(error))
      },
    )
    return { committed }
  }

  /** Everything posted so far is committed and visible, and nothing moves until `release`. */
  async align(): Promise<void> {
    this.#state.gate.close('change')
    const held = this.#state.port.hold(true)
    const { committed } = await this.seal({})
    await Promise.all([held, committed])
  }

  async release(): Promise<void> {
    await this.#state.port.hold(this.#pressed)
    this.#state.gate.open('change')
  }

  async #run(): Promise<void> {
    while (!this.signal.aborted) {
      await this.#due()
      await this.pipeline.room(EPOCHS_IN_FLIGHT_MAX)
      if (this.signal.aborted) return
      this.#wanted = false
      this.#relievePressure()
      const change = this.#hooks.nextChange()
      if (change === undefined) await this.seal({})
      else {
        await change()
        this.#wanted = true
      }
    }
  }

  /** The interval is over, or somebody waits. */
  async #due(): Promise<void> {
    if (this.#wanted) return
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#state.host.sleep(this.#hooks.interval(), woken.signal)
    this.#wake = undefined
  }

  /** Synchronous: a query sees all of the epoch or nothing. */
  #publish(sealed: SealedEpoch, extra: Extra): void {
    const { tables, serving, sinks, sources, host } = this.#state
    extra.publish?.()
    for (const delta of sealed.deltas) {
      const table = tables.get(delta.table)
      if (table === undefined) continue
      if (table.role === 'rows') serving.apply(delta, host.now())
      else if (table.role === 'log')
        sinks.enqueue(table.relation, { epoch: sealed.epoch, chunks: delta.chunks })
    }
    this.#state.epoch = sealed.epoch
    sources.committed(sealed.offsets)
    this.#hooks.published()
  }

  /** A slow sink that lags too far holds everything up, loudly, until it has caught up; one that fails holds up nobody. */
  #relievePressure(): void {
    const { sinks, port, gate, warn, own } = this.#state
    const high = sinks.queuedBytes > SINK_BACKLOG_BYTES_MAX
    if (high === this.#pressed) return
    this.#pressed = high
    if (high) {
      warn('sinks lag behind: sources and writes wait')
      gate.close('sink backlog')
    } else gate.open('sink backlog')
    own(port.hold(high))
  }
}
