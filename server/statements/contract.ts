import type { Pin } from '../../executor/history.ts'
import type { Runtime } from '../../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef, Reference } from '../../planner/constraint-def.ts'
import type { OwnRows, SystemRelation } from '../../planner/contract.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Connector } from '../../types/connector.ts'
import type { TimeStyleText } from '../../types/time/time-style.ts'
import type { Schema, Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { TableLocks } from '../table-locks.ts'
import type { Mark } from '../transaction/transaction.ts'
import type { CursorRow } from './current-of.ts'

/** A session's settings (server/settings.ts). Unknown names and bad values throw SqlError. */
export interface Settings {
  get(name: string): string
  set(name: string, value: string): void
  reset(name: string): void
  /** Throws 42704 for an unknown name, 22023 for a value that it cannot have. */
  check(name: string, value: string): void
  /** Milliseconds; 0: none. */
  duration(name: string): number
  /** Another number whenever a value was set. */
  readonly revision: number
  /** How values are read and written. */
  timeStyle(): TimeStyleText
  list(): readonly {
    readonly name: string
    readonly value: string
    readonly help: string
    readonly initial: string
  }[]
}

export interface SessionState {
  readonly database: string
  /** Whose rights count: who logged in, or whom SET ROLE named. */
  readonly user: string
  /** Who logged in, or whom SET SESSION AUTHORIZATION named. */
  readonly sessionUser: string
  /** false: a user of the server's own, who may do everything. */
  readonly declared: boolean
  /** Of this process's sessions; system tables and functions know it by that. */
  readonly number: number
  readonly settings: Settings
  /** Schemas in which unqualified names are looked up: first that of its temporary relations, once there is one. */
  searchPath(): readonly string[]
  /** Schemas in which unqualified names are made. */
  creationPath(): readonly string[]
}

/** The catalog in force. Changes are made one at a time. */
export interface CatalogHolder {
  readonly current: Catalog
  /** What a change will make of it that is not durable yet: rows are held against it already. */
  readonly coming: Catalog | undefined
  exclusive<T>(run: () => Promise<T>): Promise<T>
  announce(next: Catalog | undefined): void
  /** After the change is durable. */
  update(next: Catalog): void
}

export interface StatementContext {
  readonly runtime: Runtime
  readonly session: SessionState
  readonly catalogs: CatalogHolder
  readonly locks: TableLocks
  readonly connectors: ReadonlyMap<string, Connector>
  /** Sessions at a time. */
  readonly connectionsMax?: number
  systemRelation(schema: string, name: string): SystemRelation | undefined
  /** EXPLAIN: nothing is made, so a name may be taken. */
  readonly explained?: true
  readonly signal?: AbortSignal | undefined
  notice(message: string): void
  /** The transaction block that is open and may change something; undefined: each statement is durable for itself. */
  readonly transaction?: OpenTransaction | undefined
  /** now(), in microseconds: when the block began, or else the message that is being answered. */
  now(): bigint
  /** The moment that a read-only transaction block reads, which its first query chooses; undefined: the newest. */
  snapshot?(): Pin | undefined
  /** The row that a cursor stands on, without values where it stands on none; undefined: it tells of none. Throws 34000. */
  cursorRow(cursor: string): CursorRow | undefined
}

/** What the statements of a transaction block change waits for its COMMIT. */
export interface OpenTransaction {
  /** Another one with each change of what the block has changed; 0: nothing. */
  readonly version: number
  /** Keeps rows for the end of the block: weights as in a z-set. The chunks are the block's own from now on. */
  write(table: Relation, chunks: readonly Chunk[], references: readonly Reference<Relation>[]): void
  /** What the block reads of a table otherwise than others; undefined: nothing. */
  ownRows(table: Relation): OwnRows | undefined
  /** The same row by row; undefined: nothing. */
  changed(table: Relation): ChangedRows | undefined
  mark(): Mark
  /** What came after the mark did not happen. */
  goBack(mark: Mark): void
  /** Whether the foreign key is not held before the block's end, or before SET CONSTRAINTS says so. */
  defers(key: ForeignKeyDef): boolean
}

/** What a transaction block has changed of a table. */
export interface ChangedRows {
  /** Of a committed row, of which the columns that tell rows apart are there. */
  touches(row: readonly Value[]): boolean
  /** The one of its own that has these values in the columns that tell rows apart. */
  rowAt(key: readonly Value[]): readonly Value[] | undefined
  /** Those that it has written and that are there. */
  readonly rows: Iterable<readonly Value[]>
  /** Committed rows that it has changed or removed; of those that were not read the key alone is there. */
  readonly before: Iterable<readonly Value[]>
}

/** A statement that is ready to run, any number of times. */
export interface Prepared {
  /** Rows it yields; undefined: none. */
  readonly schema: Schema | undefined
  readonly parameters: readonly Type[]
  run(values: readonly Value[]): Promise<Result>
}

export interface Result {
  /** Command tag; a function of the number of rows sent. */
  readonly tag: string | ((rows: number) => string)
  readonly rows?: AsyncIterable<Chunk> | Iterable<Chunk>
}
