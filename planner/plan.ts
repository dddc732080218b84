import { CHANGES_COLUMNS } from '../executor/operators/changes.ts'
import { notSupported, unreachable } from '../types/error.ts'
import {
  type AggregateCall,
  type Expression,
  FIRST_RECURSION,
  type Frame,
  type FrameBound,
  type JoinType,
  type Order,
  type RelationId,
  type Scan,
  type WindowCall,
} from '../types/job.ts'
import { INT8, type Schema, type Type } from '../types/type.ts'
import type { OwnRows } from './contract.ts'
import { everyColumn, readsNow } from './expressions.ts'

/** An index as a query may read it in place of the relation it is on. */
export interface IndexScan {
  readonly relation: RelationId
  readonly schema: Schema
  readonly key: readonly number[]
  readonly appendOnly: boolean
  /** Expressions over the columns of the indexed relation; the index's first columns are their values. */
  readonly keys: readonly Expression[]
  /** Where the index has each column of the indexed relation; -1: nowhere. */
  readonly columns: readonly number[]
}

import type { RowCounts } from './row-counts.ts'

/** Logical plan: what a query computes, before it is cut into nodes. Columns are positions. */
export type Plan =
  | {
      readonly op: 'scan'
      readonly relation: RelationId
      readonly schema: Schema
      readonly key: readonly number[]
      readonly appendOnly: boolean
      readonly scan?: Scan
      /** FOR SYSTEM_TIME AS OF: a constant timestamptz. */
      readonly asOf?: Expression
      /** Indexes that a batch query may read instead. */
      readonly indexes?: readonly IndexScan[]
      /** Indexes that a view's join may read instead. */
      readonly joinIndexes?: readonly IndexScan[]
      /** Its rows are those of a recursive query. */
      readonly recursion?: PlannedRecursion
      /** Its rows are those of them that the transaction block wrote. */
      readonly own?: OwnRows
    }
  | { readonly op: 'values'; readonly schema: Schema; readonly rows: readonly (readonly Expression[])[] }
  | { readonly op: 'filter'; readonly input: Plan; readonly predicate: Expression }
  | {
      readonly op: 'project'
      readonly input: Plan
      readonly columns: readonly Expression[]
      readonly names: readonly string[]
      readonly predicate?: Expression
    }
  | {
      readonly op: 'join'
      readonly type: JoinType
      readonly left: Plan
      readonly right: Plan
      readonly leftKeys: readonly number[]
      readonly rightKeys: readonly number[]
      readonly nullSafe: readonly boolean[]
      readonly residual?: Expression
      /** The side that a query gathers before the other side's rows come. */
      readonly build?: 'left' | 'right'
      /** That side has few rows, as it seems, for those that the scans of the other have. */
      readonly few?: boolean
      /** The right side as it is when a left row comes. Inner and left joins with keys. */
      readonly temporal?: true
    }
  | {
      readonly op: 'aggregate'
      readonly input: Plan
      readonly groups: readonly number[]
      readonly calls: readonly AggregateCall[]
    }
  | {
      readonly op: 'top-n'
      readonly input: Plan
      readonly partition: readonly number[]
      readonly order: readonly Order[]
      readonly offset: number
      readonly limit: number
      readonly withTies: boolean
      readonly rank?: Rank
      readonly counts?: RowCounts
    }
  | {
      readonly op: 'window'
      readonly input: Plan
      readonly partition: readonly number[]
      readonly order: readonly Order[]
      readonly calls: readonly WindowCall[]
    }
  | {
      readonly op: 'sort'
      readonly input: Plan
      readonly order: readonly Order[]
      readonly offset: number
      readonly limit?: number
      readonly withTies: boolean
      readonly counts?: RowCounts
    }
  | { readonly op: 'union'; readonly inputs: readonly Plan[] }
  | {
      readonly op: 'set-operation'
      readonly operation: 'intersect' | 'except'
      readonly all: boolean
      readonly left: Plan
      readonly right: Plan
    }
  | {
      readonly op: 'hop'
      readonly input: Plan
      readonly time: number
      readonly slide: bigint
      readonly size: bigint
      readonly offset: bigint
    }
  | {
      readonly op: 'panes'
      readonly input: Plan
      readonly time: number
      readonly width: bigint
      readonly offset: bigint
    }
  | {
      readonly op: 'project-set'
      readonly input: Plan
      readonly calls: readonly Expression[]
      readonly names: readonly string[]
      readonly ordinality: boolean
      readonly outer: boolean
    }
  | { readonly op: 'single-row'; readonly input: Plan; readonly group: readonly number[] }
  /** CHANGELOG FROM. */
  | { readonly op: 'changes'; readonly input: Plan; readonly key: readonly number[] }

/** WITH RECURSIVE (types/job.ts, Recursion); the step scans `work`. */
export interface PlannedRecursion {
  readonly work: RelationId
  readonly base: Plan
  readonly step: Plan
  readonly all: boolean
}

let nextRecursion = FIRST_RECURSION

/** Numbers for a recursive query and for the rows that its step reads. */
export function newRecursionIds(): { readonly work: RelationId; readonly result: RelationId } {
  nextRecursion += 2
  return { work: nextRecursion, result: nextRecursion + 1 }
}

export type Rank = 'row_number' | 'rank' | 'dense_rank'

/** The plans a plan reads. */
export function inputs(plan: Plan): readonly Plan[] {
  switch (plan.op) {
    case 'scan':
    case 'values':
      return []
    case 'join':
    case 'set-operation':
      return [plan.left, plan.right]
    case 'union':
      return plan.inputs
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'top-n':
    case 'window':
    case 'sort':
    case 'hop':
    case 'panes':
    case 'project-set':
    case 'single-row':
    case 'changes':
      return [plan.input]
    default:
      return unreachable(plan)
  }
}

/** The same plan over other inputs. */
export function withInputs(plan: Plan, next: readonly Plan[]): Plan {
  switch (plan.op) {
    case 'scan':
    case 'values':
      return plan
    case 'join':
    case 'set-operation':
      return { ...plan, left: next[0]!, right: next[1]! }
    case 'union':
      return { ...plan, inputs: next }
    default:
      return { ...plan, input: next[0]! }
  }
}

const schemas = new WeakMap<Plan, Schema>()

/** Output columns of a plan. */
export function schemaOf(plan: Plan): Schema {
  let schema = schemas.get(plan)
  if (schema === undefined) schemas.set(plan, (schema = derive(plan)))
  return schema
}

function derive(plan: Plan): Schema {
  switch (plan.op) {
    case 'scan':
    case 'values':
      return plan.schema
    case 'filter':
    case 'sort':
    case 'panes':
    case 'single-row':
      return schemaOf(plan.input)
    case 'set-operation':
      return schemaOf(plan.left)
    case 'union':
      return schemaOf(plan.inputs[0]!)
    case 'project':
      return plan.columns.map((column, i) => ({ name: plan.names[i]!, type: column.type }))
    case 'join':
      return plan.type === 'semi' || plan.type === 'anti'
        ? schemaOf(plan.left)
        : [...schemaOf(plan.left), ...schemaOf(plan.right)]
    case 'aggregate': {
      const input = schemaOf(plan.input)
      return [
        ...plan.groups.map(g => input[g]!),
        ...plan.calls.map(call => ({ name: call.fn.split('(')[0]!, type: call.type })),
      ]
    }
    case 'top-n': {
      const input = schemaOf(plan.input)
      return plan.rank === undefined ? input : [...input, { name: plan.rank, type: INT8 }]
    }
    case 'window':
      return [
        ...schemaOf(plan.input),
        ...plan.calls.map(call => ({ name: call.fn.split('(')[0]!, type: call.type })),
      ]
    case 'hop': {
      const input = schemaOf(plan.input)
      const type: Type = input[plan.time]!.type
      return [...input, { name: 'window_start', type }, { name: 'window_end', type }]
    }
    case 'changes':
      return [...schemaOf(plan.input), ...CHANGES_COLUMNS]
    case 'project-set':
      return [
        ...schemaOf(plan.input),
        ...plan.calls.map((call, i) => ({ name: plan.names[i]!, type: call.type })),
        ...(plan.ordinality ? [{ name: 'ordinality', type: INT8 }] : []),
      ]
    default:
      return unreachable(plan)
  }
}

/** True when no row of the plan's output is ever retracted, given that append-only relations are only added to. */
export function appendOnly(plan: Plan): boolean {
  switch (plan.op) {
    case 'scan':
      return plan.appendOnly
    case 'values':
    case 'changes':
      return true
    case 'join':
      if (plan.temporal === true) return appendOnly(plan.left)
      return (plan.type === 'inner' || plan.type === 'semi') && inputs(plan).every(appendOnly)
    case 'filter':
    case 'project':
      // Rows leave as time passes.
      if (plan.predicate !== undefined && readsNow(plan.predicate)) return false
      return appendOnly(plan.input)
    case 'union':
    case 'hop':
    case 'project-set':
      return inputs(plan).every(appendOnly)
    case 'aggregate':
      return plan.calls.length === 0 && appendOnly(plan.input)
    default:
      return false
  }
}

/** A proved unique key of the plan's rows; undefined: none. [] : at most one row. */
export function keyOf(plan: Plan): readonly number[] | undefined {
  switch (plan.op) {
    case 'scan':
      return plan.key.length > 0 ? plan.key : undefined
    case 'values':
      return plan.rows.length <= 1 ? [] : undefined
    case 'filter':
    case 'sort':
    case 'window':
      return keyOf(plan.input)
    case 'single-row':
      return keyOf(plan.input) ?? plan.group
    case 'aggregate':
      return plan.groups.map((_, i) => i)
    case 'project': {
      const key = keyOf(plan.input)
      if (key === undefined) return undefined
      const at = key.map(k => plan.columns.findIndex(c => c.kind === 'column' && c.index === k))
      return at.includes(-1) ? undefined : at
    }
    case 'top-n':
      if (!plan.withTies && plan.limit === 1 && plan.rank !== 'rank' && plan.rank !== 'dense_rank')
        return plan.partition
      return keyOf(plan.input)
    case 'hop': {
      const key = keyOf(plan.input)
      return key === undefined ? undefined : [...key, schemaOf(plan.input).length]
    }
    case 'join':
      return joinKey(plan)
    default:
      return undefined
  }
}

function joinKey(plan: Extract<Plan, { op: 'join' }>): readonly number[] | undefined {
  const left = keyOf(plan.left)
  if (plan.type === 'semi' || plan.type === 'anti') return left
  const right = keyOf(plan.right)
  if (left === undefined || right === undefined) return undefined
  // Padded rows have NULL in the other side's key: the pair may repeat only when a side itself repeats, which it cannot.
  const width = schemaOf(plan.left).length
  const rightUnique = right.every(k => plan.rightKeys.includes(k))
  const leftUnique = left.every(k => plan.leftKeys.includes(k))
  if (rightUnique && (plan.type === 'inner' || plan.type === 'left')) return left
  if (leftUnique && (plan.type === 'inner' || plan.type === 'right')) return right.map(k => k + width)
  return [...left, ...right.map(k => k + width)]
}

/** A bottom-up rewrite. */
export function rewrite(plan: Plan, rule: (plan: Plan) => Plan): Plan {
  const before = inputs(plan)
  const after = before.map(input => rewrite(input, rule))
  return rule(before.every((p, i) => p === after[i]) ? plan : withInputs(plan, after))
}

/** Every expression of the node itself, mapped. */
export function mapExpressions(plan: Plan, map: (e: Expression) => Expression): Plan {
  switch (plan.op) {
    case 'scan':
      return plan.asOf === undefined ? plan : { ...plan, asOf: map(plan.asOf) }
    case 'values': {
      // Thousands of constants stay the same object, so that nobody compares them one by one.
      const rows = plan.rows.map(row => sameOrNew(row, row.map(map)))
      return rows.every((row, i) => row === plan.rows[i]) ? plan : { ...plan, rows }
    }
    case 'filter':
      return { ...plan, predicate: map(plan.predicate) }
    case 'project': {
      const predicate = plan.predicate === undefined ? {} : { predicate: map(plan.predicate) }
      return { ...plan, columns: plan.columns.map(map), ...predicate }
    }
    case 'join':
      return plan.residual === undefined ? plan : { ...plan, residual: map(plan.residual) }
    case 'project-set':
      return { ...plan, calls: plan.calls.map(map) }
    case 'sort':
    case 'top-n': {
      const { counts } = plan
      if (counts === undefined) return plan
      const limit = counts.limit && { limit: map(counts.limit) }
      return { ...plan, counts: { ...limit, ...(counts.offset && { offset: map(counts.offset) }) } }
    }
    case 'window':
      return { ...plan, calls: plan.calls.map(c => ({ ...c, frame: mapFrame(c.frame, map) })) }
    default:
      return plan
  }
}

function sameOrNew<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return after.every((item, i) => item === before[i]) ? before : after
}

/** Every expression of a frame, mapped. */
export function mapFrame(frame: Frame, map: (e: Expression) => Expression): Frame {
  const bound = (b: FrameBound): FrameBound => {
    if ('offset' in b) return { ...b, offset: map(b.offset) }
    return 'key' in b ? { ...b, key: map(b.key), value: map(b.value) } : b
  }
  return { ...frame, start: bound(frame.start), end: bound(frame.end) }
}

/** The expressions of a frame. */
export function frameExpressions(frame: Frame): readonly Expression[] {
  return [frame.start, frame.end].flatMap(b => {
    if ('offset' in b) return [b.offset]
    return 'key' in b ? [b.key, b.value] : []
  })
}

/** Guards against plans nobody could run. */
export function limitDepth(depth: number): void {
  if (depth > 200) throw notSupported('a query nested this deep')
}

/** The plan with more columns behind its own. */
export function extended(input: Plan, columns: readonly Expression[], names: readonly string[]): Plan {
  const schema = schemaOf(input)
  return {
    op: 'project',
    input,
    columns: [...everyColumn(schema), ...columns],
    names: [...schema.map(field => field.name), ...names],
  }
}

/** The first columns alone, perhaps under other names. */
export function firstColumns(input: Plan, count: number, names?: readonly string[]): Plan {
  const schema = schemaOf(input).slice(0, count)
  const columns = everyColumn(schema)
  return { op: 'project', input, columns, names: names ?? schema.map(field => field.name) }
}
