import { notSupported } from '../../types/error.ts'
import type { Expression, JoinType } from '../../types/job.ts'
import type { PgNode } from '../contract.ts'
import { columnsOf, outer, remap } from '../expressions.ts'
import { joinOn, side } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { isCorrelated } from '../unnest/decorrelate.ts'
import { joinLateral, range, reordered } from '../unnest/dependent.ts'
import { deepened, mapOuter, numberOuter } from '../unnest/outer-references.ts'
import { as, open } from './ast.ts'
import {
  contains,
  type Environment,
  noPending,
  type Pending,
  placeholderIndex,
  replaceCalls,
} from './environment.ts'
import { bindCondition } from './expression.ts'
import { bindFrom, bindTableFunction, type From, sideBySide, windowName } from './from.ts'
import type { Scope } from './scope.ts'

/** The right item of a join and how both are joined; LATERAL subqueries and table functions in it may read the left one. */
export function bindRight(
  type: JoinType,
  left: From,
  node: PgNode,
  env: Environment,
): { readonly right: From; join(condition: Expression | undefined): Plan } {
  const lateral = (type === 'inner' || type === 'left') && hasLateral(node)
  const right = bindFrom(node, lateral ? within(left, env) : env)
  return {
    right,
    join: condition =>
      lateral
        ? joinLateralFrom(type, left, right.plan, condition)
        : joinOn(type, left.plan, right.plan, condition),
  }
}

/** Joins an item of FROM to what stands left of it, which LATERAL subqueries and table functions in the item may read. */
export function bindBeside(
  type: JoinType,
  left: From,
  node: PgNode,
  quals: PgNode | undefined,
  env: Environment,
): From {
  const fn = as(node, 'RangeFunction')
  const lateral = (type === 'inner' || type === 'left') && hasLateral(node)
  if (lateral && fn !== undefined && (type === 'inner' || isTrueConstant(quals))) {
    const beside = bindTableFunction(fn, env, left, type === 'left')
    return quals === undefined ? beside : filteredBy(beside, quals, env)
  }
  const { right, join } = bindRight(type, left, node, env)
  const both = sideBySide(left, right)
  if (quals === undefined) return { plan: join(undefined), columns: both }
  const condition = bindCondition(quals, onScope(env, both))
  if (!contains(condition, '$subquery')) return { plan: join(condition), columns: both }
  if (type === 'inner') return { plan: filterBy(join(undefined), condition, env.pending), columns: both }
  const sided = lateral ? undefined : joinSided(type, left.plan, right.plan, condition, env.pending)
  if (sided !== undefined) return { plan: sided, columns: both }
  if (type === 'left') return { plan: joinFiltered(left, node, quals, env), columns: both }
  if (type !== 'right') throw notSupported('a subquery in ON of a FULL JOIN')
  const other = bindFrom(node, env)
  const swapped = joinFilteredFrom(other, { ...left, plan: deepened(left.plan, 1) }, quals, env)
  const [l, r] = [schemaOf(left.plan).length, schemaOf(other.plan).length]
  return { plan: reordered(swapped, [...range(r, r + l), ...range(0, r)]), columns: both }
}

/** Joins on a condition whose subqueries read one side each: their values are columns of that side. */
function joinSided(
  type: JoinType,
  left: Plan,
  right: Plan,
  condition: Expression,
  pending: Pending,
): Plan | undefined {
  const [leftWidth, rightWidth] = [schemaOf(left).length, schemaOf(right).length]
  const ofLeft: Expression[] = []
  const ofRight: Expression[] = []
  let divided = false
  const collect = (e: Expression): Expression | undefined => {
    if (placeholderIndex(e, '$subquery') === undefined) return undefined
    const read = side(e, leftWidth)
    if (read === undefined && columnsOf(e).size > 0) divided = true
    if (read === 'left') ofLeft.push(e)
    else ofRight.push(e)
    return e
  }
  replaceCalls(condition, collect)
  if (divided) return undefined
  const l = attach(left, ofLeft, pending)
  const r = attach(
    right,
    ofRight.map(e => remap(e, i => i - leftWidth)),
    pending,
  )
  const at = schemaOf(l.plan).length
  const over = (e: Expression): Expression | undefined => {
    if (e.kind === 'column') return e.index < leftWidth ? e : { ...e, index: e.index - leftWidth + at }
    const [fromLeft, fromRight] = [ofLeft.indexOf(e), ofRight.indexOf(e)]
    if (fromLeft !== -1) return l.expressions[fromLeft]
    return fromRight === -1 ? undefined : remap(r.expressions[fromRight]!, i => i + at)
  }
  const joined = joinOn(type, l.plan, r.plan, replaceCalls(condition, over))
  return reordered(joined, [...range(0, leftWidth), ...range(at, at + rightWidth)])
}

/** The environment as items see it that are not LATERAL. */
export function withoutLateral(env: Environment): Environment {
  const parent = strip(env.scope.parent)
  return parent === env.scope.parent ? env : { ...env, scope: { ...env.scope, ...(parent && { parent }) } }
}

function strip(scope: Scope | undefined): Scope | undefined {
  if (scope?.lateral !== true) return scope
  const parent = strip(scope.parent)
  return { columns: [], lateral: true, ...(parent && { parent }) }
}

function within(left: From, env: Environment): Environment {
  const { parent } = env.scope
  const around: Scope = { columns: left.columns, lateral: true, ...(parent && { parent }) }
  return { ...env, scope: { columns: [], parent: around } }
}

function onScope(env: Environment, columns: From['columns']): Environment {
  const own = withoutLateral(env)
  return { ...own, scope: { ...own.scope, columns }, clause: 'JOIN/ON' }
}

function filteredBy(from: From, quals: PgNode, env: Environment): From {
  const condition = bindCondition(quals, onScope(env, from.columns))
  return { ...from, plan: filterBy(from.plan, condition, env.pending) }
}

/** A left join whose condition has subqueries: the right side is filtered for each row of the left. */
function joinFiltered(left: From, node: PgNode, quals: PgNode, env: Environment): Plan {
  const deep = within(left, env)
  return joinFilteredFrom(left, bindFrom(node, hasLateral(node) ? deep : withoutLateral(deep)), quals, env)
}

function joinFilteredFrom(left: From, right: From, quals: PgNode, env: Environment): Plan {
  const deep = within(left, env)
  const scope: Scope = { ...deep.scope, columns: right.columns }
  const inner: Environment = { ...deep, scope, pending: noPending(), clause: 'JOIN/ON' }
  const filtered = filterBy(right.plan, bindCondition(quals, inner), inner.pending)
  return joinLateralFrom('left', left, filtered)
}

/** Joins a plan one query further in, whose outer references of depth 1 read the left side. */
function joinLateralFrom(type: JoinType, left: From, right: Plan, condition?: Expression): Plan {
  if (!isCorrelated(right)) return joinOn(type, left.plan, right, condition)
  let reads = false
  const higher = mapOuter(right, ({ index, depth }, leaf) => {
    if (depth === 1) reads = true
    return depth === 1 ? leaf : outer(index, depth - 1, leaf.type)
  })
  if (!reads) return joinOn(type, left.plan, higher, condition)
  const { plan, args } = numberOuter(right)
  return joinLateral(type === 'left' ? 'left' : 'inner', left.plan, plan, args, condition)
}

/** True when something in the item may read what stands left of it. */
function hasLateral(node: PgNode): boolean {
  const [kind, fields] = open(node)
  if (kind === 'RangeFunction') return windowName(fields) === undefined
  if (kind === 'RangeSubselect') return fields['lateral'] === true
  return kind === 'JoinExpr' && (hasLateral(fields['larg'] as PgNode) || hasLateral(fields['rarg'] as PgNode))
}

function isTrueConstant(quals: PgNode | undefined): boolean {
  const constant = quals === undefined ? undefined : as(quals, 'A_Const')
  const value = constant?.['boolval'] as { readonly boolval?: boolean } | undefined
  return value?.boolval === true
}
