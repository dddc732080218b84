import { SqlError } from '../../types/error.ts'
import type { Expression, Order } from '../../types/job.ts'
import { TEXT, type Type } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { equal } from '../expressions.ts'
import { firstColumns, type Plan } from '../plan.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { as, type Body, list, names, open, str } from './ast.ts'
import { dialectOf, settle, settleText } from './coerce.ts'
import { requireEquality, requireOrder } from './comparable.ts'
import { type BoundRelation, contains, type Environment } from './environment.ts'
import { at, bindCondition, bindExpression } from './expression.ts'
import { bindFromList, type From } from './from.ts'
import { direction } from './function.ts'
import { aggregatePlan } from './group.ts'
import { groupKey } from './group-key.ts'
import { setsOf } from './grouping-sets.ts'
import { originOf } from './origin.ts'
import { limited, outputPosition } from './query.ts'
import { expandRecord } from './row.ts'
import { setPlan, setsOfGroups, setsWithin } from './set-plan.ts'
import { expandStar, starExcept, type Target } from './star.ts'
import { checkWindowClause } from './window.ts'
import { putBack, windowExpressions, windowPlan } from './window-plan.ts'

/** Binds one SELECT … FROM … WHERE … GROUP BY … HAVING … ORDER BY … LIMIT. */
export function bindSelect(select: Body, outer: Environment, types: readonly Type[] = []): BoundRelation {
  const from = bindFromList(list(select['fromClause']), outer)
  const base: Environment = { ...outer, scope: { ...outer.scope, columns: from.columns } }
  const where = select['whereClause'] as PgNode | undefined
  let plan = from.plan
  if (where !== undefined)
    plan = filterBy(plan, bindCondition(where, { ...base, clause: 'WHERE', chooses: true }), base.pending)
  checkWindowClause(outer.windowClause, base)
  const env: Environment = { ...base, allow: { aggregates: true, windows: true, sets: true } }
  const targets = bindTargets(list(select['targetList']), from, env, types)
  if (targets.length === 0 && dialectOf(env.context).selectsSomething)
    throw new SqlError('syntax_error', 'SELECT without a select list')
  const titles = targets.map(t => t.name)
  const having = select['havingClause'] as PgNode | undefined
  const havingEnv = {
    ...env,
    allow: { aggregates: true, windows: false, sets: false },
    clause: 'HAVING',
    chooses: true,
  }
  const condition = having === undefined ? undefined : bindCondition(having, havingEnv)
  const sorts = list(select['sortClause']).map(n => bindSort(n, targets, env))
  const distinctOn = list(select['distinctClause']).filter(n => Object.keys(n).length > 0)
  const keys = distinctOn.map(n => outputOr(n, targets, 'SELECT DISTINCT ON', env))
  for (const [i, key] of keys.entries()) requireEquality(key.type, at(distinctOn[i]!, env))
  if (select['distinctClause'] !== undefined && keys.length === 0)
    for (const { value } of targets) requireEquality(value.type, originOf(value))
  requireOrderOfDistinct(keys, sorts, distinctOn, env)
  let groups = groupingSets(select, targets, { ...base, allow: { ...base.allow, sets: true } })
  let list_: readonly Expression[] = [...targets.map(t => t.value), ...sorts.map(s => s.by), ...keys]
  if (groups?.flat().some(g => contains(g, '$set'))) {
    const below = setsOfGroups(plan, groups, list_, env.pending)
    plan = below.plan
    groups = below.groups
    list_ = below.expressions
  }
  const { aggregates, groupings } = env.pending
  if (groups !== undefined || condition !== undefined || aggregates.length + groupings.length > 0) {
    const windowed = env.pending.windows.flatMap(windowExpressions)
    const all = [...list_, ...(condition === undefined ? [] : [condition]), ...windowed, ...env.pending.sets]
    const shown = (key: Expression) => groupKey(key, env.context)
    const grouped = aggregatePlan(plan, groups ?? [[]], all, env.pending, from.columns, shown)
    plan = grouped.plan
    list_ = grouped.expressions.slice(0, list_.length)
    if (condition !== undefined) plan = filterBy(plan, grouped.expressions[list_.length]!, env.pending)
    putBack(env.pending, grouped.expressions.slice(list_.length + (condition === undefined ? 0 : 1)))
  }
  const within = attach(
    plan,
    [...env.pending.windows.flatMap(windowExpressions), ...env.pending.sets],
    env.pending,
  )
  putBack(env.pending, within.expressions)
  plan = within.plan
  const windows = windowPlan(plan, list_, env.pending)
  const which = setsWithin(windows.expressions, env.pending)
  const sets = setPlan(windows.plan, windows.expressions, env.pending, which)
  const attached = attach(sets.plan, sets.expressions, env.pending)
  const done = attached.expressions
  const finished = finish(attached.plan, done, titles, sorts, keys.length, select, env)
  return { plan: finished, names: titles }
}

/** Throws 42P10 where the first rows of DISTINCT ON would not be first by ORDER BY. */
function requireOrderOfDistinct(
  keys: readonly Expression[],
  sorts: readonly Sort[],
  nodes: readonly PgNode[],
  env: Environment,
): void {
  const isKey = (sort: Sort) => keys.some(key => equal(key, sort.by))
  const other = sorts.findIndex(sort => !isKey(sort))
  if (keys.length === 0 || other === -1) return
  const ordered = sorts.slice(0, other)
  const missing = keys.findIndex(key => !ordered.some(sort => equal(key, sort.by)))
  if (missing === -1) return
  const message = 'SELECT DISTINCT ON expressions must match initial ORDER BY expressions'
  throw new SqlError('invalid_column_reference', message, { position: at(nodes[missing]!, env) })
}

function finish(
  input: Plan,
  values: readonly Expression[],
  titles: readonly string[],
  sorts: readonly Sort[],
  keyCount: number,
  select: Body,
  env: Environment,
): Plan {
  const width = titles.length
  // Sort and DISTINCT ON columns that are not outputs follow them.
  const columns: Expression[] = values.slice(0, width)
  const place = values.slice(width).map(e => {
    const known = columns.findIndex(c => equal(c, e))
    return known === -1 ? columns.push(e) - 1 : known
  })
  const hidden = columns.length - width
  const distinct = select['distinctClause'] !== undefined
  const on = place.slice(sorts.length, sorts.length + keyCount)
  const isDistinct = distinct && on.length === 0
  let plan: Plan = {
    op: 'project',
    input,
    columns: isDistinct ? columns.map(e => groupKey(e, env.context)) : columns,
    names: columns.map((_, i) => titles[i] ?? '?column?'),
  }
  const order: Order[] = sorts.map((s, i) => ({
    column: place[i]!,
    descending: s.descending,
    nullsFirst: s.nullsFirst,
  }))
  if (on.length > 0) {
    plan = { op: 'top-n', input: plan, partition: on, order, offset: 0, limit: 1, withTies: false }
  } else if (isDistinct) {
    if (hidden > 0) {
      const message = 'for SELECT DISTINCT, ORDER BY expressions must appear in select list'
      throw new SqlError('invalid_column_reference', message)
    }
    plan = { op: 'aggregate', input: plan, groups: titles.map((_, i) => i), calls: [] }
  }
  const cut = limited(plan, order, select, env)
  return hidden === 0 ? cut : firstColumns(cut, width)
}

interface Sort {
  readonly by: Expression
  readonly descending: boolean
  readonly nullsFirst: boolean
}

function bindSort(node: PgNode, targets: readonly Target[], env: Environment): Sort {
  const sort = as(node, 'SortBy')!
  const by = outputOr(sort['node'] as PgNode, targets, 'ORDER BY', env)
  requireOrder(by.type, at(sort['node'] as PgNode, env))
  return { by, ...direction(sort, env) }
}

function outputOr(node: PgNode, targets: readonly Target[], clause: string, env: Environment): Expression {
  const position = outputPosition(
    node,
    targets.map(t => t.name),
    clause,
    env,
  )
  if (position !== undefined) {
    const { name, value } = targets[position]!
    const named = as(node, 'ColumnRef') !== undefined
    if (named && targets.some(t => t.name === name && !equal(t.value, value)))
      throw new SqlError('ambiguous_column', `${clause} "${name}" is ambiguous`, { position: at(node, env) })
    return value
  }
  return settleText(bindExpression(node, { ...env, clause }), env.context)
}

function groupingSets(
  select: Body,
  targets: readonly Target[],
  env: Environment,
): readonly (readonly Expression[])[] | undefined {
  if (select['groupClause'] === undefined) return undefined
  const bind = (node: PgNode): Expression => {
    const path = names(as(node, 'ColumnRef')?.['fields'])
    // An input column goes before an output name, as in PostgreSQL.
    const input = path.length === 1 && env.scope.columns.some(c => c.name === path[0] && !c.merged)
    const value = input
      ? bindExpression(node, { ...env, clause: 'GROUP BY' })
      : outputOr(node, targets, 'GROUP BY', env)
    const position = at(node, env)
    if (contains(value, '$aggregate'))
      throw new SqlError('grouping_error', 'aggregate functions are not allowed in GROUP BY', { position })
    if (contains(value, '$window'))
      throw new SqlError('windowing_error', 'window functions are not allowed in GROUP BY', { position })
    requireEquality(value.type, position)
    return value
  }
  return setsOf(list(select['groupClause']), select['groupDistinct'] === true, bind)
}

/** The columns of a list of SELECT; `types`: what literals without a type become. */
export function bindTargets(
  nodes: readonly PgNode[],
  from: From,
  env: Environment,
  types: readonly Type[],
): readonly Target[] {
  const targets: Target[] = []
  for (const node of nodes) targets.push(...bindTarget(node, from, env, types[targets.length] ?? TEXT))
  return targets
}

/** `type`: what a literal without a type becomes. */
function bindTarget(node: PgNode, from: From, env: Environment, type: Type): readonly Target[] {
  const target = as(node, 'ResTarget')!
  const value = target['val'] as PgNode
  const star = list(as(value, 'ColumnRef')?.['fields'])
  if (star.length > 0 && as(star.at(-1), 'A_Star') !== undefined) {
    return expandStar(names(star.slice(0, -1)).at(-1), from, env, at(value, env))
  }
  const fields = expandRecord(value, env)
  if (fields !== undefined) return fields
  const except = as(value, 'FuncCall')
  if (names(except?.['funcname']).at(-1) === '*') return starExcept(except!, from, env, at(value, env))
  const bound = settle(bindExpression(value, env), type, env.context, at(value, env))
  return [{ name: target['name'] === undefined ? titleOf(value) : str(target['name']), value: bound }]
}

/** PostgreSQL's name for an output column without AS. */
export function titleOf(node: PgNode): string {
  const [kind, fields] = open(node)
  switch (kind) {
    case 'ColumnRef':
      return names(fields['fields']).at(-1) ?? '?column?'
    case 'GroupingFunc':
      return 'grouping'
    case 'FuncCall':
      return names(fields['funcname']).at(-1) ?? '?column?'
    case 'TypeCast': {
      // The name of what is cast, or else of the type it is cast to last.
      let cast = fields['arg'] as PgNode
      for (let inner = as(cast, 'TypeCast'); inner !== undefined; inner = as(cast, 'TypeCast'))
        cast = inner['arg'] as PgNode
      const inner = titleOf(cast)
      const weak = inner === '?column?' || (as(cast, 'CaseExpr') !== undefined && inner === 'case')
      return weak ? (names((fields['typeName'] as Body)['names']).at(-1) ?? inner) : inner
    }
    case 'CaseExpr':
      return fields['defresult'] === undefined
        ? 'case'
        : titleOf(fields['defresult'] as PgNode).replace('?column?', 'case')
    case 'CoalesceExpr':
      return 'coalesce'
    case 'MinMaxExpr':
      return fields['op'] === 'IS_GREATEST' ? 'greatest' : 'least'
    case 'A_ArrayExpr':
      return 'array'
    case 'RowExpr':
      return 'row'
    case 'A_Expr':
      return fields['kind'] === 'AEXPR_NULLIF' ? 'nullif' : '?column?'
    case 'SQLValueFunction':
      return str(fields['op']).replace('SVFOP_', '').replace(/_N$/, '').toLowerCase()
    case 'A_Indirection': {
      const field = list(fields['indirection'])
        .map(n => as(n, 'String'))
        .findLast(name => name !== undefined)
      return field === undefined ? titleOf(fields['arg'] as PgNode) : str(field['sval'])
    }
    case 'SubLink': {
      if (fields['subLinkType'] === 'EXISTS_SUBLINK') return 'exists'
      if (fields['subLinkType'] === 'ARRAY_SUBLINK') return 'array'
      const first = list(as(fields['subselect'], 'SelectStmt')?.['targetList'])[0]
      const target = first === undefined ? undefined : as(first, 'ResTarget')
      if (fields['subLinkType'] !== 'EXPR_SUBLINK' || target === undefined) return '?column?'
      return target['name'] === undefined ? titleOf(target['val'] as PgNode) : str(target['name'])
    }
    default:
      return '?column?'
  }
}
