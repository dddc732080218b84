import type { TableSpec } from '../storage/contract.ts'
import type { StateTable as Table } from '../storage/state-table.ts'
import type { Chunk, Column } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { Expression, GraphNode, OperatorSpec } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import type { RowFilter } from './row-filter.ts'
import type { Marks } from './watermarks/marks.ts'

export type Emit = (chunk: Chunk) => void

/**
 * One node of a running dataflow. Synchronous: no await between reading state and writing it. Chunks are borrowed (types/chunk.ts).
 * Invariants: the sum of all chunks emitted so far is the operator applied to the sum of all chunks pushed so far, at each
 * barrier; inside an epoch output may lag (held back until the barrier) and weights may dip below zero.
 */
export interface Operator {
  /** Declared state; sealed, stored and restored by the engine. */
  readonly tables: readonly Table[]
  push(port: number, chunk: Chunk, emit: Emit): void
  /** End of the epoch: emit what was held back. Called in topological order, so all input of the epoch has come. */
  barrier?(emit: Emit): void
  /** After the barrier: what no later row of the inputs holds; forgets state that this makes useless. Without it: no marks. */
  marks?(inputs: readonly Marks[]): Marks
  /** After the marks: rows that leave the relation and its indexes, and of which no other reader hears. */
  expire?(emit: Emit): void
  /** After recovery, when every table was loaded: rebuild what is derived from them. */
  restored?(): void
  /** Batch only: all rows of the port have come. */
  complete?(port: number, emit: Emit): void
  /** Rows are kept this long from now on. */
  retain?(keepMs: number): void
  /** Batch only: goes on with output held back because there was much of it; false: nothing is left. */
  resume?(emit: Emit): boolean
  /** Batch only: of the rows it holds outside its tables, about. */
  bytes?(): number
  /** Batch joins: what tells rows without a partner by some of the keys, in these columns; undefined: it would not pay. */
  keyFilter?(keys: readonly number[], columns: readonly number[]): RowFilter | undefined
  /** Those keys of the gathered rows. */
  gatheredKeys?(keys: readonly number[]): { readonly keys: readonly Column[]; readonly count: number }
}

export interface OperatorContext {
  readonly node: GraphNode
  /** Schemas of the inputs, by port. */
  readonly inputs: readonly Schema[]
  /** 'batch': one epoch, nothing is stored (tables may skip dirty tracking), output as soon as known. */
  readonly mode: 'stream' | 'batch'
  /** True when no input of that port is ever retracted: less state may do. */
  appendOnly(port: number): boolean
  table(role: string, spec: Omit<TableSpec, 'id'>): Table
  /** Compiles to one generated loop; `onError` semantic by mode: batch raises, stream gives NULL and reports. */
  compile(expressions: readonly Expression[], input: Schema, predicate?: Expression): Projection
  /** Row errors of a stream (value became NULL). */
  reportError(error: Error): void
  readonly epoch: () => Epoch
  /** Rows that an input held before the job was there are still coming in. */
  backfilling(): boolean
  /** Milliseconds since 1970. */
  now(): number
}

/** Keeps rows of `input` where the predicate holds and computes the expressions; undefined: no row was kept. Output is borrowed. */
export type Projection = (input: Chunk) => Chunk | undefined

/** One file in executor/operators each, one line in executor/operators/index.ts. */
export interface OperatorKind<Kind extends OperatorSpec['kind']> {
  readonly kind: Kind
  create(spec: Extract<OperatorSpec, { kind: Kind }>, context: OperatorContext): Operator
}
