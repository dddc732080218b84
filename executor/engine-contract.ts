import type { TableDelta, TableSpec } from '../storage/contract.ts'
import type { StoredRows } from '../storage/stored-rows.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch, GeneratorSpec, Offset } from '../types/connector.ts'
import type { Job, RelationId } from '../types/job.ts'

export type OffsetsByRelation = Readonly<Record<RelationId, Readonly<Record<string, Offset>>>>

/** A job as the engine gets it; plain data, so it crosses threads. */
export interface EngineJob {
  readonly job: Job
  /** The relation is a source or a table that is read from a connector. */
  readonly generator?: { readonly spec: GeneratorSpec; readonly from: Readonly<Record<string, Offset>> }
  /** A source relation (no terminal) that never retracts. */
  readonly appendOnly: boolean
  readonly rateLimit?: number
  /** The sink's rows also go into this table. */
  readonly into?: RelationId
  /** Rows that reach the sink are counted and forgotten. */
  readonly discard?: boolean
  /** How far it read sources privately before the restart. */
  readonly catchUps?: Readonly<Record<string, Offset>>
  /** Input nodes that pass no live row until `openInput`. */
  readonly closedInputs?: readonly number[]
}

/** A generated source that a new job reads from the start up to where the others are. */
export interface GeneratorCatchUp {
  readonly job: RelationId
  readonly source: RelationId
  readonly spec: GeneratorSpec
  /** By split; a split without `from` starts at its beginning. */
  readonly from: Readonly<Record<string, Offset>>
  readonly until: Readonly<Record<string, Offset>>
}

/** What a table is for: kept by operators, served to queries, delivered to a sink; or not the engine's, errors of a relation. */
export type TableRole = 'state' | 'rows' | 'log' | 'errors'

export interface DeclaredTable {
  readonly relation: RelationId
  readonly role: TableRole
  readonly spec: TableSpec
}

/** Everything one epoch changed. The chunks belong to the receiver. */
export interface SealedEpoch {
  readonly epoch: Epoch
  readonly deltas: readonly TableDelta[]
  readonly offsets: OffsetsByRelation
  readonly errors: readonly { readonly relation: RelationId; readonly error: string }[]
  readonly counters: readonly OperatorCounter[]
  readonly sourceRows: Readonly<Record<RelationId, number>>
  readonly stateRows: number
  readonly stateBytes: number
  readonly sealMs: number
}

export interface OperatorCounter {
  readonly relation: RelationId
  readonly node: number
  readonly kind: string
  readonly rowsIn: number
  readonly rowsOut: number
  readonly stateRows: number
  readonly stateBytes: number
}

/**
 * The dataflow behind a queue: calls are applied in the order they are made, whether or not their promises were awaited.
 * A rejection other than of `add` is a failed assertion of ours: the process must stop.
 */
export interface ExecutorPort {
  /** Adds jobs, upstream first; throws SqlError when an operator refuses, and then none was added. */
  add(jobs: readonly EngineJob[]): Promise<readonly DeclaredTable[]>
  drop(relations: readonly RelationId[]): Promise<void>
  /** Puts a job in the place of the relation's present one, of which nothing is left; its readers get nothing until `attach`. */
  replace(job: EngineJob): Promise<readonly DeclaredTable[]>
  /** Puts a job in the place of the relation's present one and goes on with its tables, which have the same names. */
  revise(job: EngineJob): Promise<readonly DeclaredTable[]>
  attach(relation: RelationId): Promise<void>
  /** Folds stored rows into their table (recovery); about `expected` of them will come in all. */
  load(rows: StoredRows, expected: number): Promise<void>
  /** Every table was loaded. */
  restored(): Promise<void>
  /** Rows for a relation's source node; `offsets` follow them. Resolves when they were processed. */
  push(relation: RelationId, chunk: Chunk, offsets?: Readonly<Record<string, Offset>>): Promise<void>
  /** Rows an upstream relation already held, for one input of a job. */
  pushInput(relation: RelationId, node: number, chunk: Chunk): Promise<void>
  /** The input passes live changes of virtual nodes below `position` from now on. */
  openInput(relation: RelationId, node: number, position: number): Promise<void>
  /** Rows a source gave before `relation` read it: through the source's own nodes, to that job alone. */
  pushCatchUp(
    relation: RelationId,
    source: RelationId,
    chunk: Chunk | undefined,
    offsets: Readonly<Record<string, Offset>>,
  ): Promise<void>
  catchUp(generator: GeneratorCatchUp): Promise<void>
  rateLimit(relation: RelationId, rowsPerSecond: number | undefined): Promise<void>
  /** A changelog keeps rows this long from now on. */
  retain(relation: RelationId, keepMs: number): Promise<void>
  /** Generators stand still. */
  hold(on: boolean): Promise<void>
  barrier(epoch: Epoch): Promise<SealedEpoch>
  close(): Promise<void>
}
