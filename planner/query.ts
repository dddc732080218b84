import { assert, notSupported, SqlError } from '../types/error.ts'
import type { Expression, Job } from '../types/job.ts'
import { type Schema, TEXT, type Type } from '../types/type.ts'
import { body } from './bind/ast.ts'
import { bindTree } from './bind/query.ts'
import type { BindContext, BoundQuery, ParameterValues, PgNode, StreamPlan } from './contract.ts'
import type { Sampler } from './estimate.ts'
import { isNow, literal, mapExpression } from './expressions.ts'
import { lower } from './lower.ts'
import { optimize } from './optimize.ts'
import {
  appendOnly,
  firstColumns,
  inputs,
  keyOf,
  mapExpressions,
  type Plan,
  rewrite,
  schemaOf,
} from './plan.ts'
import { batchJob, mapRecursion } from './recursions.ts'
import { settleCounts } from './row-counts.ts'
import { refuseOtherNow } from './temporal-filter.ts'
import { refuseVariantKeys } from './variant-keys.ts'

/** A bound query and its logical plan. */
export interface Bound extends BoundQuery {
  readonly plan: Plan
}

/** Binds a `{SelectStmt}` (or its bare fields) of libpg-query. */
export function bindQuery(select: PgNode, context: BindContext): Bound {
  const fields = select['SelectStmt'] === undefined ? select : body(select['SelectStmt'])
  const dependsOn = new Set<number>()
  const bound = bindTree(fields, context, { ctes: new Map(), dependsOn, depth: 0 })
  const schema: Schema = bound.names.map((name, i) => ({ name, type: schemaOf(bound.plan)[i]!.type }))
  const plan =
    schemaOf(bound.plan).length === schema.length
      ? bound.plan
      : firstColumns(bound.plan, schema.length, bound.names)
  return { schema, dependsOn: [...dependsOn], parameters: parameterTypes(context), plan }
}

/** Types of $1 … $n; text where nothing told. */
export function parameterTypes(context: BindContext): readonly Type[] {
  const count = Math.max(context.parameters.length, 0, ...[...context.inferred.keys()].map(k => k + 1))
  return Array.from({ length: count }, (_, i) => context.parameters[i] ?? context.inferred.get(i) ?? TEXT)
}

/** The dataflow of a view or sink, up to its terminal. */
export function planStream(bound: Bound): StreamPlan {
  if (bound.parameters.length > 0) throw notSupported('a parameter in a streaming query')
  const plan = optimize(bound.plan)
  if (mayFail(plan))
    throw new SqlError('feature_not_supported', 'Scalar subquery might produce more than one row.', {
      hint: 'Aggregate it, or add LIMIT 1.',
    })
  refuseOtherNow(plan)
  refuseVariantKeys(plan)
  const nodes = lower(plan)
  return { nodes, schema: bound.schema, key: keyOf(plan) ?? [], appendOnly: appendOnly(plan) }
}

function mayFail(plan: Plan): boolean {
  return plan.op === 'single-row' || inputs(plan).some(mayFail)
}

/** The job of a SELECT; parameters become literals. */
export function planBatch(
  bound: Bound,
  parameters: ParameterValues,
  sampler?: Sampler,
  nowMicros = present(),
): Job {
  const plan = optimize(withParameters(bound.plan, parameters, nowMicros), sampler)
  refuseVariantKeys(plan)
  return batchJob(settled(plan), settled)
}

/** A batch result holds no retraction: where the last operators may take rows back, a sort without order consolidates. */
export function settled(plan: Plan): Plan {
  return mayRetract(plan) ? { op: 'sort', input: plan, order: [], offset: 0, withTies: false } : plan
}

function mayRetract(plan: Plan): boolean {
  if (plan.op === 'sort') return false
  if (plan.op === 'top-n' || plan.op === 'set-operation' || plan.op === 'single-row') return true
  // A grouped result leaves at the barrier, after all input has come.
  return plan.op !== 'aggregate' && plan.op !== 'window' && inputs(plan).some(mayRetract)
}

/** Microseconds since 1970. */
export function present(): bigint {
  return BigInt(Date.now()) * 1000n
}

/** The plan with its parameters, and now(), replaced by literals. */
export function withParameters(plan: Plan, parameters: ParameterValues, nowMicros: bigint): Plan {
  return rewrite(plan, p => {
    const inside = mapRecursion(p, inner => withParameters(inner, parameters, nowMicros))
    return settleCounts(mapExpressions(inside, e => withLiterals(e, parameters, nowMicros)))
  })
}

export function withLiterals(e: Expression, parameters: ParameterValues, nowMicros: bigint): Expression {
  return mapExpression(e, leaf => {
    if (isNow(leaf)) return literal(nowMicros, leaf.type)
    if (leaf.kind !== 'parameter') return leaf
    assert(leaf.index < parameters.length, 'a parameter has a value')
    return literal(parameters[leaf.index] ?? null, leaf.type)
  })
}
