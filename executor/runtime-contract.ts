import type { EpochStats, Version } from '../storage/contract.ts'
import type { Chunk } from '../types/chunk.ts'
import type { DeliveryGuarantee, Epoch, FormatSpec } from '../types/connector.ts'
import type { Expression, Job, RelationId, Scan } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import type { OperatorCounter } from './engine-contract.ts'
import type { Pin } from './history.ts'

/** How a source relation (or a table with a connector) reads. */
export interface SourceBinding {
  readonly relation: RelationId
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  /** Columns to decode; the included ones follow them in the rows read. */
  readonly schema: Schema
  readonly include: readonly { readonly what: string; readonly name: string }[]
  readonly format: FormatSpec
  /** Positions in the rows read. */
  readonly key: readonly number[]
  /** Rows a second; undefined: no limit; 0: paused. */
  readonly rateLimit?: number
}

export interface SinkBinding {
  readonly relation: RelationId
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: Schema
  readonly key: readonly number[]
  readonly appendOnly: boolean
  readonly format: FormatSpec
  /** Rows a second; undefined: no limit; 0: paused. */
  readonly rateLimit?: number
}

/**
 * A change of the running system, applied at one barrier and committed with the catalog document that names it:
 * a statement happened or it did not. Jobs are in the catalog document too (the runtime reads them back through `jobsOf`).
 */
export interface Command {
  /** The whole catalog document after the change (planner/catalog.ts writes it). */
  readonly catalog: string
  readonly add?: readonly JobChange[]
  readonly drop?: readonly RelationId[]
  /** First rows of tables in `add`, in the same epoch. */
  readonly rows?: readonly { readonly table: RelationId; readonly chunks: readonly Chunk[] }[]
  /** Tables whose columns change: every row is written anew, and readers go on with the new dataflow. */
  readonly replace?: readonly Replacement[]
  /** Each sees the rows that a table will have, when nothing comes between them and the change; it may throw SqlError. */
  readonly verify?: readonly {
    readonly relation: RelationId
    readonly check: (rows: readonly Chunk[]) => void
  }[]
  /** Jobs that go on with the state they have, with other specs in some nodes. */
  readonly revise?: readonly JobChange[]
  /** Milliseconds that subscriptions keep changes. */
  readonly retentions?: Readonly<Record<RelationId, number>>
  /** Of sources and sinks. */
  readonly rateLimits?: Readonly<Record<RelationId, number | undefined>>
  /** Rows that statements write a second; undefined: no limit; 0: they wait. */
  readonly writeRates?: Readonly<Record<RelationId, number | undefined>>
  readonly backfillRates?: Readonly<Record<RelationId, number | undefined>>
  /** Nobody waits until new jobs have read what their inputs hold. */
  readonly background?: boolean
}

export interface Replacement {
  readonly change: JobChange
  /** Each row becomes the values of the first ones, then those become the values of the next. */
  readonly stages: readonly (readonly Expression[])[]
}

export interface JobChange {
  readonly job: Job
  readonly source?: SourceBinding
  readonly sink?: SinkBinding
  /** The job's output also feeds this table's upsert or materialize (CREATE SINK … INTO). */
  readonly into?: RelationId
  /** false (default true): the job starts from now on, without the rows its inputs already hold. */
  readonly backfill?: boolean
  readonly pace?: BackfillPace
  /** Rows a second that statements write. */
  readonly writeRate?: number
}

/** How a job reads the rows its inputs already hold. */
export interface BackfillPace {
  /** Rows a second; undefined: no limit; 0: it stands still. */
  readonly rate?: number
  /** The first relation is read before the second. */
  readonly order?: readonly (readonly [RelationId, RelationId])[]
}

export interface JobProgress {
  readonly relation: RelationId
  readonly state: 'running' | 'backfilling' | 'paused' | 'failing'
  /** 0..1 while backfilling. */
  readonly done: number
  /** While backfilling: each relation that it reads, by the job's node. */
  readonly inputs?: readonly { readonly node: number; readonly upstream: RelationId; readonly done: number }[]
  /** Rows that entered the job, over the last ten seconds. */
  readonly rowsPerSecond: number
  /** Why it is not further, and the statement that mends it. */
  readonly reason: string
}

export interface SinkProgress {
  readonly relation: RelationId
  readonly guarantee: DeliveryGuarantee
  readonly delivered: Epoch
  readonly committed: Epoch
  readonly backlogBytes: number
  readonly error: string
}

/** Rows that a statement adds to a table, or takes from it. */
export interface TableRows {
  readonly table: RelationId
  readonly chunks: readonly Chunk[]
}

export interface Runtime {
  /** Last committed epoch: the one every query reads. */
  readonly epoch: Epoch
  /** Of the bucket, made with its first manifest. */
  readonly bucketId: string
  /** Latest committed catalog document; undefined in a new bucket. */
  readonly catalog: string | undefined
  /** Resolves when the change is durable, and for `add` with backfill: when the backfill is complete and visible. */
  run(command: Command, signal?: AbortSignal): Promise<Epoch>
  /**
   * Adds rows (weights as in a z-set; for keyed tables see `upsert`) to a table, and in the same epoch to `others`. Resolves
   * when they are durable and visible. `before` is called when nothing comes between it and the rows: it may throw.
   */
  write(
    table: RelationId,
    chunks: readonly Chunk[],
    signal?: AbortSignal,
    others?: readonly TableRows[],
    before?: () => void,
  ): Promise<Epoch>
  /** One barrier; resolves when everything pushed before is durable and visible. */
  flush(): Promise<Epoch>
  /**
   * Runs a batch job at the latest committed epoch; all its inputs are read at that one epoch. `emitted` hears of every
   * chunk that a node emits; it is borrowed. `at`: at that epoch instead, or 72000 when too much has changed since.
   */
  query(
    job: Job,
    signal?: AbortSignal,
    emitted?: (node: number, chunk: Chunk) => void,
    at?: Pin,
  ): AsyncIterable<Chunk>
  /** The rows of now are held for queries to come, until they are released. */
  pin(): Pin
  /** Time between two barriers that nobody waits for. */
  readonly barrierIntervalMs: number
  rowCount(relation: RelationId): number
  /** Columns of the row that has a key, at the latest committed epoch; undefined: the relation finds no row by it. */
  readRow(relation: RelationId, key: Scan, columns: readonly number[], at?: Pin): readonly Chunk[] | undefined
  /** Some rows of a served relation and how many it has, as it was not long ago; the chunk is not to be changed. */
  sample(relation: RelationId): { readonly rows: number; readonly chunk: Chunk } | undefined
  progress(): readonly JobProgress[]
  /** The relation does not have all rows yet that its inputs held before it. */
  isBackfilling(relation: RelationId): boolean
  sinks(): readonly SinkProgress[]
  /** relation -> split -> offset, at the last commit. */
  offsets(): Readonly<Record<RelationId, Readonly<Record<string, string>>>>
  /** relation -> split -> where it ends outside, exclusive; of those whose readers have heard. */
  sourceEnds(): Readonly<Record<RelationId, Readonly<Record<string, string>>>>
  /** Row errors of streams and connectors (rw_errors): the newest of each relation, as of the last commit, newest last. */
  errors(): readonly StreamError[]
  /** Tables of operators' state; `name`: `job/node/role`. */
  stateTables(): readonly { readonly relation: RelationId; readonly name: string }[]
  /** Recent epochs with their timing, newest last, bounded. */
  epochs(): readonly EpochStats[]
  stats(): RuntimeStats
  /** Seals and commits a last epoch, then stops readers, sinks and the executor thread. */
  close(): Promise<void>
}

/** Follows the epoch log of a running server; called in commit order, and must not throw. */
export interface VersionObserver {
  recovered(version: Version): void
  committed(stats: EpochStats, version: Version): void
}

export interface StreamError {
  readonly relation: RelationId
  readonly atMs: number
  readonly origin: string
  readonly error: string
  readonly payload: string
}

export interface RuntimeStats {
  readonly epochsInFlight: number
  readonly stateBytes: number
  readonly stateRows: number
  /** relation -> rows and bytes read so far by this process. */
  readonly sources: readonly {
    readonly relation: RelationId
    readonly rows: number
    readonly bytes: number
    readonly errors: number
  }[]
  readonly operators: readonly OperatorCounter[]
  /** Rows kept for queries. */
  readonly serving: readonly {
    readonly relation: RelationId
    readonly rows: number
    readonly bytes: number
  }[]
  readonly sinks: readonly { readonly relation: RelationId; readonly rows: number; readonly bytes: number }[]
}

export type Row = readonly Value[]
