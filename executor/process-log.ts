import type { EpochStats } from '../storage/contract.ts'
import type { RowError } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { OperatorCounter, SealedEpoch } from './engine-contract.ts'
import { RowRates } from './row-rates.ts'
import type { StreamError } from './runtime-contract.ts'

const ERRORS_KEPT = 1000
const EPOCHS_KEPT = 1000
const PAYLOAD_CHARS = 1024

/** What this process remembers of its own doings, bounded. */
export class ProcessLog {
  readonly #host: Host
  readonly #malformed = new Set<string>()
  readonly errors: StreamError[] = []
  readonly epochs: EpochStats[] = []
  counters: readonly OperatorCounter[] = []
  readonly sourceRows = new Map<RelationId, number>()
  readonly rates = new RowRates()
  stateRows = 0
  stateBytes = 0

  constructor(host: Host) {
    this.#host = host
  }

  /** A record that the connector could not decode; several readers may meet it, it is kept once. */
  malformed(relation: RelationId, { origin, error, payload }: RowError): void {
    const id = `${relation}/${origin}`
    if (this.#malformed.has(id)) return
    this.#malformed.add(id)
    if (this.#malformed.size > ERRORS_KEPT) this.#malformed.delete(this.#malformed.values().next().value!)
    this.error(relation, origin, error, payload)
  }

  error(relation: RelationId, origin: string, error: string, payload: Uint8Array | null = null): void {
    this.errors.push({
      relation,
      atMs: this.#host.now(),
      origin,
      error,
      payload: payload === null ? '' : new TextDecoder().decode(payload).slice(0, PAYLOAD_CHARS),
    })
    if (this.errors.length > ERRORS_KEPT) this.errors.splice(0, this.errors.length - ERRORS_KEPT)
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
    for (const { relation, error } of sealed.errors) this.error(relation, `epoch ${sealed.epoch}`, error)
  }
}
