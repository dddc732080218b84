import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INT8, sameType, type Type } from '../../types/type.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { column, columnsOf, TRUE } from '../expressions.ts'
import { limitDepth, type Plan, schemaOf } from '../plan.ts'
import { rowCount } from '../row-counts.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import { as, type Body, body, integer, items, list, location, names, open } from './ast.ts'
import { bindChangelog, changelogOf } from './changelog.ts'
import { coerce, unifiedType } from './coerce.ts'
import { requireEquality, requireOrder } from './comparable.ts'
import { columnsByName, corresponding } from './corresponding.ts'
import { type BoundRelation, type Ctes, type Environment, noPending } from './environment.ts'
import { at, bindExpression } from './expression.ts'
import { direction } from './function.ts'
import { groupKey } from './group-key.ts'
import { bindRecursive, readsItself } from './recursive.ts'
import { bindEach } from './row.ts'
import { depthOf, type Scope } from './scope.ts'
import { requireRecursion } from './search-cycle.ts'
import { bindSelect } from './select.ts'
import { itemsInOrder, namingLater } from './with-items.ts'

/** Binds any query: WITH, set operations, VALUES, SELECT; then ORDER BY and LIMIT. */
export function bindTree(
  select: Body,
  around: BindContext,
  outer: {
    readonly ctes: Ctes
    readonly scope?: Scope
    readonly dependsOn: Set<number>
    readonly depth: number
    /** Types that bare literals of the outermost SELECT take: the columns an INSERT fills. */
    readonly targets?: readonly Type[]
    readonly ordered?: boolean
  },
): BoundRelation {
  limitDepth(outer.depth)
  const context = { ...around, block: ++around.blocks.last }
  const env: Environment = {
    context,
    scope: { columns: [], ...(outer.scope === undefined ? {} : { parent: outer.scope }) },
    ctes: outer.ctes,
    clause: 'SELECT',
    pending: noPending(),
    allow: { aggregates: false, windows: false, sets: false },
    windowClause: list(select['windowClause']),
    dependsOn: outer.dependsOn,
    ...(outer.ordered === true && { ordered: true }),
    bindSubquery: (inner, from, ordered, targets) =>
      bindTree(inner, from.context, {
        ctes: from.ctes,
        ...(targets === undefined ? {} : { targets }),
        ...(from.scope.columns.length > 0 || from.scope.parent !== undefined ? { scope: owned(from) } : {}),
        dependsOn: from.dependsOn,
        ...(ordered === true && { ordered }),
        depth: outer.depth + 1,
      }),
  }
  const withCtes = { ...env, ctes: bindCtes(body(select['withClause']), env) }
  const into = select['intoClause'] as { readonly rel: { readonly location?: number } } | undefined
  if (into !== undefined)
    throw new SqlError('syntax_error', 'SELECT ... INTO is not allowed here', {
      position: env.context.position(into.rel.location),
    })
  const operation = select['op'] ?? 'SETOP_NONE'
  if (operation !== 'SETOP_NONE') return ordered(bindSetOperation(select, withCtes), select, withCtes)
  if (select['valuesLists'] !== undefined)
    return ordered(bindValues(list(select['valuesLists']), withCtes), select, withCtes)
  return bindSelect(select, withCtes, outer.targets)
}

/** The names around a subquery, with the query that computes what the subquery has of its aggregates. */
function owned({ scope, pending, allow: { aggregates }, clause }: Environment): Scope {
  if (scope.owner !== undefined) return scope
  const inFrom = !aggregates && clause === 'SELECT'
  const where = inFrom ? 'FROM clause of their own query level' : clause
  return { ...scope, owner: { pending, aggregates, clause: where } }
}

/** The queries of a WITH clause, besides those of the enclosing ones. */
export function bindCtes(clause: Body, env: Environment): Ctes {
  const ctes = new Map(env.ctes)
  const own = new Set<string>()
  for (const cte of itemsInOrder(clause, env)) {
    const bound = namingLater(clause, ctes, () => bindCte(cte, clause['recursive'] === true, ctes, env))
    const renamed = names(cte['aliascolnames'])
    const titles = bound.names.map((n, i) => renamed[i] ?? n)
    const name = String(cte['ctename'])
    if (renamed.length > titles.length)
      throw new SqlError(
        'invalid_column_reference',
        `WITH query "${name}" has ${titles.length} columns available but ${renamed.length} columns specified`,
        { position: env.context.position(cte['location'] as number | undefined) },
      )
    if (own.has(name))
      throw new SqlError('duplicate_alias', `WITH query name "${name}" specified more than once`, {
        position: env.context.position(cte['location'] as number | undefined),
      })
    own.add(name)
    ctes.set(name, { ...bound, names: titles, depth: depthOf(env.scope.parent) })
  }
  return ctes
}

function bindCte(cte: Body, recursive: boolean, ctes: Ctes, env: Environment): BoundRelation {
  const select = as(cte['ctequery'], 'SelectStmt')
  if (select === undefined) return returnedBy(cte, env)
  const inner = withParent({ ...env, ctes })
  const of = changelogOf(select)
  if (of !== undefined) return bindChangelog(of, inner)
  if (recursive && readsItself(String(cte['ctename']), select)) return bindRecursive(cte, ctes, inner)
  requireRecursion(cte, env.context.position(cte['location'] as number | undefined))
  return env.bindSubquery(select, inner)
}

/** What a change of the top WITH has returned. */
function returnedBy(cte: Body, { context }: Environment): BoundRelation {
  const found = context.returned?.get(cte['ctequery'])
  if (found !== undefined) return found
  const message =
    context.mode === 'stream'
      ? 'materialized views must not use data-modifying statements in WITH'
      : 'WITH clause containing a data-modifying statement must be at the top level'
  throw new SqlError('feature_not_supported', message, {
    position: context.position(cte['location'] as number | undefined),
  })
}

/** Where the first of some nodes that tell their place stands. */
function firstLocation(nodes: readonly PgNode[]): number | undefined {
  for (const node of nodes) {
    const [, fields] = open(node)
    const own = fields['val'] === undefined ? location(node) : location(fields['val'] as PgNode)
    if (own !== undefined) return own
  }
  return undefined
}

/** Rows of VALUES, columns unified. */
function bindValues(lists: readonly PgNode[], env: Environment): BoundRelation {
  const inner = { ...env, clause: 'VALUES' }
  const rows = lists.map(row => bindEach(items(row), inner))
  const width = rows[0]!.length
  const odd = rows.findIndex(row => row.length !== width)
  if (odd !== -1) {
    const position = env.context.position(firstLocation(items(lists[odd]!)))
    throw new SqlError('syntax_error', 'VALUES lists must all be the same length', { position })
  }
  const types = Array.from({ length: width }, (_, i) =>
    unifiedType(
      rows.map(row => row[i]!),
      'VALUES',
      undefined,
    ),
  )
  const schema = types.map((type, i) => ({ name: `column${i + 1}`, type }))
  const typed = rows.map(row => row.map((e, i) => coerce(e, types[i]!, 'implicit', env.context, undefined)))
  const titles = schema.map(f => f.name)
  if (env.pending.subqueries.length === 0)
    return { plan: { op: 'values', schema, rows: typed }, names: titles }
  const one: Plan = { op: 'values', schema: [], rows: [[]] }
  const each = typed.map((row): Plan => {
    const attached = attach(one, row, env.pending)
    return { op: 'project', input: attached.plan, columns: attached.expressions, names: titles }
  })
  return { plan: { op: 'union', inputs: each }, names: titles }
}

const SETS: Readonly<Record<string, string>> = {
  SETOP_UNION: 'UNION',
  SETOP_INTERSECT: 'INTERSECT',
  SETOP_EXCEPT: 'EXCEPT',
}

function bindSetOperation(select: Body, env: Environment): BoundRelation {
  const what = SETS[String(select['op'])]!
  const matched = corresponding(body(select['rarg']))
  const inner = withParent(env)
  const bound = bindSides(body(select['larg']), matched.select, inner, matched.by === undefined)
  const sides = matched.by === undefined ? bound : columnsByName(bound, matched.by)
  const [left, right] = sides
  if (left.names.length !== right.names.length) {
    const position = env.context.position(firstLocation(list(body(select['rarg'])['targetList'])))
    throw new SqlError('syntax_error', `each ${what} query must have the same number of columns`, {
      position,
    })
  }
  if (left.names.length === 0) return withoutColumns(what, select['all'] === true, sides)
  const types = schemaOf(left.plan).map((f, i) => {
    const other = schemaOf(right.plan)[i]!
    return unifiedType([column(i, f.type), column(i, other.type)], what, undefined)
  })
  const all = select['all'] === true
  const typed = sides.map((side): Plan => {
    const columns = schemaOf(side.plan).map((f, i) => {
      const typed = coerce(column(i, f.type), types[i]!, 'implicit', env.context, undefined)
      return all ? typed : groupKey(typed, env.context)
    })
    if (columns.every(e => e.kind === 'column')) return side.plan
    return { op: 'project', input: side.plan, columns, names: left.names }
  })
  if (!all || what !== 'UNION')
    for (const [i, type] of types.entries())
      requireEquality(type, targetLocation(body(select['larg']), i, env))
  if (what !== 'UNION') {
    const operation = what === 'INTERSECT' ? 'intersect' : 'except'
    return {
      plan: { op: 'set-operation', operation, all, left: typed[0]!, right: typed[1]! },
      names: left.names,
    }
  }
  const union: Plan = { op: 'union', inputs: typed }
  const plan: Plan = all
    ? union
    : { op: 'aggregate', input: union, groups: types.map((_, i) => i), calls: [] }
  return { plan, names: left.names }
}

/** Where an output of a SELECT stands; undefined: not known for that. */
function targetLocation(select: Body, i: number, env: Environment): number | undefined {
  const target = as(list(select['targetList'])[i], 'ResTarget')?.['val']
  return target === undefined ? undefined : at(target as PgNode, env)
}

/** Rows without columns are all alike: a constant that is not shown stands for each. */
function withoutColumns(what: string, all: boolean, sides: readonly BoundRelation[]): BoundRelation {
  const [left, right] = sides.map(
    ({ plan }): Plan => ({ op: 'project', input: plan, columns: [TRUE], names: ['?column?'] }),
  )
  if (what !== 'UNION') {
    const operation = what === 'INTERSECT' ? 'intersect' : 'except'
    return { plan: { op: 'set-operation', operation, all, left: left!, right: right! }, names: [] }
  }
  const union: Plan = { op: 'union', inputs: [left!, right!] }
  return { plan: all ? union : { op: 'aggregate', input: union, groups: [0], calls: [] }, names: [] }
}

/** Both sides; a bare literal takes the type that the other side has in its place. */
function bindSides(
  left: Body,
  right: Body,
  env: Environment,
  byPosition: boolean,
): readonly [BoundRelation, BoundRelation] {
  const bound = [left, right].map(side => visible(env.bindSubquery(side, env)))
  const types = bound.map(side => schemaOf(side.plan).map(f => f.type))
  const typed = (side: Body, i: number): BoundRelation => {
    const [own, other] = [types[i]!, types[1 - i]!]
    const differs = bareLiterals(side, own.length).some(
      n => other[n] !== undefined && !sameType(own[n]!, other[n]),
    )
    return byPosition && differs ? visible(env.bindSubquery(side, env, false, other)) : bound[i]!
  }
  return [typed(left, 0), typed(right, 1)]
}

/** Positions of a SELECT's outputs that are quoted literals or NULL. */
function bareLiterals(select: Body, width: number): readonly number[] {
  if ((select['op'] ?? 'SETOP_NONE') !== 'SETOP_NONE') return []
  const values = list(select['targetList']).map(n => as(n, 'ResTarget')?.['val'])
  const isStar = (n: unknown): boolean =>
    list(as(n, 'ColumnRef')?.['fields']).some(f => as(f, 'A_Star') !== undefined)
  const [first, last] = [values.findIndex(isStar), values.findLastIndex(isStar)]
  return values.flatMap((value, i) => {
    const constant = as(value, 'A_Const')
    if (constant?.['isnull'] !== true && constant?.['sval'] === undefined) return []
    // A star stands for a number of outputs that is known from the whole only.
    if (first === -1 || i < first) return [i]
    return i > last ? [width - values.length + i] : []
  })
}

/** For a subquery that stands beside the names of its query, not inside: it sees what encloses the query only. */
export function withParent(env: Environment): Environment {
  return { ...env, scope: env.scope.parent ?? { columns: [] } }
}

/** The relation without hidden columns. */
export function visible(bound: BoundRelation): BoundRelation {
  const schema = schemaOf(bound.plan)
  if (schema.length === bound.names.length) return bound
  const columns = bound.names.map((_, i) => column(i, schema[i]!.type))
  return { plan: { op: 'project', input: bound.plan, columns, names: bound.names }, names: bound.names }
}

/** ORDER BY of a set operation or VALUES: output columns by name or position. */
function ordered(bound: BoundRelation, select: Body, env: Environment): BoundRelation {
  const order = list(select['sortClause']).map(node => {
    const sort = as(node, 'SortBy')!
    const place = outputPosition(sort['node'] as PgNode, bound.names, 'ORDER BY', env)
    if (place === undefined) {
      const path = names(as(sort['node'], 'ColumnRef')?.['fields'])
      if (path.length === 1)
        throw new SqlError('undefined_column', `column "${path[0]}" does not exist`, {
          position: at(sort['node'] as PgNode, env),
        })
      const message = 'invalid UNION/INTERSECT/EXCEPT ORDER BY clause'
      throw new SqlError('feature_not_supported', message, {
        position: at(sort['node'] as PgNode, env),
        detail: 'Only result column names can be used, not expressions or functions.',
        hint: 'Add the expression/function to every SELECT, or move the UNION into a FROM clause.',
      })
    }
    requireOrder(schemaOf(bound.plan)[place]!.type, at(sort['node'] as PgNode, env))
    return { column: place, ...direction(sort, env) }
  })
  return { plan: limited(bound.plan, order, select, env), names: bound.names }
}

/** Position of an output column that a bare name or ordinal means; undefined: an expression. */
export function outputPosition(
  node: PgNode,
  outputs: readonly string[],
  clause: string,
  env: Environment,
): number | undefined {
  const ordinal = integer(node)
  if (ordinal !== undefined) {
    if (ordinal >= 1 && ordinal <= outputs.length) return ordinal - 1
    const position = env.context.position(as(node, 'A_Const')?.['location'] as number | undefined)
    const message = `${clause} position ${ordinal} is not in select list`
    throw new SqlError('invalid_column_reference', message, { position })
  }
  const path = names(as(node, 'ColumnRef')?.['fields'])
  const at = path.length === 1 ? outputs.indexOf(path[0]!) : -1
  return at === -1 ? undefined : at
}

/** ORDER BY, LIMIT and OFFSET over a plan: a sort in a batch, a top-n in a stream. */
export function limited(
  plan: Plan,
  order: readonly { readonly column: number; readonly descending: boolean; readonly nullsFirst: boolean }[],
  select: Body,
  env: Environment,
): Plan {
  const given = {
    limit: count(select['limitCount'], 'LIMIT', env),
    offset: count(select['limitOffset'], 'OFFSET', env),
  }
  const later = {
    ...(typeof given.limit === 'object' && { limit: given.limit }),
    ...(typeof given.offset === 'object' && { offset: given.offset }),
  }
  const counts = Object.keys(later).length > 0 ? { counts: later } : {}
  const limit = typeof given.limit === 'number' ? given.limit : undefined
  const offset = typeof given.offset === 'number' ? given.offset : 0
  const cuts = limit !== undefined || offset > 0 || 'counts' in counts
  const withTies = select['limitOption'] === 'LIMIT_OPTION_WITH_TIES'
  if (env.ordered === true && order.length > 0 && !cuts)
    return { op: 'sort', input: plan, order, offset, withTies }
  if (env.context.mode === 'stream' || env.scope.parent !== undefined) {
    if (!cuts) return plan
    const most = limit ?? Number.MAX_SAFE_INTEGER
    return { op: 'top-n', input: plan, partition: [], order, offset, limit: most, withTies, ...counts }
  }
  if (order.length === 0 && !cuts) return plan
  const sort: Plan = { op: 'sort', input: plan, order, offset, withTies, ...counts }
  return limit === undefined ? sort : { ...sort, limit }
}

/** A number of rows, or the expression that gives it once its parameters are known; undefined: all. */
function count(node: unknown, clause: 'LIMIT' | 'OFFSET', env: Environment): number | Expression | undefined {
  if (node === undefined) return undefined
  const bound = bindExpression(node as PgNode, { ...env, clause })
  const e = coerce(bound, INT8, 'assignment', env.context, undefined)
  if (columnsOf(e).size > 0) {
    const message = `argument of ${clause} must not contain variables`
    throw new SqlError('invalid_column_reference', message, { position: at(node as PgNode, env) })
  }
  if (!isConstant(e)) throw notSupported(`${clause} that is not a constant`)
  return hasParameter(e) ? e : rowCount(e, clause)
}

/** Literals, parameters and calls of functions alone, no subquery or outer column. */
function isConstant(e: Expression): boolean {
  if (e.kind === 'call') return !e.fn.startsWith('$') && e.args.every(isConstant)
  return e.kind === 'literal' || e.kind === 'parameter'
}

function hasParameter(e: Expression): boolean {
  return e.kind === 'parameter' || (e.kind === 'call' && e.args.some(hasParameter))
}
