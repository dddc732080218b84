import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import { type InputBackfill, ONE_STEP_ROWS, postBackfill } from './backfill.ts'
import type { EpochClock } from './epoch-clock.ts'
import type { RunningState } from './running-state.ts'
import type { BackfillPace, JobProgress } from './runtime-contract.ts'
import { VIRTUAL_NODES } from './select-rows.ts'

interface Backfill {
  readonly relation: RelationId
  readonly inputs: readonly InputBackfill[]
  readonly order: NonNullable<BackfillPace['order']>
  /** Rows a second. */
  rate: number | undefined
  /** Of the host's monotonic time; its next range is not read before. */
  dueMs: number
}

/** A limited backfill reads this much at a time. */
const LIMITED_STEP_MS = 200

/** Jobs that read, range by range of virtual nodes, the rows their inputs held before them. */
export class Backfills {
  readonly #state: RunningState
  readonly #clock: EpochClock
  #running: Backfill[] = []

  constructor(state: RunningState, clock: EpochClock) {
    this.#state = state
    this.#clock = clock
  }

  start(inputs: readonly InputBackfill[], paceOf: (relation: RelationId) => BackfillPace | undefined): void {
    for (const relation of new Set(inputs.map(input => input.job))) {
      const { rate, order = [] } = paceOf(relation) ?? {}
      const own = inputs.filter(input => input.job === relation)
      this.#running.push({ relation, inputs: own, order, rate, dueMs: this.#state.host.monotonic() })
    }
  }

  /** Rows a second from now on; undefined: no limit; 0: it stands still. */
  limit(relation: RelationId, rate: number | undefined): void {
    const backfill = this.#running.find(other => other.relation === relation)
    if (backfill === undefined) return
    backfill.rate = rate
    backfill.dueMs = this.#state.host.monotonic()
    this.#clock.want()
  }

  /** All rows at once; the system is aligned. */
  async whole(inputs: readonly InputBackfill[]): Promise<void> {
    const { serving, port, own } = this.#state
    for (const input of inputs) {
      let last = Promise.resolve()
      postBackfill(input, serving, port, Infinity, done => {
        own(done)
        last = done
      })
      await last.catch(() => {})
    }
  }

  isRunning(relation: RelationId): boolean {
    return this.#running.some(backfill => backfill.relation === relation)
  }

  /** 0..1, undefined when the relation is not backfilling. */
  done(relation: RelationId): number | undefined {
    const backfill = this.#running.find(other => other.relation === relation)
    if (backfill === undefined) return undefined
    const read = backfill.inputs.reduce((sum, input) => sum + input.position, 0)
    return read / (VIRTUAL_NODES * backfill.inputs.length)
  }

  /** How much of each input has been read. */
  inputs(relation: RelationId): NonNullable<JobProgress['inputs']> {
    const backfill = this.#running.find(other => other.relation === relation)
    return (backfill?.inputs ?? []).map(({ node, upstream, position }) => ({
      node,
      upstream,
      done: position / VIRTUAL_NODES,
    }))
  }

  drop(relation: RelationId): void {
    this.#running = this.#running.filter(backfill => backfill.relation !== relation)
  }

  /** The step of the first job whose limit lets it read. */
  next(): (() => Promise<void>) | undefined {
    const now = this.#state.host.monotonic()
    const due = this.#running.find(({ rate, dueMs }) => rate !== 0 && dueMs <= now)
    return due && (() => this.#step(due))
  }

  /** The next range of the job's first unfinished input. */
  async #step(backfill: Backfill): Promise<void> {
    const { serving, port, own, host } = this.#state
    await this.#clock.align()
    const input = nextInput(backfill)
    if (input !== undefined) {
      const { rate } = backfill
      const most =
        rate === undefined ? ONE_STEP_ROWS : Math.min(ONE_STEP_ROWS, (rate * LIMITED_STEP_MS) / 1000)
      const rows = postBackfill(input, serving, port, most, own)
      if (rate !== undefined && rate > 0) this.#wait(backfill, host, (rows * 1000) / rate)
      own(port.openInput(input.job, input.node, input.position))
    }
    host.crashPoint('C33')
    const { committed } = await this.#clock.seal({})
    await this.#clock.release()
    if (backfill.inputs.some(i => i.position < VIRTUAL_NODES)) return
    // Statements are told when the last rows are visible.
    await committed
    this.drop(backfill.relation)
    this.#clock.want()
  }

  #wait(backfill: Backfill, host: Host, ms: number): void {
    backfill.dueMs = host.monotonic() + ms
    const { signal } = this.#clock
    host.sleep(ms, signal).then(
      () => this.#clock.want(),
      () => {},
    )
  }
}

/** The first input that is unfinished, and has none before it in the order that is. */
function nextInput({ inputs, order }: Backfill): InputBackfill | undefined {
  const open = inputs.filter(input => input.position < VIRTUAL_NODES)
  const waits = (input: InputBackfill): boolean =>
    order.some(([first, then]) => then === input.upstream && open.some(other => other.upstream === first))
  return open.find(input => !waits(input)) ?? open[0]
}
