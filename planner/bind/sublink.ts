import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression, Order } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { call, column, everyColumn, outer } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { numberOuter } from '../unnest/outer-references.ts'
import { as, type Body, names } from './ast.ts'
import { settleText } from './coerce.ts'
import { type Environment, type PendingSubquery, placeholder } from './environment.ts'
import { bindExpression, compare, not } from './expression.ts'
import { resolveCall } from './function.ts'
import { inOrder } from './input-order.ts'
import { visible } from './query.ts'

/** EXISTS (…), x IN (…), x op ANY (…), (SELECT …) inside an expression: a placeholder and a pending subquery. */
export function bindSubLink(fields: Body, env: Environment): Expression {
  const position = env.context.position(fields['location'] as number | undefined)
  const select = as(fields['subselect'], 'SelectStmt')
  if (select === undefined) throw notSupported('this subquery', { position })
  const kind = fields['subLinkType']
  const bound = visible(env.bindSubquery(select, env, kind === 'ARRAY_SUBLINK'))
  if (kind === 'EXISTS_SUBLINK') {
    const plan = bound.plan.op === 'project' ? bound.plan.input : bound.plan
    return pend(env, { kind: 'exists', plan, type: BOOL })
  }
  const schema = schemaOf(bound.plan)
  if (kind === 'EXPR_SUBLINK') {
    if (schema.length !== 1)
      throw new SqlError('syntax_error', 'subquery must return only one column', { position })
    return pend(env, { kind: 'scalar', plan: bound.plan, type: schema[0]!.type })
  }
  if (kind === 'ARRAY_SUBLINK') return bindArray(bound.plan, env, position)
  if (kind !== 'ANY_SUBLINK' && kind !== 'ALL_SUBLINK' && kind !== 'ROWCOMPARE_SUBLINK')
    throw notSupported('this subquery', { position })
  const operator = names(fields['operName']).at(-1) ?? '='
  const needle = settleText(bindExpression(fields['testexpr'] as PgNode, env), env.context)
  const needles = needle.kind === 'call' && needle.fn === 'row' ? needle.args : [needle]
  if (needles.length !== schema.length) {
    const message =
      schema.length > needles.length ? 'subquery has too many columns' : 'subquery has too few columns'
    throw new SqlError('syntax_error', message, { position })
  }
  if (kind === 'ROWCOMPARE_SUBLINK') {
    const columns = schema.map((f, i) => {
      const plan: Plan = {
        op: 'project',
        input: bound.plan,
        columns: [column(i, f.type)],
        names: [f.name],
      }
      return pend(env, { kind: 'scalar', plan, type: f.type })
    })
    return compare(operator, needle, call('row', columns, needle.type), env, position)
  }
  const left = needles.map((n, i) => outer(i, 0, n.type))
  const right = everyColumn(schema)
  const row = (args: readonly Expression[]): Expression =>
    args.length === 1 ? args[0]! : call('row', args, needle.type)
  // x op ALL (…) holds unless NOT x op y for some y.
  const all = kind === 'ALL_SUBLINK'
  const negated = all && operator === '<>'
  const compared = compare(negated ? '=' : operator, row(left), row(right), env, position)
  const test = all && !negated ? not(compared, env) : compared
  const found = pend(env, { kind: 'in', plan: bound.plan, test, type: BOOL }, needles)
  return all ? not(found, env) : found
}

function bindArray(plan: Plan, env: Environment, position: number | undefined): Expression {
  const { input, order } = orderedRows(plan)
  const { name, type } = schemaOf(plan)[0]!
  const resolved = resolveCall('array_agg', [column(0, type)], env, position)
  const aggregate: Plan = {
    op: 'aggregate',
    input,
    groups: [],
    calls: [{ fn: resolved.fn, args: [0], distinct: false, type: resolved.type, order }],
  }
  const value = call('coalesce', [column(0, resolved.type), call('array', [], resolved.type)], resolved.type)
  const collected: Plan = { op: 'project', input: aggregate, columns: [value], names: [name] }
  return pend(env, { kind: 'scalar', plan: collected, type: resolved.type })
}

/** Rows and the order they are asked in, from a plan that may end in a sort. */
function orderedRows(plan: Plan): { readonly input: Plan; readonly order: readonly Order[] } {
  if (plan.op === 'project' && plan.columns.every((c, i) => c.kind === 'column' && c.index === i))
    return orderedRows(plan.input)
  if (plan.op === 'sort' && plan.limit === undefined && plan.offset === 0)
    return { input: plan.input, order: plan.order }
  if (plan.op === 'sort' || plan.op === 'top-n') return { input: plan, order: plan.order }
  const { plan: input, order } = inOrder(plan) ?? { plan, order: [] }
  return { input, order }
}

function pend(env: Environment, subquery: PendingSubquery, needles: readonly Expression[] = []): Expression {
  const { args, ...numbered } = numberOuter(subquery.plan, subquery.test, needles)
  env.pending.subqueries.push({ ...subquery, ...numbered })
  return placeholder('$subquery', env.pending.subqueries.length - 1, subquery.type, args)
}
