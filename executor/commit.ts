import type {
  EpochLog,
  EpochStats,
  StateObject,
  TableDelta,
  TableSpec,
  VersionEdit,
} from '../storage/contract.ts'
import { pastCursor } from '../storage/version.ts'
import type { Epoch } from '../types/connector.ts'
import { assert } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { OffsetsByRelation, SealedEpoch } from './engine-contract.ts'
import { retrying } from './retry.ts'

/** What goes into one manifest. */
export interface CommitRequest {
  readonly sealed: SealedEpoch
  readonly startedMs: number
  readonly catalog?: string
  readonly dropped?: readonly RelationId[]
  readonly offsets: OffsetsByRelation
  readonly cursors: Readonly<Record<string, Epoch>>
  /** Makes the epoch visible; runs synchronously right after the manifest was created. */
  publish(): void
}

export interface StoredDelta {
  readonly spec: TableSpec
  readonly delta: TableDelta
}

export interface CommitOptions {
  readonly log: EpochLog
  readonly host: Host
  readonly signal: AbortSignal
  /** Stores the deltas as one object; undefined: there were none. */
  upload(epoch: Epoch, deltas: readonly StoredDelta[]): Promise<StateObject | undefined>
  spec(table: string): TableSpec | undefined
  warn(message: string): void
  committed(stats: EpochStats): void
  failed(error: unknown): void
}

/**
 * Uploads run side by side, manifests are created and epochs published strictly in order. After a failure nothing more is
 * committed: every later promise rejects.
 */
export class CommitPipeline {
  readonly #options: CommitOptions
  #tail: Promise<void> = Promise.resolve()
  /** Commits under way, oldest first. */
  readonly #pending: Promise<void>[] = []
  #replaced: { added: StateObject[]; removed: string[] } = { added: [], removed: [] }

  constructor(options: CommitOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#pending.length
  }

  /** Resolves when everything submitted so far is committed and visible. */
  idle(): Promise<void> {
    return this.#tail
  }

  /** Resolves when fewer than `most` epochs are under way. */
  async room(most: number): Promise<void> {
    while (this.#pending.length >= most) await this.#pending[0]
  }

  /** Objects that compaction wrote in place of others; the next manifest swaps them. */
  replace(added: readonly StateObject[], removed: readonly string[]): void {
    this.#replaced.added.push(...added)
    this.#replaced.removed.push(...removed)
  }

  get replacing(): boolean {
    return this.#replaced.removed.length > 0
  }

  /** Resolves when the epoch is durable and visible. */
  submit(request: CommitRequest): Promise<void> {
    const { host } = this.#options
    const uploadStarted = host.monotonic()
    const uploaded = this.#upload(request.sealed)
    // The rejection is seen where it is awaited, in order.
    uploaded.catch(() => {})
    const before = this.#tail
    const done = this.#finish(request, before, uploaded, uploadStarted)
    this.#tail = done
    this.#pending.push(done)
    done.then(
      () => this.#pending.shift(),
      error => this.#options.failed(error),
    )
    return done
  }

  async #finish(
    request: CommitRequest,
    before: Promise<void>,
    uploaded: Promise<StateObject | undefined>,
    uploadStarted: number,
  ): Promise<void> {
    const { log, host, signal, warn } = this.#options
    const { sealed } = request
    await before
    const object = await uploaded
    const uploadMs = host.monotonic() - uploadStarted
    host.crashPoint('C05')
    const edit = this.#edit(request, object)
    if (edit.cursors !== undefined) host.crashPoint('C19')
    await retrying(
      host,
      signal,
      error => warn(`manifest of epoch ${sealed.epoch}: ${error}`),
      () => log.append(edit),
    )
    host.crashPoint('C08')
    request.publish()
    host.crashPoint('C09')
    if (edit.removed.length > 0) host.crashPoint('C30')
    this.#options.committed({
      epoch: sealed.epoch,
      atMs: host.now(),
      barrierMs: host.monotonic() - request.startedMs,
      sealMs: sealed.sealMs,
      uploadMs,
      rows: sealed.deltas.reduce((sum, d) => sum + d.chunks.reduce((rows, c) => rows + c.length, 0), 0),
      bytes: object?.size ?? 0,
    })
  }

  #upload(sealed: SealedEpoch): Promise<StateObject | undefined> {
    const { host, signal, upload, spec, warn } = this.#options
    const deltas = sealed.deltas.flatMap(delta => {
      if (delta.chunks.length === 0) return []
      const found = spec(delta.table)
      assert(found !== undefined, `table ${delta.table} was declared`)
      return [{ spec: found, delta }]
    })
    host.crashPoint('C03')
    return retrying(
      host,
      signal,
      error => warn(`upload of epoch ${sealed.epoch}: ${error}`),
      async () => {
        const object = await upload(sealed.epoch, deltas)
        // Epochs before this one are not committed yet.
        if (this.#pending.length > 1) host.crashPoint('C04')
        return object
      },
    )
  }

  #edit(request: CommitRequest, object: StateObject | undefined): VersionEdit {
    const { added, removed } = this.#replaced
    this.#replaced = { added: [], removed: [] }
    const { offsets, catalog, dropped, sealed } = request
    const { epoch } = sealed
    const cursors = { ...request.cursors }
    for (const { table, whole } of sealed.deltas) if (whole) cursors[pastCursor(table)] = epoch - 1
    return {
      epoch,
      added: object === undefined ? added : [...added, object],
      removed,
      ...(Object.keys(offsets).length === 0 ? {} : { offsets }),
      ...(Object.keys(cursors).length === 0 ? {} : { cursors }),
      ...(catalog === undefined ? {} : { catalog }),
      ...(dropped === undefined || dropped.length === 0 ? {} : { dropped }),
    }
  }
}
