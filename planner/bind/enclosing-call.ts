import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import { column, equal, outer, visit } from '../expressions.ts'
import { outerTarget } from '../unnest/outer-references.ts'
import {
  type CallOwner,
  type Environment,
  firstOf,
  innerValue,
  type Pending,
  type PendingAggregate,
  placeholder,
  placeholderIndex,
  replaceCalls,
} from './environment.ts'

/** How many queries further out the query is whose rows an aggregate reads: the innermost that its arguments name. */
export function levelOf(parts: readonly Expression[]): number {
  let level = Number.POSITIVE_INFINITY
  for (const part of parts)
    visit(part, leaf => {
      if (leaf.kind === 'column') level = 0
      const target = outerTarget(leaf)
      if (target !== undefined) level = Math.min(level, target.depth)
    })
  return level === Number.POSITIVE_INFINITY ? 0 : level
}

/** An aggregate of a query around this one: that one computes it, and this one reads it as it reads a column. Throws 42803. */
export function enclosingAggregate(
  call: PendingAggregate,
  level: number,
  env: Environment,
  position: number | undefined,
): Expression {
  const owner = ownerAt(level, env)
  requireAggregates(owner, position)
  const raise = (e: Expression): Expression => raised(e, level, env.pending, owner.pending, position)
  const own: PendingAggregate = {
    ...call,
    args: call.args.map(raise),
    order: call.order.map(o => ({ ...o, by: raise(o.by) })),
    ...(call.filter && { filter: raise(call.filter) }),
  }
  return fromOwner('$aggregate', indexIn(owner.pending.aggregates, own), level, own.type)
}

/** GROUPING of a query around this one. */
export function enclosingGrouping(
  args: readonly Expression[],
  level: number,
  type: Type,
  env: Environment,
  position: number | undefined,
): Expression {
  const owner = ownerAt(level, env)
  const own = args.map(arg => raised(arg, level, env.pending, owner.pending, position))
  return fromOwner('$grouping', owner.pending.groupings.push(own) - 1, level, type)
}

/** Where an aggregate is, or becomes, in a query's list. */
export function indexIn(aggregates: PendingAggregate[], call: PendingAggregate): number {
  const known = aggregates.findIndex(other => equal(other, call))
  return known === -1 ? aggregates.push(call) - 1 : known
}

/** Throws 42803 where a query's clause takes no aggregates. */
export function requireAggregates(
  { aggregates, clause }: Pick<CallOwner, 'aggregates' | 'clause'>,
  position: number | undefined,
): void {
  if (aggregates) return
  const message =
    clause === 'aggregate function calls'
      ? 'aggregate function calls cannot be nested'
      : `aggregate functions are not allowed in ${clause}`
  throw new SqlError('grouping_error', message, { position })
}

function ownerAt(level: number, { scope }: Environment): CallOwner {
  let at: Environment['scope'] | undefined = scope
  for (let i = 0; i < level; i++) at = at?.parent
  const owner = at?.owner
  if (owner === undefined)
    throw new SqlError('feature_not_supported', 'an aggregate of this outer query is not supported yet')
  return owner
}

function fromOwner(kind: '$aggregate' | '$grouping', index: number, level: number, type: Type): Expression {
  return outer(firstOf(kind) + index, level, type)
}

/** The expression as the query `by` levels further out has it; its subqueries become that one's. */
function raised(
  e: Expression,
  by: number,
  from: Pending,
  to: Pending,
  position: number | undefined,
): Expression {
  return replaceCalls(e, inner => {
    const target = outerTarget(inner)
    if (target !== undefined) {
      if (target.depth > by) return outer(target.index, target.depth - by, inner.type)
      const value = innerValue(target.index, inner.type)
      if (value.kind === 'column') return column(target.index, inner.type)
      throw new SqlError('grouping_error', 'aggregate function calls cannot be nested', { position })
    }
    const index = placeholderIndex(inner, '$subquery')
    if (index === undefined || inner.kind !== 'call') return undefined
    const args = inner.args.map(arg => raised(arg, by, from, to, position))
    return placeholder('$subquery', to.subqueries.push(from.subqueries[index]!) - 1, inner.type, args)
  })
}
