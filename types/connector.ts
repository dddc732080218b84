import type { Chunk } from './chunk.ts'
import type { Host } from './host.ts'
import type { Schema } from './type.ts'

export type Epoch = number // 1, 2, 3 … one per barrier; never reused, never carries wall time

/** Position in a split: opaque text of the connector's own ('' is not a position); the manifest keeps it. */
export type Offset = string
/** split id -> next position to read. */
export type Offsets = ReadonlyMap<string, Offset>

export interface RowError {
  /** Where the record came from, e.g. `topic orders, partition 3, offset 17`. */
  readonly origin: string
  readonly error: string
  /** The record, cut to 1 KiB. */
  readonly payload: Uint8Array | null
}

/** Decoded rows in read order and the offsets that follow them, for the splits that moved. */
export interface SourceBatch {
  readonly chunk: Chunk
  readonly offsets: Offsets
  readonly errors: readonly RowError[]
  /** Size of the raw records, for metrics and rate limits. */
  readonly bytes: number
}

/**
 * A reader is made for each run: `read` yields batches from the given offsets on. It must never skip or repeat a record for
 * given offsets. Pull-based: no batch is asked for while the engine is behind.
 */
export interface Reader {
  /**
   * Next batch; waits until there is one (or `signal` aborts: then undefined). `limit` rows at most. Offsets in `until` are
   * exclusive ends: the reader stops there and returns undefined once every split named has been read up to its end.
   */
  read(limit: number, signal: AbortSignal): Promise<SourceBatch | undefined>
  /** The epoch that holds these offsets is durable: lag monitors may be told. Failures are logged, never thrown. */
  committed?(offsets: Offsets): Promise<void>
  /** Where the splits end outside, exclusive, as far as the reader has heard. */
  ends?(): Offsets
  close(): Promise<void>
}

export interface Source {
  /** Rows the reader yields have this schema. */
  readonly schema: Schema
  /** For sources that are pure functions of an offset (nexmark, datagen): the executor thread runs the generator itself. */
  readonly generator?: GeneratorSpec
  /** `from` lacks the splits never read: they start by the source's own startup mode. New splits are found while reading. */
  open(from: Offsets, until?: Offsets): Promise<Reader>
  /** Exclusive ends of all splits at this moment, for queries; undefined: the source cannot tell, and no query reads it. */
  ends?(): Promise<Offsets>
  /** Throws SqlError when the outside system refuses or the options do not fit; called by CREATE. */
  validate(): Promise<void>
  close(): Promise<void>
}

/** Plain data sent to the executor thread; `connector` names a Generator factory there. */
export interface GeneratorSpec {
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  readonly schema: Schema
  readonly splits: readonly string[]
  /** There is a last row. */
  readonly bounded?: boolean
}

/** Synchronous source. One per split. */
export interface Generator {
  /** Up to `limit` rows from the current offset; undefined: nothing now (rate limit or the end). */
  next(limit: number, nowMs: number): Chunk | undefined
  offset(): Offset
  /** No row will come any more. */
  done(): boolean
}

/** What a target promises, shown by SHOW SINKS; never a word without a mechanism. */
export type DeliveryGuarantee = 'exactly_once' | 'idempotent' | 'at_least_once' | 'none'

/** Net change of a committed epoch. */
export interface SinkEpoch {
  readonly epoch: Epoch
  readonly chunks: readonly Chunk[]
}

export interface SinkWriter {
  /**
   * Fences every older writer of this sink, then tells the last epoch that the target itself says it holds; undefined: the
   * target has never had one. Called before the first write and again after any unknown outcome. Throws SqlError
   * (object_not_in_prerequisite_state, with the statement that resolves it) when the marker was lost or went back.
   */
  claim(expected: { readonly delivered: Epoch }): Promise<Epoch | undefined>
  /**
   * Applies epochs in their order, each as it would be by itself, and records the last of them in the target, all in one atomic act
   * (exactly_once). Empty epochs are skipped.
   */
  write(epochs: readonly SinkEpoch[]): Promise<void>
  /** What the target has acknowledged from this writer, in its own records and bytes; undefined: rows and their size in memory count. */
  readonly sent?: { readonly rows: number; readonly bytes: number }
  close(): Promise<void>
}

export interface Sink {
  readonly guarantee: DeliveryGuarantee
  /** False: rows need no log (blackhole); write is then called with what happens to be in memory, best effort. */
  readonly logged: boolean
  validate(): Promise<void>
  open(): Promise<SinkWriter>
}

export interface SinkContext {
  /** Stable over restarts and unique among buckets: `${bucketId}-${relationId}`; names transactional ids and markers. */
  readonly id: string
  readonly schema: Schema
  /** Key columns for upsert and debezium; [] = none. */
  readonly key: readonly number[]
  /** True when no row is ever retracted. */
  readonly appendOnly: boolean
  readonly format: FormatSpec
  readonly host: Host
}

/** FORMAT x ENCODE y (options), as written: `{ format: 'plain', encode: 'json', options: {} }`. */
export interface FormatSpec {
  readonly format: string
  readonly encode: string
  readonly options: Readonly<Record<string, string>>
}

export interface SourceContext {
  /** Columns to decode, in order, without the INCLUDE columns. */
  readonly schema: Schema
  /** INCLUDE key|partition|offset|timestamp|header: metadata columns that follow `schema` in the reader's rows. */
  readonly include: readonly { readonly what: string; readonly name: string }[]
  readonly format: FormatSpec
  /** Primary key columns of a keyed format (upsert, debezium): positions in the reader's rows, included columns too. */
  readonly key: readonly number[]
  readonly host: Host
}

/** One folder per system; one line in connectors/index.ts. */
export interface Connector {
  readonly name: string
  /** Accepted WITH options with one-line help; an unknown option is an error with a hint. */
  readonly options: Readonly<Record<string, OptionHelp>>
  /** Formats it can carry, e.g. `plain/json`; [] = the connector has its own rows. */
  readonly formats: readonly string[]
  /** Columns when the user gives none (nexmark); undefined: columns are required. */
  defaultSchema?(options: Readonly<Record<string, string>>): Schema
  source?(options: Readonly<Record<string, string>>, context: SourceContext): Source
  sink?(options: Readonly<Record<string, string>>, context: SinkContext): Sink
  /** Runs in the executor thread. */
  generator?(spec: GeneratorSpec, split: string, from: Offset | undefined): Generator
}

export interface OptionHelp {
  readonly help: string
  readonly required?: boolean
  readonly default?: string
  /** Printed as *** everywhere. */
  readonly sensitive?: boolean
}
