import type { Expression, GraphNode, Job, RelationId } from '../types/job.ts'
import type { Schema, Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import type { Privilege } from './access.ts'
import type { BoundRelation } from './bind/environment.ts'
import type { Catalog, Relation } from './catalog.ts'
import type { FunctionDef } from './function-def.ts'

/** A node of libpg-query's JSON tree: exactly one property, named by the node's type. */
export type PgNode = Readonly<Record<string, unknown>>

/**
 * A relation whose rows are made by the server at query time (pg_catalog, information_schema, rw_catalog). Batch only.
 */
export interface SystemRelation {
  /** Negative ids, so they never meet a user's relation. */
  readonly id: RelationId
  /** Its number in pg_class. */
  readonly oid: number
  readonly schema: string
  readonly name: string
  readonly columns: Schema
}

export interface BindContext {
  readonly catalog: Catalog
  readonly database: string
  /** Schemas searched for unqualified names, in order; pg_catalog is searched first implicitly. */
  readonly searchPath: readonly string[]
  systemRelation(schema: string, name: string): SystemRelation | undefined
  /** Types of $1.. as the client declared them; undefined: infer. The binder fills `inferred`. */
  readonly parameters: readonly (Type | undefined)[]
  readonly inferred: Map<number, Type>
  /** How many query blocks (SELECT, VALUES) were bound, and the number of the one around. */
  readonly blocks: { last: number }
  readonly block?: number
  /** TimeZone, extra_float_digits … as SHOW prints them. */
  setting(name: string): string
  /** The expression of a generated column: its value is kept with the row. */
  readonly generated?: true
  /** Statement time for now() in batch queries, microseconds since 1970. */
  readonly nowMicros: bigint
  /** Schemas in which unqualified names are made. */
  readonly creationPath?: readonly string[]
  readonly user: string
  /** Who logged in, where that is somebody else. */
  readonly sessionUser?: string
  /** Number of the session, which functions about the session and the catalog are told; undefined: there is none. */
  readonly session?: number
  /** Offset map: a byte offset of libpg-query's tree -> UTF-16 offset in the statement as the user typed it. */
  position(pgLocation: number | undefined): number | undefined
  /**
   * Throws 42501 unless the user, or `owner` where a view is read with its rights, has the right. What it yields is to be told
   * each column that is read, and throws too: the right is on some columns only.
   */
  authorize?(relation: Relation, privilege: Privilege, owner?: string): ((column: number) => void) | undefined
  /** Throws 42501 unless the user may call the function. */
  authorizeCall?(called: FunctionDef): void
  /** Columns that the statement sets, for the rights on them. */
  readonly sets?: { readonly insert: Set<number>; readonly update: Set<number> }
  /** 'stream': a view or sink (now() and random() refused); 'batch': a query or DML. */
  readonly mode: 'stream' | 'batch'
  /** What the changes of the statement's WITH return, by their nodes (ctequery). */
  readonly returned?: ReadonlyMap<unknown, BoundRelation>
  /** Functions in SQL whose bodies are around, by id. */
  readonly inlining?: readonly number[]
  /** The query names the time of a row's last write: tables have it behind their columns. */
  readonly rowTimes?: boolean
  /** Indexes on a relation that hold all of its rows by now; a batch query may read them instead. */
  indexesOf?(relation: RelationId): readonly Relation[]
  /** What the transaction block has changed of a table; undefined: nothing. Throws 0A000 where that cannot be told. */
  ownRows?(table: Relation): OwnRows | undefined
}

/** What one transaction block has changed of a table, as it was when this was asked for. */
export interface OwnRows {
  /** Columns that tell the table's rows apart. */
  readonly key: readonly number[]
  /** So many rows of others are not as those see them, or not there any more. */
  readonly touched: number
  /** At least as many as `rows` yields. */
  readonly size: number
  isTouched(key: readonly Value[]): boolean
  /** The rows that the block wrote and has not removed; `key`: those with that key, of which there is one at most. */
  rows(key?: readonly Value[]): readonly (readonly Value[])[]
}

/** A bound and optimised query. */
export interface BoundQuery {
  /** Visible output columns. */
  readonly schema: Schema
  readonly dependsOn: readonly RelationId[]
  /** $n types after inference. */
  readonly parameters: readonly Type[]
}

export interface StreamPlan {
  /** Nodes up to, not including, the terminal. The last one is the output; hidden key columns may follow the visible ones. */
  readonly nodes: readonly GraphNode[]
  /** Schema of the output including hidden columns. */
  readonly schema: Schema
  /** A proved unique key of the output, as small as known; [] = none proved. */
  readonly key: readonly number[]
  readonly appendOnly: boolean
}

export interface DmlPlan {
  readonly table: Relation
  /**
   * Batch job whose rows are the table's columns, an int4 `weight` (+1 / -1) and a bool `counted`: the row is one of those that
   * the command tag counts and RETURNING shows.
   */
  readonly job: Job
  /** RETURNING: `columns` are evaluated over the table's columns, unless it takes a job to show the rows. */
  readonly returning?: {
    readonly schema: Schema
    readonly columns: readonly Expression[]
    job?(rows: readonly (readonly Value[])[]): Job
  }
  readonly tag: 'INSERT' | 'UPDATE' | 'DELETE' | 'MERGE'
  readonly parameters: readonly Type[]
}

export type ParameterValues = readonly Value[]

// Where the query path is entered: bindQuery, planStream and planBatch (planner/query.ts); planInsert, planUpdate, planDelete, planMerge and
// planDml (planner/dml/bind.ts); bindScalar (planner/bind/scalar.ts) for DEFAULT, generated columns and WATERMARK; planner/explain/.
