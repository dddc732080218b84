import type { Schema, Type } from './type.ts'
import type { Interval, Value } from './value.ts'

/** Relations are named by number everywhere below the catalog; the number is also the relation's OID. */
export type RelationId = number

/** Bound scalar expression. Deterministic in views; evaluated by executor/expression. */
export type Expression =
  | { readonly kind: 'column'; readonly index: number; readonly type: Type }
  | { readonly kind: 'literal'; readonly value: Value; readonly type: Type }
  /** $n of the extended protocol, from 0; replaced by a literal before execution. */
  | { readonly kind: 'parameter'; readonly index: number; readonly type: Type }
  /**
   * `fn` is a signature id of the function registry, or one of the lazily evaluated forms that the compiler knows:
   * 'and', 'or' (n-ary, three-valued), 'coalesce', 'case' (args: when1, then1, when2, then2, …, [else]),
   * 'cast' (args[0] to `type`), 'is null', 'is not null', 'is distinct from', 'is not distinct from', 'row',
   * 'reshape' (args[0] to `type`, fields of structs by name), 'array' (constructors), 'field' (args: struct, literal int4 position from 0), 'in' (needle, item…).
   */
  | {
      readonly kind: 'call'
      readonly fn: string
      readonly args: readonly Expression[]
      readonly type: Type
      /** Of a volatile call: the part of the query that it stands in. Those of another part have values of their own. */
      readonly block?: number
    }

export interface AggregateCall {
  /** Signature id of the aggregate registry, e.g. `sum(int8) -> numeric`; `count(*)` has no argument. */
  readonly fn: string
  /** Input columns. */
  readonly args: readonly number[]
  readonly distinct: boolean
  /** A bool input column: only rows where it is true count. */
  readonly filter?: number
  /** ORDER BY inside the call (string_agg, array_agg, first_value …). */
  readonly order?: readonly Order[]
  /** sum and avg of numeric have the scale of the rows that are there. Plans of earlier versions, and their state, do without. */
  readonly presentScale?: true
  readonly type: Type
}

export interface Order {
  readonly column: number
  readonly descending: boolean
  readonly nullsFirst: boolean
}

/** Which rows of its partition a window function sees from a row; `exclude` takes some of them away. */
export interface Frame {
  readonly unit: 'rows' | 'range' | 'groups'
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: 'none' | 'current row' | 'group' | 'ties'
}

export type FrameBound =
  | { readonly at: 'unbounded preceding' | 'unbounded following' | 'current row' }
  /** That many rows or groups of peers away: a constant int8. */
  | { readonly at: 'preceding' | 'following'; readonly offset: Expression }
  /** RANGE: the first (as an end: last) row whose `key` is not before (after) the row's `value`. NULL keys are apart. */
  | { readonly at: 'value'; readonly key: Expression; readonly value: Expression }
  /** The ends of the row's session: one begins with each row whose `key` is not before the `value` of the row before. */
  | { readonly at: 'session'; readonly key: Expression; readonly value: Expression }

export interface WindowCall {
  /** 'window': a name of the window function registry; 'aggregate': a signature id of the aggregate registry. */
  readonly kind: 'window' | 'aggregate'
  readonly fn: string
  /** Input columns. */
  readonly args: readonly number[]
  readonly filter?: number
  /** Rows whose first argument is NULL are passed over. */
  readonly ignoresNulls?: boolean
  readonly frame: Frame
  readonly type: Type
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** When rows leave their table, unheard by its readers: below the watermark of a column, or so long after they came. */
export type Expiry =
  | { readonly by: 'watermark'; readonly column: number }
  | { readonly by: 'age'; readonly ms: number }

export type NowComparison = '<' | '<=' | '>' | '>='

/** What an operator computes. `kind` picks the file in executor/operators. Every spec is plain data (bigint allowed). */
export type OperatorSpec =
  /** Changelog of a relation: in a stream the upstream job's output; in a batch query a scan of its rows. */
  | {
      readonly kind: 'input'
      readonly relation: RelationId
      readonly schema: Schema
      readonly scan?: Scan
      readonly asOf?: number
    }
  /** Rows from outside the graph: a connector's reader, or DML on a table. One per source or table job. */
  | { readonly kind: 'source'; readonly relation: RelationId; readonly schema: Schema }
  /** Constant rows, emitted once in the life of the job. */
  | { readonly kind: 'values'; readonly schema: Schema; readonly rows: readonly (readonly Value[])[] }
  /** Fused filter and projection: keeps rows where `predicate` is true, then computes `columns`. */
  | { readonly kind: 'project'; readonly predicate?: Expression; readonly columns: readonly Expression[] }
  /** Rows that come; what takes rows back is dropped (force_append_only). */
  | { readonly kind: 'insertions' }
  /** UNION ALL of its inputs, which have the same column types. */
  | { readonly kind: 'union' }
  /** Output: group columns, then one column a call. No groups: exactly one row always. DISTINCT: no calls. */
  | {
      readonly kind: 'aggregate'
      readonly groups: readonly number[]
      readonly calls: readonly AggregateCall[]
    }
  /**
   * Equi-join with extra condition over (left columns ++ right columns). No keys: a cross join. `nullSafe[i]`: key i
   * compares by IS NOT DISTINCT FROM. Output: left ++ right; semi and anti: left only.
   */
  | {
      readonly kind: 'join'
      readonly type: JoinType
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nullSafe: readonly boolean[]
      readonly residual?: Expression
      /** Batch: the side whose rows are gathered first; default: the right one, in a right join the left one. */
      readonly build?: 'left' | 'right'
      /** Batch: few rows are gathered, as it seems, so that those of the other side are worth being looked up by their keys. */
      readonly few?: true
    }
  /**
   * Left rows with the right rows that match when they come: later changes of the right side change nothing. `outer`: a row
   * without a match is kept. A left side that takes rows back has no two equal ones.
   */
  | {
      readonly kind: 'temporal-join'
      readonly outer: boolean
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nullSafe: readonly boolean[]
      readonly residual?: Expression
    }
  /**
   * Rows at positions offset .. offset + limit - 1 of each partition by `order` (ties broken by the whole row).
   * `rank`: also outputs a last int8 column: 'row_number' is the position from 1, 'rank' with gaps; limits then
   * apply to that number. `withTies`: ties of the last row are kept too.
   */
  | {
      readonly kind: 'top-n'
      readonly partition: readonly number[]
      readonly order: readonly Order[]
      readonly offset: number
      readonly limit: number
      readonly withTies: boolean
      readonly rank?: 'row_number' | 'rank' | 'dense_rank'
    }
  /** Appends a column a call, computed over the row's partition by `order` (ties broken by the whole row). */
  | {
      readonly kind: 'window'
      readonly partition: readonly number[]
      readonly order: readonly Order[]
      readonly calls: readonly WindowCall[]
    }
  /** Each row once per window that contains `time`: appends window_start and window_end (type of `time`). */
  | {
      readonly kind: 'hop'
      readonly time: number
      /** Microseconds. */
      readonly slide: bigint
      readonly size: bigint
      readonly offset: bigint
    }
  /** `time` rounded down to offset + n * width (microseconds), equal rows of an epoch added up. Before a hop. */
  | { readonly kind: 'panes'; readonly time: number; readonly width: bigint; readonly offset: bigint }
  /**
   * Drops rows whose `column` is below the greatest `expression` of earlier rows. `expires`: before a node that keeps the rows
   * until they are below it; 'remove': a late row takes back the row of its key.
   */
  | {
      readonly kind: 'watermark'
      readonly column: number
      readonly expression: Expression
      readonly expires?: 'drop' | 'remove'
    }
  /** Rows without a key, which leave in time if `expiry` says so: what takes back a row that is not there is dropped. */
  | { readonly kind: 'expiring'; readonly expiry?: Expiry }
  /** The net change of its input, once in so long a time. */
  | { readonly kind: 'refresh'; readonly everyMs: number }
  /** INTERSECT / EXCEPT [ALL] of two inputs. */
  | { readonly kind: 'set-operation'; readonly operation: 'intersect' | 'except'; readonly all: boolean }
  /** Rows × the values of set-returning calls side by side: appends one column a call (NULL-padded), `ordinality`: and int8. */
  | {
      readonly kind: 'project-set'
      readonly calls: readonly Expression[]
      readonly ordinality: boolean
      /** A row whose calls are all empty is kept once with NULLs (LEFT JOIN LATERAL). */
      readonly outer: boolean
    }
  /** Fails with 21000 when more than one row per key of `group` is alive at a barrier: scalar subqueries. */
  | { readonly kind: 'single-row'; readonly group: readonly number[] }
  /**
   * Turns keyed writes into a z-set: weight > 0 writes the row of that key, weight < 0 deletes the key whatever the
   * other columns say. `conflict` says what a write to an existing key does. Only for relations with a primary key.
   */
  | {
      readonly kind: 'upsert'
      readonly key: readonly number[]
      readonly conflict: 'overwrite' | 'ignore' | 'update-if-not-null'
      /** Columns whose greater or equal values win, compared one after the other; a number is one column. */
      readonly version?: number | readonly number[]
      readonly expiry?: Expiry
    }
  /** Computes the columns from `from` on that a row lacks; each over the columns before it, then the present time (timestamptz). */
  | { readonly kind: 'complete'; readonly from: number; readonly defaults: readonly Expression[] }
  /** Gives every row that has none a number, in `column`. Only for tables without a primary key. */
  | { readonly kind: 'row-id'; readonly column: number }
  /** Terminal: the relation's rows. 'append': never retracted, no key; 'keyed': `key` unique; 'bag': the rest. */
  | {
      readonly kind: 'materialize'
      readonly relation: RelationId
      readonly schema: Schema
      readonly mode: 'append' | 'keyed' | 'bag'
      readonly key: readonly number[]
      /** An index: its rows are found by the leading columns of this order. */
      readonly order?: readonly Order[]
      /** Rows leave it in time only, of which its readers do not hear. */
      readonly appended?: true
    }
  /** Terminal: per epoch the net change, as the sink's log. `key` [] : rows; else folded by key (delete, then insert). */
  | {
      readonly kind: 'sink'
      readonly relation: RelationId
      readonly schema: Schema
      readonly key: readonly number[]
      /** Into a table of this key that keeps what a new row leaves NULL: a row that replaces another does not remove it. */
      readonly merged?: readonly number[]
    }
  /** Rows of the first input once the watermarks of all others have reached `column` + `after` microseconds. */
  | { readonly kind: 'window-close'; readonly column: number; readonly after: bigint }
  /** Rows whose `column` compares so with `bound`, an expression over the present time (its only column) that never falls. */
  | {
      readonly kind: 'temporal-filter'
      readonly column: number
      readonly comparison: NowComparison
      readonly bound: Expression
    }
  /** Rows from the clock: `start`, then every `step` in that time zone, each when it has been reached. */
  | { readonly kind: 'now-series'; readonly start: bigint; readonly step: Interval; readonly zone: string }
  /** The input's changes as rows, kept for `keepMs`. `key` []: rows that are equal are not told apart. */
  | { readonly kind: 'changelog'; readonly key: readonly number[]; readonly keepMs: number }
  /** The input's changes as rows that stay, by `key` ([]: rows that are equal are not told apart). */
  | { readonly kind: 'changes'; readonly key: readonly number[] }
  /** Batch only: rows in order, then OFFSET/LIMIT (undefined: none). */
  | {
      readonly kind: 'sort'
      readonly order: readonly Order[]
      readonly offset: number
      readonly limit?: number
      readonly withTies: boolean
    }

/** How a batch scan may narrow its rows; predicates stay in the plan as well, so ignoring it is correct. */
export interface Scan {
  /** All of the relation's key (or an index's) columns equal to these literals. */
  readonly columns: readonly number[]
  readonly equals: readonly Value[]
  /** An index's next column lies between these, both included. */
  readonly range?: { readonly column: number; readonly from?: Value; readonly to?: Value }
}

export interface GraphNode {
  /** Unique in the job and stable over restarts: names the node's state. */
  readonly id: number
  readonly spec: OperatorSpec
  readonly inputs: readonly number[]
  /** Output schema. */
  readonly schema: Schema
  /** Hash-distribution of the node's *input* rows: columns per port; 'any': stateless; 'one': a single instance. */
  readonly shard: 'any' | 'one' | readonly (readonly number[])[]
  /** Exchange boundaries: nodes of one fragment run together. */
  readonly fragment: number
}

/** A dataflow: nodes in topological order. The last node is the output (terminal for streams). */
export interface Job {
  readonly relation: RelationId
  readonly nodes: readonly GraphNode[]
  /** Batch only: recursive queries whose rows the nodes read, each after those that it reads itself. */
  readonly recursions?: readonly Recursion[]
  /** Batch only: what an expression cannot compute is NULL, as in a stream. */
  readonly lenient?: boolean
}

/** Numbers of recursive queries; no relation has them, nor a system table. */
export const FIRST_RECURSION = -(2 ** 52)

export function isRecursion(relation: RelationId): boolean {
  return relation < -(2 ** 51)
}

/** WITH RECURSIVE: the rows of `base`, then those that `step` makes of the rows found last, until there are none. */
export interface Recursion {
  /** Number by which its rows are read. */
  readonly relation: RelationId
  /** Number by which `step` reads the rows found last. */
  readonly work: RelationId
  readonly base: readonly GraphNode[]
  readonly step: readonly GraphNode[]
  /** false: a row counts once. */
  readonly all: boolean
  readonly schema: Schema
  /** Nobody asks for more rows. */
  readonly wanted?: number
}
