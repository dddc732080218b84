import { notSupported, SqlError } from '../types/error.ts'
import type { Expression } from '../types/job.ts'
import { BOOL } from '../types/type.ts'
import { as, type Body, names } from './ast.ts'
import { bindExpression, compare, not } from './bind-expression.ts'
import { settleText } from './coerce.ts'
import type { PgNode } from './contract.ts'
import { decorrelate } from './decorrelate.ts'
import { type Environment, type PendingSubquery, placeholder } from './environment.ts'
import { column, equal, literal, mapExpression, outer, substitute } from './expressions.ts'
import { type Plan, schemaOf } from './plan.ts'

/** EXISTS (…), x IN (…), (SELECT …) inside an expression: a placeholder and a pending subquery. */
export function bindSubLink(fields: Body, env: Environment): Expression {
  const position = env.context.position(fields['location'] as number | undefined)
  const select = as(fields['subselect'], 'SelectStmt')
  if (select === undefined) throw notSupported('this subquery', { position })
  const bound = env.bindSubquery(select, env)
  const kind = fields['subLinkType']
  const visible = bound.names.length
  if (kind === 'EXISTS_SUBLINK') {
    const plan = bound.plan.op === 'project' ? bound.plan.input : bound.plan
    const { plan: inner, conditions } = decorrelate(plan)
    return pend(env, { kind: 'exists', plan: inner, type: BOOL }, conditions)
  }
  if (kind !== 'EXPR_SUBLINK' && kind !== 'ANY_SUBLINK' && kind !== 'ALL_SUBLINK') {
    throw notSupported('ARRAY(subquery)', { position })
  }
  const { plan, conditions } = decorrelate(bound.plan)
  const schema = schemaOf(plan)
  if (kind === 'EXPR_SUBLINK') {
    if (visible !== 1)
      throw new SqlError('syntax_error', 'subquery must return only one column', { position })
    const empty = valueOfNothing(bound.plan)
    const pending = {
      kind: 'scalar' as const,
      plan,
      type: schema[0]!.type,
      ...(empty === undefined ? {} : { empty }),
    }
    return pend(env, pending, conditions)
  }
  const operator = names(fields['operName']).at(-1) ?? '='
  const negated = kind === 'ALL_SUBLINK'
  if (operator !== (negated ? '<>' : '=')) throw notSupported(`${operator} ANY/ALL (subquery)`, { position })
  const needle = settleText(bindExpression(fields['testexpr'] as PgNode, env), env.context)
  const needles = needle.kind === 'call' && needle.fn === 'row' ? needle.args : [needle]
  if (needles.length !== visible) {
    const message =
      visible > needles.length ? 'subquery has too many columns' : 'subquery has too few columns'
    throw new SqlError('syntax_error', message, { position })
  }
  const tests = needles.map((n, i) => {
    return compare('=', outer(i, 0, n.type), column(i, schema[i]!.type), env, position)
  })
  const found = pend(
    env,
    { kind: 'in', plan, type: BOOL, needles: needles.length },
    [...tests, ...conditions],
    needles,
  )
  return negated ? not(found, env) : found
}

function indexOf(e: Expression): number {
  return e.kind === 'column' ? e.index : 0
}

function pend(
  env: Environment,
  subquery: Omit<PendingSubquery, 'conditions'>,
  conditions: readonly Expression[],
  needles: readonly Expression[] = [],
): Expression {
  const args: Expression[] = [...needles]
  // Outer references become numbers of the placeholder's arguments, which are rewritten with the expression they are in.
  const numbered = conditions.map(c =>
    mapExpression(c, leaf => {
      if (leaf.kind !== 'call') return leaf
      const index = indexOf(leaf.args[0]!)
      const depth = indexOf(leaf.args[1]!)
      if (depth === 0) return outer(index, 1, leaf.type)
      const seen = depth === 1 ? column(index, leaf.type) : outer(index, depth - 1, leaf.type)
      let at = args.findIndex(arg => equal(arg, seen))
      if (at === -1) at = args.push(seen) - 1
      return outer(at, 1, leaf.type)
    }),
  )
  env.pending.subqueries.push({ ...subquery, conditions: numbered })
  return placeholder('$subquery', env.pending.subqueries.length - 1, subquery.type, args)
}

/** What a scalar aggregate query yields for no rows, when that is not NULL. */
function valueOfNothing(plan: Plan): Expression | undefined {
  const aggregate = plan.op === 'project' ? plan.input : plan
  if (aggregate.op !== 'aggregate' || aggregate.groups.length > 0) return undefined
  if (!aggregate.calls.some(c => c.fn.startsWith('count'))) return undefined
  const worth = aggregate.calls.map(c => literal(c.fn.startsWith('count') ? 0n : null, c.type))
  return plan.op === 'project' ? substitute(plan.columns[0]!, worth) : worth[0]
}
