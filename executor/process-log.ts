import type { EpochStats } from '../storage/contract.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { OperatorCounter, SealedEpoch } from './engine-contract.ts'
import { RowRates } from './row-rates.ts'

const EPOCHS_KEPT = 1000

/** What this process remembers of its own doings, bounded. */
export class ProcessLog {
  readonly #host: Host
  readonly epochs: EpochStats[] = []
  counters: readonly OperatorCounter[] = []
  readonly sourceRows = new Map<RelationId, number>()
  readonly rates = new RowRates()
  stateRows = 0
  stateBytes = 0

  constructor(host: Host) {
    this.#host = host
  }

  epoch(stats: EpochStats): void {
    this.epochs.push(stats)
    if (this.epochs.length > EPOCHS_KEPT) this.epochs.shift()
  }

  sealed(sealed: SealedEpoch): void {
    this.counters = sealed.counters
    this.rates.add(this.#host.monotonic(), sealed.counters)
    this.stateRows = sealed.stateRows
    this.stateBytes = sealed.stateBytes
    for (const [relation, rows] of Object.entries(sealed.sourceRows))
      this.sourceRows.set(Number(relation), (this.sourceRows.get(Number(relation)) ?? 0) + rows)
  }
}
