import { isVolatile } from '../../executor/functions/index.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { BindContext } from '../contract.ts'
import { call, column, literal, substitute, visit } from '../expressions.ts'
import type { FunctionDef } from '../function-def.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { isSingle } from '../unnest/subquery-value.ts'
import type { Body } from './ast.ts'
import { tryCoerce } from './coerce.ts'
import { type Environment, noPending, placeholder } from './environment.ts'
import { bindExpression } from './expression.ts'
import { argumentScope, bodyQuery, onlyExpression } from './function-body.ts'
import { visible } from './query.ts'
import type { UserCall } from './user-function.ts'

/** The value of a call of a scalar function in SQL: its expression, or its query as a scalar subquery. */
export function inlined(call: UserCall, env: Environment, position: number | undefined): Expression {
  const { function: def } = call
  const context = bodyContext(def, env.context, position)
  const select = bodyQuery(def, context)!
  const inner: Environment = {
    ...env,
    context,
    scope: argumentScope(def),
    ctes: new Map(),
    clause: 'SELECT',
    pending: noPending(),
    allow: { aggregates: false, windows: false, sets: false },
    windowClause: [],
  }
  const value = asExpression(call, select, inner) ?? asSubquery(call, select, inner, env)
  if (!def.strict || call.args.length === 0) return value
  const missing = call.args.map(arg => callOf('is null', [arg]))
  return callOf('case', [callOf('or', missing), literal(null, def.result), value], def.result)
}

/** The body's expression with the arguments in it; undefined: it needs a query, or an argument would be computed twice. */
function asExpression(
  { function: def, args }: UserCall,
  select: Body,
  env: Environment,
): Expression | undefined {
  const only = onlyExpression(select)
  if (only === undefined) return undefined
  const bound = bindExpression(only, env)
  if (Object.values(env.pending).some(list => list.length > 0)) return undefined
  // Variables of lambdas are told apart by how deep these are.
  if (hasVariable(bound) && args.some(hasVariable)) return undefined
  const uses = args.map(() => 0)
  visit(bound, leaf => leaf.kind === 'column' && uses[leaf.index]!++)
  if (args.some((arg, i) => uses[i]! > 1 && isVolatile(arg))) return undefined
  return substitute(asResult(bound, def, env.context), args)
}

function asSubquery(
  { function: def, args }: UserCall,
  select: Body,
  inner: Environment,
  env: Environment,
): Expression {
  if (args.some(hasVariable))
    throw notSupported(`${def.name}(), which is more than an expression, in a lambda`)
  const enclosing: Environment = { ...inner, pending: noPending() }
  let plan = visible(env.bindSubquery(select, enclosing)).plan
  // Of several rows the first one counts.
  if (!isSingle(plan)) {
    const one = { A_Const: { ival: { ival: 1 } } }
    const limited = { ...select, limitCount: one, limitOption: 'LIMIT_OPTION_COUNT' }
    plan = visible(env.bindSubquery(limited, enclosing)).plan
  }
  const schema = schemaOf(plan)
  if (schema.length !== 1) throw mismatch(def, 'Final statement must return exactly one column.')
  const value = asResult(column(0, schema[0]!.type), def, env.context)
  const shaped: Plan =
    value.kind === 'column' ? plan : { op: 'project', input: plan, columns: [value], names: [def.name] }
  env.pending.subqueries.push({ kind: 'scalar', plan: shaped, type: def.result })
  return placeholder('$subquery', env.pending.subqueries.length - 1, def.result, args)
}

/** What names in a function's body are looked up in; errors stand where it is called. */
export function bodyContext(
  def: FunctionDef,
  context: BindContext,
  position: number | undefined,
): BindContext {
  const within = context.inlining ?? []
  if (within.includes(def.id)) throw notSupported('a recursive function in SQL', { position })
  return { ...context, position: () => position, parameters: [], inlining: [...within, def.id] }
}

/** A value as one of the type that the function returns. */
export function asResult(value: Expression, def: FunctionDef, context: BindContext): Expression {
  const done = tryCoerce(value, def.result, 'assignment', context, undefined)
  if (done !== undefined) return done
  throw mismatch(def, `Actual return type is ${typeName(value.type)}.`)
}

/** What is returned is not what was declared. */
export function mismatch(def: FunctionDef, detail: string): SqlError {
  const message = `return type mismatch in function declared to return ${typeName(def.result)}`
  return new SqlError('invalid_function_definition', message, { detail })
}

function callOf(fn: string, args: readonly Expression[], type: Type = BOOL): Expression {
  return call(fn, args, type)
}

function hasVariable(e: Expression): boolean {
  return e.kind === 'call' && (e.fn === '$variable' || e.args.some(hasVariable))
}
