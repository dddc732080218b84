import { HYPOTHETICAL, isAggregate, isOrderedSet, resolveAggregate } from '../../executor/aggregates/index.ts'
import { castStyle } from '../../executor/functions/casts.ts'
import { isFunction, isSetFunction } from '../../executor/functions/index.ts'
import { isWindowFunction } from '../../executor/windows/index.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, BOOL, FLOAT8, TEXT, type Type } from '../../types/type.ts'
import { parseTypeName, typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { call, literal, readsRow } from '../expressions.ts'
import type { FunctionDef } from '../function-def.ts'
import { bindArguments } from './arguments.ts'
import { as, type Body, list, names } from './ast.ts'
import { callFunction, coerce, dialectOf, isUnknown, settleText, styleOf } from './coerce.ts'
import { requireEquality, requireOrder } from './comparable.ts'
import { enclosingAggregate, indexIn, levelOf, requireAggregates } from './enclosing-call.ts'
import { type Environment, type PendingOrder, placeholder } from './environment.ts'
import { asTexts, at, bindCondition, bindExpression } from './expression.ts'
import { bindHypothetical } from './hypothetical.ts'
import { bindTransform } from './lambda.ts'
import { bindMap } from './map.ts'
import { refuseNoRow } from './record-shape.ts'
import { resolveUser, unknownCall, userAggregate, userFunctions, userValue } from './user-function.ts'
import { sessionFunction } from './value-function.ts'
import { bindWindow } from './window.ts'

/** A call: window function, aggregate, set-returning function, session function or plain function. */
export function bindFunction(fields: Body, env: Environment): Expression {
  const path = names(fields['funcname'])
  const name = path.at(-1) ?? ''
  const position = env.context.position(fields['location'] as number | undefined)
  if (path.at(-2) === '$aggregate') return bindFunction(overArrays(fields), env)
  const users = userFunctions(path, env.context)
  if (users.some(user => user.kind === 'aggregate')) {
    if (fields['over'] !== undefined) return bindWindow(name, fields, env, position, users)
    return bindAggregate(name, fields, env, position, users)
  }
  if (users.length > 0) {
    const value = bindUserFunction(users, fields, env, position)
    if (value !== undefined) return value
  }
  if (fields['over'] !== undefined) return bindWindow(name, fields, env, position)
  if (fields['agg_within_group'] === true && HYPOTHETICAL.has(name))
    return bindAggregate(name, fields, env, position)
  if (isAggregate(name)) return bindAggregate(name, fields, env, position)
  if (isWindowFunction(name)) {
    const message = `window function ${name} requires an OVER clause`
    throw new SqlError('wrong_object_type', message, { position })
  }
  const args = list(fields['args'])
  if (args.length === 0 || name === 'current_schema') {
    const session = sessionFunction(name, env)
    if (session !== undefined) return session
  }
  if (name === '$map') return bindMap(args, env, position)
  const transform = bindTransform(name, args, env, position)
  if (transform !== undefined) return transform
  refuseNoRow(name, args)
  const called = bindArguments(name, args, fields['func_variadic'] === true, env, position)
  const bound = /^jsonb?_object$/.test(name) ? called.args.map(arg => asTexts(arg, env.context)) : called.args
  if (name === 'pg_typeof' && bound.length === 1) return literal(nameOfType(bound[0]!), TEXT)
  if (isSetFunction(name)) {
    requireSets(env, position)
    const set = callFunction(name, bound, env.context, position)
    env.pending.sets.push(set)
    return placeholder('$set', env.pending.sets.length - 1, set.type)
  }
  const [only] = bound
  const type = bound.length === 1 && !isFunction(name) ? parseTypeName(name) : undefined
  // A type's name may be called like a function: date('2024-01-01').
  if (only !== undefined && type !== undefined) return coerce(only, type, 'explicit', env.context, position)
  if (name === 'rw_vnode' && bound.length > 0 && bound[0]!.kind !== 'literal')
    throw new SqlError('invalid_parameter_value', 'the first argument (vnode count) must be a constant', {
      position,
    })
  const done = callFunction(randomOf(called.name, env) ?? called.name, bound, env.context, position)
  return name === 'array_fill' ? withDimensions(done) : done
}

/** array_fill gives an array of as many dimensions as the array of their lengths has elements. */
function withDimensions(e: Expression): Expression {
  const sizes = e.kind === 'call' ? e.args[1] : undefined
  const count =
    sizes?.kind === 'literal' && Array.isArray(sizes.value)
      ? sizes.value.length
      : sizes?.kind === 'call' && sizes.fn === 'array'
        ? sizes.args.length
        : 1
  let { type } = e
  for (let i = 1; i < count; i++) type = arrayOf(type)
  return { ...e, type }
}

/** AGGREGATE:f(a): f of the arrays of what the rows give. */
function overArrays({ funcname, args, location, ...how }: Body): Body {
  const name = (sval: string): PgNode => ({ String: { sval } })
  const collected = list(args).map(arg => ({
    FuncCall: { ...how, funcname: [name('array_agg')], args: [arg], location },
  }))
  return { funcname: [list(funcname).at(-1)!], args: collected, location }
}

/** A call of a user's function; undefined: the server's own one of that name is meant. */
function bindUserFunction(
  users: readonly FunctionDef[],
  fields: Body,
  env: Environment,
  position: number | undefined,
): Expression | undefined {
  const { name } = users[0]!
  const found = resolveUser(users, fields, env, position)
  if (found === undefined) {
    if (isFunction(name) || isAggregate(name) || isWindowFunction(name)) return undefined
    throw unknownCall(name, fields, env, position)
  }
  if (fields['over'] !== undefined)
    throw new SqlError(
      'wrong_object_type',
      `OVER specified, but ${name} is not a window function nor an aggregate function`,
      { position },
    )
  if (!found.function.set) return userValue(found, env, position)
  if (found.function.language === 'sql')
    throw notSupported('a function in SQL that returns rows, outside of FROM', { position })
  requireSets(env, position)
  const set = userValue(found, env, position)
  env.pending.sets.push(set)
  return placeholder('$set', env.pending.sets.length - 1, set.type)
}

function requireSets(env: Environment, position: number | undefined): void {
  if (env.allow.sets) return
  const message = `set-returning functions are not allowed in ${env.clause}`
  throw new SqlError('feature_not_supported', message, { position })
}

function nameOfType(e: Expression): string {
  if (isUnknown(e)) return 'unknown'
  return e.kind === 'call' && e.fn === 'row' ? 'record' : typeName(e.type)
}

function bindAggregate(
  name: string,
  fields: Body,
  env: Environment,
  position: number | undefined,
  users: readonly FunctionDef[] = [],
): Expression {
  const forbidden = { aggregates: false, windows: false, sets: false }
  const inner: Environment = { ...env, allow: forbidden, clause: 'aggregate function calls' }
  const order = list(fields['agg_order']).map(sort => bindSortBy(sort, inner))
  const isHypothetical = users.length === 0 && HYPOTHETICAL.has(name)
  const within = isHypothetical || (users.length === 0 && checkWithin(name, fields, position))
  const direct = users.length > 0 ? [] : list(fields['args']).map(arg => bindExpression(arg, inner))
  if (within && !isHypothetical && dialectOf(env.context).constantFractions && direct.some(readsRow))
    throw new SqlError('feature_not_supported', `the direct argument of ${name} must be constant`, {
      position,
    })
  const resolved =
    users.length > 0
      ? userAggregate(users, fields, inner, position)
      : isHypothetical
        ? bindHypothetical(name, order, direct, env, position)
        : ofBuckets(resolveCall(name, within ? [...order.map(o => o.by), ...direct] : direct, env, position))
  const filter = fields['agg_filter']
  const distinct = fields['agg_distinct'] === true || name === 'approx_count_distinct'
  if (distinct)
    for (const [i, arg] of resolved.args.entries())
      requireEquality(arg.type, at(list(fields['args'])[i] ?? {}, env))
  const pending = {
    ...resolved,
    // The approximation kept here is the exact one: it has to take retractions.
    distinct,
    ...(filter === undefined
      ? {}
      : { filter: bindCondition(filter as PgNode, { ...inner, clause: 'FILTER' }) }),
    order: within ? order.map((o, i) => ({ ...o, by: resolved.args[i]! })) : order,
    ...(within ? { direct: order.length } : {}),
  }
  const level = levelOf([
    ...pending.args,
    ...order.map(o => o.by),
    ...(pending.filter === undefined ? [] : [pending.filter]),
  ])
  if (level > 0) return enclosingAggregate(pending, level, env, position)
  requireAggregates({ aggregates: env.allow.aggregates, clause: env.clause }, position)
  return placeholder('$aggregate', indexIn(env.pending.aggregates, pending), pending.type)
}

/** approx_percentile keeps the buckets of its values only. */
function ofBuckets(aggregate: ReturnType<typeof resolveCall>): ReturnType<typeof resolveCall> {
  if (!aggregate.fn.startsWith('approx_percentile(')) return aggregate
  const [value, fraction, error = literal(RELATIVE_ERROR, FLOAT8)] = aggregate.args
  const bucket = call('$relative_bucket(float8, float8) -> float8', [value!, error], FLOAT8)
  return { ...aggregate, fn: 'approx_percentile(float8, float8)', args: [bucket, fraction!] }
}

const RELATIVE_ERROR = 0.01

/** True for an ordered-set aggregate, which must have WITHIN GROUP, and nothing else may. */
function checkWithin(name: string, fields: Body, position: number | undefined): boolean {
  const within = fields['agg_within_group'] === true
  const ordered = isOrderedSet(name)
  if (within === ordered) return within
  const message = ordered
    ? `WITHIN GROUP is required for ordered-set aggregate ${name}`
    : `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`
  throw new SqlError('wrong_object_type', message, { position })
}

/** The aggregate of that name for these arguments, which are converted. */
export function resolveCall(
  name: string,
  given: readonly Expression[],
  env: Environment,
  position: number | undefined,
): { readonly fn: string; readonly args: readonly Expression[]; readonly type: Type } {
  const args = asDocuments(name, given, env, position)
  const found = resolveAggregate(
    name,
    args.map(arg => (isUnknown(arg) ? undefined : arg.type)),
    dialectOf(env.context).name,
  )
  if ('error' in found) {
    throw new SqlError('undefined_function', found.error.message, { position, hint: found.error.hint })
  }
  const typed = args.map((arg, i) =>
    coerce(arg, found.argTypes[i] ?? arg.type, 'implicit', env.context, position),
  )
  const style = found.type.name === 'json' ? styleOfTexts(typed, env) : []
  return { fn: found.fn, args: [...typed, ...style], type: found.type }
}

/** In a query of a session, random() may follow a seed; a column's default does not. */
function randomOf(name: string, { context, clause }: Environment): string | undefined {
  const seeded = context.session !== undefined && context.mode === 'batch' && clause !== 'DEFAULT'
  return name === 'random' && seeded ? '$random' : undefined
}

/** The session's style of times, where texts of one of the values depend on it. */
function styleOfTexts(values: readonly Expression[], { context }: Environment): readonly Expression[] {
  const styles = values.map(value => castStyle(value.type, TEXT, () => styleOf(context)))
  return styles.some(style => style !== undefined) ? [literal(styleOf(context), TEXT)] : []
}

/** Arguments of jsonb_agg and its kin: values as documents, as the session's time zone shows them; keys as text. */
function asDocuments(
  name: string,
  args: readonly Expression[],
  env: Environment,
  position: number | undefined,
): readonly Expression[] {
  const match = /^jsonb_(object_)?agg/.exec(name)
  if (match === null) return args
  const pair = match[1] !== undefined
  return args.map((arg, i) =>
    pair && i === 0
      ? coerce(arg, TEXT, 'explicit', env.context, position)
      : documentOf(settleText(arg, env.context), name.includes('_strict'), env, position),
  )
}

/** `strict`: NULL is none, in any dialect. */
function documentOf(
  value: Expression,
  strict: boolean,
  env: Environment,
  position: number | undefined,
): Expression {
  const document = callFunction('to_jsonb', [value], env.context, position)
  if (!strict) return document
  return call('case', [call('is null', [value], BOOL), literal(null, document.type), document], document.type)
}

/** One ORDER BY item whose expression is looked up in the scope only. */
export function bindSortBy(node: PgNode, env: Environment): PendingOrder {
  const sort = as(node, 'SortBy')!
  const by = settleText(bindExpression(sort['node'] as PgNode, env), env.context)
  requireOrder(by.type, at(sort['node'] as PgNode, env))
  return { by, ...direction(sort, env) }
}

export function direction(sort: Body, env: Environment): { descending: boolean; nullsFirst: boolean } {
  const using = names(sort['useOp']).at(-1)
  if (using !== undefined && using !== '<' && using !== '>') {
    const position = at(sort['node'] as PgNode, env)
    throw new SqlError('wrong_object_type', `operator ${using} is not a valid ordering operator`, {
      position,
    })
  }
  const descending = sort['sortby_dir'] === 'SORTBY_DESC' || using === '>'
  const nulls = sort['sortby_nulls']
  return {
    descending,
    nullsFirst: nulls === 'SORTBY_NULLS_DEFAULT' ? descending : nulls === 'SORTBY_NULLS_FIRST',
  }
}
