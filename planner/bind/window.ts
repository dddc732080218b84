import { isAggregate, isOrderedSet } from '../../executor/aggregates/index.ts'
import { isWindowFunction, mayIgnoreNulls, windowFunction } from '../../executor/windows/index.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { equal } from '../expressions.ts'
import type { FunctionDef } from '../function-def.ts'
import { as, type Body, body, list, names, str } from './ast.ts'
import { coerce, isUnknown, settleText, unify } from './coerce.ts'
import { requireEquality } from './comparable.ts'
import { type Environment, type PendingOrder, type PendingWindow, placeholder } from './environment.ts'
import { at, bindCondition, bindExpression } from './expression.ts'
import { bindSortBy, resolveCall } from './function.ts'
import { unknownFunction } from './unknown-function.ts'
import { userAggregate } from './user-function.ts'
import { bindFrame } from './window-frame.ts'

interface Window {
  readonly partition: readonly PgNode[]
  readonly order: readonly PgNode[]
  readonly frame: Body
}

/** A call with OVER: a window function, or an aggregate over the frame. */
export function bindWindow(
  name: string,
  fields: Body,
  env: Environment,
  position: number | undefined,
  users: readonly FunctionDef[] = [],
): Expression {
  if (!env.allow.windows) {
    if (env.clause === 'aggregate function calls') {
      const message = 'aggregate function calls cannot contain window function calls'
      throw new SqlError('grouping_error', message, { position })
    }
    const message =
      env.clause === 'window definitions'
        ? 'window function calls cannot be nested'
        : `window functions are not allowed in ${env.clause}`
    throw new SqlError('windowing_error', message, { position })
  }
  if (!isWindowFunction(name) && !isAggregate(name) && users.length === 0) {
    const message = `OVER specified, but ${name} is not a window function nor an aggregate function`
    throw new SqlError('wrong_object_type', message, { position })
  }
  const ignoresNulls = isIgnoreNulls(fields['agg_filter'])
  if (ignoresNulls && !mayIgnoreNulls(name))
    throw new SqlError('feature_not_supported', `function ${name} does not allow RESPECT/IGNORE NULLS`, {
      position,
    })
  refuse(name, ignoresNulls ? { ...fields, agg_filter: undefined } : fields, position)
  const allow = { ...env.allow, windows: false, sets: false }
  const inner: Environment = { ...env, allow, clause: 'window definitions' }
  const filter = ignoresNulls ? undefined : fields['agg_filter']
  const over = body(fields['over'])
  const { partition, order, frame } = windowOf(over, env)
  const by = withoutRepeats(order.map(n => bindSortBy(n, inner)))
  const pending: PendingWindow = {
    ...(users.length > 0
      ? { kind: 'aggregate' as const, ...userAggregate(users, fields, inner, position) }
      : callOf(
          name,
          list(fields['args']).map(arg => bindExpression(arg, inner)),
          inner,
          position,
        )),
    ...(filter === undefined
      ? {}
      : { filter: bindCondition(filter as PgNode, { ...inner, clause: 'FILTER' }) }),
    ...(ignoresNulls && { ignoresNulls }),
    partition: partition.map(n => {
      const by = settleText(bindExpression(n, inner), env.context)
      requireEquality(by.type, at(n, env))
      return by
    }),
    order: by,
    frame: bindFrame(frame, by, inner),
  }
  let index = env.pending.windows.findIndex(other => equal(other, pending))
  if (index === -1) index = env.pending.windows.push(pending) - 1
  return placeholder('$window', index, pending.type)
}

/** IGNORE NULLS stands as a filter that calls a function of that name. */
function isIgnoreNulls(filter: unknown): boolean {
  return names(as(filter, 'FuncCall')?.['funcname']).at(-1) === 'ignore nulls'
}

function refuse(name: string, fields: Body, position: number | undefined): void {
  const unsupported = (feature: string) => new SqlError('feature_not_supported', feature, { position })
  if (fields['agg_distinct'] === true) throw unsupported('DISTINCT is not implemented for window functions')
  if (fields['agg_within_group'] === true || isOrderedSet(name))
    throw unsupported(`OVER is not supported for ordered-set aggregate ${name}`)
  if (list(fields['agg_order']).length > 0)
    throw unsupported('aggregate ORDER BY is not implemented for window functions')
  if (fields['agg_filter'] !== undefined && isWindowFunction(name))
    throw unsupported('FILTER is not implemented for non-aggregate window functions')
}

type Call = Pick<PendingWindow, 'kind' | 'fn' | 'args' | 'type'>

function callOf(
  name: string,
  args: readonly Expression[],
  env: Environment,
  position: number | undefined,
): Call {
  if (!isWindowFunction(name)) return { kind: 'aggregate', ...resolveCall(name, args, env, position) }
  const found = windowFunction(name, args.length)
  if (found === undefined) {
    const types = args.map(arg => (isUnknown(arg) ? 'unknown' : typeName(arg.type))).join(', ')
    throw unknownFunction(name, `${name}(${types})`, position)
  }
  const values = unify(
    args.filter((_, i) => found.args[i] === 'value'),
    name.toUpperCase(),
    env.context,
    position,
  )
  let next = 0
  const typed = args.map((arg, i) => {
    const wanted = found.args[i]!
    return wanted === 'value' ? values[next++]! : coerce(arg, wanted, 'implicit', env.context, position)
  })
  const type = found.type === 'value' ? values[0]!.type : found.type
  return { kind: 'window', fn: name, args: typed, type }
}

/** Later columns of ORDER BY that say nothing new. */
function withoutRepeats(order: readonly PendingOrder[]): readonly PendingOrder[] {
  return order.filter(
    (o, i) => !order.slice(0, i).some(p => equal(p.by, o.by) && sameType(p.by.type, o.by.type)),
  )
}

/** The window that OVER means, with what it takes from named ones. */
function windowOf(over: Body, env: Environment): Window {
  const whole = str(over['name'])
  const position = env.context.position(over['location'] as number | undefined)
  if (whole !== '') return named(whole, env, position)
  const window = {
    partition: list(over['partitionClause']),
    order: list(over['orderClause']),
    frame: over,
  }
  const referred = str(over['refname'])
  if (referred === '') return window
  const base = named(referred, env, position)
  const refusal =
    window.partition.length > 0
      ? `cannot override PARTITION BY clause of window "${referred}"`
      : window.order.length > 0 && base.order.length > 0
        ? `cannot override ORDER BY clause of window "${referred}"`
        : hasFrame(base.frame)
          ? `cannot copy window "${referred}" because it has a frame clause`
          : undefined
  if (refusal !== undefined) throw new SqlError('windowing_error', refusal, { position })
  return {
    partition: base.partition,
    order: base.order.length > 0 ? base.order : window.order,
    frame: over,
  }
}

function named(name: string, env: Environment, position: number | undefined): Window {
  const index = env.windowClause.findIndex(n => as(n, 'WindowDef')!['name'] === name)
  if (index === -1) throw new SqlError('undefined_object', `window "${name}" does not exist`, { position })
  const { name: _, ...definition } = as(env.windowClause[index]!, 'WindowDef')!
  // A definition sees only those before it.
  return windowOf(definition, { ...env, windowClause: env.windowClause.slice(0, index) })
}

function hasFrame(frame: Body): boolean {
  return (((frame['frameOptions'] as number | undefined) ?? 0) & 1) !== 0
}

/** Names of WINDOW are unique. */
export function checkWindowClause(clause: readonly PgNode[], env: Environment): void {
  const seen = new Set<string>()
  for (const node of clause) {
    const name = str(as(node, 'WindowDef')!['name'])
    if (seen.has(name))
      throw new SqlError('windowing_error', `window "${name}" is already defined`, {
        position: at(node, env),
      })
    seen.add(name)
  }
}
