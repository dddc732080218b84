import type { Expression, Frame, WindowCall } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { call, column } from '../expressions.ts'
import type { Plan } from '../plan.ts'
import type { Body } from './ast.ts'
import type { Scope } from './scope.ts'

/** An aggregate call over expressions of the input; becomes a column. */
export interface PendingAggregate {
  readonly fn: string
  readonly args: readonly Expression[]
  /** Where the direct arguments of an ordered-set aggregate begin, which are of the group. */
  readonly direct?: number
  readonly distinct: boolean
  readonly filter?: Expression
  readonly order: readonly PendingOrder[]
  readonly type: Type
}

export interface PendingOrder {
  readonly by: Expression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

export interface PendingWindow {
  readonly kind: WindowCall['kind']
  readonly fn: string
  readonly args: readonly Expression[]
  readonly filter?: Expression
  readonly ignoresNulls?: boolean
  readonly partition: readonly Expression[]
  readonly order: readonly PendingOrder[]
  readonly frame: Frame
  readonly type: Type
}

/** A subquery of an expression. In its plan and test `outer(i, 1)` is argument i of its placeholder. */
export interface PendingSubquery {
  readonly kind: 'scalar' | 'exists' | 'in'
  readonly plan: Plan
  /** What a row must pass to be IN, over its columns. */
  readonly test?: Expression
  readonly type: Type
}

/** What one SELECT has met in its expressions and must compute around them. */
export interface Pending {
  readonly aggregates: PendingAggregate[]
  readonly windows: PendingWindow[]
  readonly subqueries: PendingSubquery[]
  readonly sets: Expression[]
  /** Arguments of GROUPING calls. */
  readonly groupings: (readonly Expression[])[]
}

export function noPending(): Pending {
  return { aggregates: [], windows: [], subqueries: [], sets: [], groupings: [] }
}

/** Named queries of WITH. */
export type Ctes = ReadonlyMap<string, BoundRelation>

export interface BoundRelation {
  /** A change of WITH without RETURNING: it has no rows to be read. */
  readonly returnsNothing?: true
  readonly plan: Plan
  /** How many queries are around it, for a query of WITH. */
  readonly depth?: number
  /** Columns after these are hidden. */
  readonly names: readonly string[]
  /** Not part of `*`. */
  readonly hidden?: ReadonlySet<number>
}

/** What a clause allows and where names are looked up. */
export interface Environment {
  readonly context: BindContext
  readonly scope: Scope
  readonly ctes: Ctes
  /** For messages: WHERE, GROUP BY … */
  readonly clause: string
  /** What is bound chooses rows, so that a stream may follow now() in it. */
  readonly chooses?: boolean
  readonly pending: Pending
  readonly allow: { readonly aggregates: boolean; readonly windows: boolean; readonly sets: boolean }
  readonly windowClause: readonly PgNode[]
  readonly dependsOn: Set<number>
  /** ORDER BY of this subquery counts: its rows become an array. */
  readonly ordered?: boolean
  /** Variables of the lambdas around, in the scope they stand in. */
  readonly lambdas?: { readonly scope: Scope; readonly variables: ReadonlyMap<string, Expression> }
  /** Binds a subquery with this scope as its enclosing one. */
  bindSubquery(
    select: Body,
    environment: Environment,
    ordered?: boolean,
    targets?: readonly Type[],
  ): BoundRelation
}

export type PlaceholderKind = '$aggregate' | '$grouping' | '$window' | '$subquery' | '$set'

/** Stands for a pending computation until its column is known. */
export function placeholder(
  kind: PlaceholderKind,
  index: number,
  type: Type,
  args: readonly Expression[] = [],
): Expression {
  return call(`${kind}:${index}`, args, type)
}

/** A query that computes aggregates for the queries within it. */
export interface CallOwner {
  readonly pending: Pending
  /** The clause that the inner query stands in takes aggregates. */
  readonly aggregates: boolean
  readonly clause: string
}

const FIRST = { $aggregate: 1 << 28, $grouping: 1 << 29 } as const

/** Where the numbers begin by which inner queries read these calls of an outer one, beyond those of its columns. */
export function firstOf(kind: keyof typeof FIRST): number {
  return FIRST[kind]
}

/** What an inner query reads by that number: a column, or a call. */
export function innerValue(index: number, type: Type): Expression {
  if (index >= FIRST.$grouping) return placeholder('$grouping', index - FIRST.$grouping, type)
  if (index >= FIRST.$aggregate) return placeholder('$aggregate', index - FIRST.$aggregate, type)
  return column(index, type)
}

/** The pending index of a placeholder of that kind. */
export function placeholderIndex(e: Expression, kind: PlaceholderKind): number | undefined {
  if (e.kind !== 'call' || !e.fn.startsWith(`${kind}:`)) return undefined
  return Number(e.fn.slice(kind.length + 1))
}

/** Replaces calls from the top; undefined means: look inside. */
export function replaceCalls(e: Expression, replace: (e: Expression) => Expression | undefined): Expression {
  const done = replace(e)
  if (done !== undefined) return done
  if (e.kind !== 'call' || e.fn === 'outer') return e
  const args = e.args.map(arg => replaceCalls(arg, replace))
  return args.every((arg, i) => arg === e.args[i]) ? e : { ...e, args }
}

export function contains(e: Expression, kind: PlaceholderKind): boolean {
  if (placeholderIndex(e, kind) !== undefined) return true
  return e.kind === 'call' && e.args.some(arg => contains(arg, kind))
}
