import type { Chunk, Column } from '../types/chunk.ts'
import type { Epoch, Offset } from '../types/connector.ts'
import type { Order, RelationId } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import type { Body } from './parts.ts'

// ── object store ─────────────────────────────────────────────────────────────────────────────────
/** Keys are relative, '/'-separated; an implementation adds its bucket and prefix. Every failure is a StoreError. */
export interface ObjectStore {
  /** For messages: `folder weir-data`, `s3://bucket/prefix`. */
  readonly name: string
  /** `body` in parts: what is put together of many pieces needs no copy of the whole. */
  put(key: string, body: Body): Promise<void>
  /** False when the key exists. The only atomic primitive that recovery and fencing rely on. After an unknown outcome
   *  (timeout, 5xx) it reads the key back: true when the bytes are ours. Bodies are therefore unique per writer. */
  putIfAbsent(key: string, body: Uint8Array): Promise<boolean>
  /** undefined: no such key. */
  get(key: string, range?: { readonly from: number; readonly to: number }): Promise<Uint8Array | undefined>
  /** Keys with the prefix, in byte order, after `after`. */
  list(prefix: string, after?: string): AsyncIterable<string>
  delete(keys: readonly string[]): Promise<void>
  readonly stats: {
    puts: number
    gets: number
    lists: number
    deletes: number
    bytesPut: number
    bytesGot: number
  }
}

// ── state tables (executor thread; synchronous) ──────────────────────────────────────────────────
export type RowId = number // slot in a slab; -1 = absent

/**
 * How deltas of a table fold, in the store and in memory:
 * - 'keyed'  weight +1 puts the row of its key (replacing), weight -1 deletes the key
 * - 'bag'    weights of identical rows add up (see `forms`); a row at 0 is gone
 * - 'append' rows are only added, but a delta that is `whole` makes what came before it past
 * - 'log'    rows of each epoch stay apart until every cursor has passed the epoch
 */
export type TableMode = 'keyed' | 'bag' | 'append' | 'log'

export interface TableSpec {
  /** Stable over restarts: `${relation}/${node}/${role}`. */
  readonly id: string
  readonly schema: Schema
  readonly mode: TableMode
  /** Bag: 'merged' adds up equal rows that look different too (1.0 and 1.00), as DISTINCT does. */
  readonly forms?: 'merged'
  /** Unique key columns of a keyed table. */
  readonly key: readonly number[]
  /** Columns whose hash places a row on one of the 256 virtual nodes; [] = virtual node 0. */
  readonly shard: readonly number[]
  /** Secondary indexes of the in-memory table (rebuilt at load): hash lists or an order. */
  readonly indexes: readonly IndexSpec[]
  /** Another table of the same mode and key that always has the same rows: those alone are stored. */
  readonly storedAs?: string
}

export type IndexSpec =
  | { readonly kind: 'hash'; readonly columns: readonly number[] }
  | { readonly kind: 'ordered'; readonly prefix: readonly number[]; readonly order: readonly Order[] }

/** Net change of one table in one epoch (mode says what weights mean). Owned by the receiver. */
export interface TableDelta {
  readonly table: string
  readonly chunks: readonly Chunk[]
  /** Append: these are all rows of the table; those of earlier epochs are past. */
  readonly whole?: boolean
}

/**
 * Columns by row id in typed arrays, a free list, an arena for bytes, an open-addressing index over typed columns, a
 * dirty set. Never string keys. See storage/state-table.ts for the concrete class, which operators use directly.
 */
export interface StateTable {
  readonly spec: TableSpec
  readonly size: number
  /** Net change since the last seal; empties the dirty set. */
  seal(): TableDelta | undefined
  /** Folds stored chunks in, in epoch order; not dirty afterwards. */
  load(chunks: readonly Chunk[]): void
  /** Slab column, addressed by RowId. */
  column(index: number): Column
  /** Bytes held, for limits and metrics. */
  readonly bytes: number
}

// ── epoch log ────────────────────────────────────────────────────────────────────────────────────
/** An immutable object holding deltas of many tables, columnar, zstd, checksummed, indexed by table and virtual node. */
export interface StateObject {
  readonly key: string
  readonly size: number
  /** Tables inside with their row counts. */
  readonly tables: Readonly<Record<string, number>>
  /** Lowest and highest epoch folded in. */
  readonly from: Epoch
  readonly to: Epoch
}

/** What one epoch changes; `manifest/<sequence>` holds it (every so often together with the whole version before it). */
export interface VersionEdit {
  readonly epoch: Epoch
  readonly added: readonly StateObject[]
  /** Keys of objects no longer part of the version (compaction, dropped tables). */
  readonly removed: readonly string[]
  /** source relation -> split -> next offset; replaces the splits named. */
  readonly offsets?: Readonly<Record<RelationId, Readonly<Record<string, Offset>>>>
  /**
   * Changelog readers by name (`sink/<relation>`): highest epoch delivered and acknowledged. Append tables by name
   * (`past/<table>`): highest epoch whose rows are past.
   */
  readonly cursors?: Readonly<Record<string, Epoch>>
  /** The whole catalog document after this epoch, when it changed. Opaque to storage. */
  readonly catalog?: string
  /** Relations dropped: their tables, offsets and cursors leave the version. */
  readonly dropped?: readonly RelationId[]
}

/** The database at one epoch: fold of all edits. */
export interface Version {
  readonly sequence: number
  readonly epoch: Epoch
  readonly generation: string
  readonly bucketId: string
  readonly objects: readonly StateObject[]
  readonly offsets: Readonly<Record<RelationId, Readonly<Record<string, Offset>>>>
  readonly cursors: Readonly<Record<string, Epoch>>
  readonly catalog: string | undefined
}

/**
 * The commit point. Opening claims the log: it appends a manifest of a new generation (edit with no change), so an older
 * server's next append fails. `append` throws Fenced when the sequence number is taken by another generation.
 */
export interface EpochLog {
  readonly version: Version
  append(edit: VersionEdit): Promise<void>
  /** False: another server has taken the log over, as a look at the store says. */
  owned(): Promise<boolean>
  /** Object keys no retained version names, older than the retention. Deletes them; returns how many. */
  collectGarbage(): Promise<number>
}

/** How one epoch was committed; times in milliseconds. */
export interface EpochStats {
  readonly epoch: Epoch
  readonly atMs: number
  /** Barrier injected -> manifest created. */
  readonly barrierMs: number
  readonly sealMs: number
  readonly uploadMs: number
  readonly rows: number
  readonly bytes: number
}

/** Another server took over this bucket: this process must stop at once, without acknowledging anything more. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}
