import { assert } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import { type InputBackfill, postBackfill } from './backfill.ts'
import type { EpochClock } from './epoch-clock.ts'
import type { RunningState } from './running-state.ts'
import type { JobProgress } from './runtime-contract.ts'
import { VIRTUAL_NODES } from './select-rows.ts'

interface Backfill {
  readonly relation: RelationId
  readonly inputs: readonly InputBackfill[]
}

/** Jobs that read, range by range of virtual nodes, the rows their inputs held before them. */
export class Backfills {
  readonly #state: RunningState
  readonly #clock: EpochClock
  #running: Backfill[] = []

  constructor(state: RunningState, clock: EpochClock) {
    this.#state = state
    this.#clock = clock
  }

  start(inputs: readonly InputBackfill[]): void {
    for (const relation of new Set(inputs.map(input => input.job)))
      this.#running.push({ relation, inputs: inputs.filter(input => input.job === relation) })
  }

  /** All rows at once; the system is aligned. */
  async whole(inputs: readonly InputBackfill[]): Promise<void> {
    const { serving, port, own } = this.#state
    for (const input of inputs) {
      let last = Promise.resolve()
      postBackfill(input, serving, port, true, done => {
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

  next(): (() => Promise<void>) | undefined {
    return this.#running.length === 0 ? undefined : () => this.#step()
  }

  /** The next range of the first job's first unfinished input. */
  async #step(): Promise<void> {
    const { serving, port, own, host } = this.#state
    const backfill = this.#running[0]
    assert(backfill !== undefined, 'a backfill is under way')
    await this.#clock.align()
    const input = backfill.inputs.find(i => i.position < VIRTUAL_NODES)
    assert(input !== undefined, 'a backfill ends with its last input')
    postBackfill(input, serving, port, false, own)
    own(port.openInput(input.job, input.node, input.position))
    host.crashPoint('C33')
    const { committed } = await this.#clock.seal({})
    await this.#clock.release()
    if (backfill.inputs.some(i => i.position < VIRTUAL_NODES)) return
    // Statements are told when the last rows are visible.
    await committed
    this.drop(backfill.relation)
    this.#clock.want()
  }
}
