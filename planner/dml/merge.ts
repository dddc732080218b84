import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import { as, type Body, list, str } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { at, bindCondition, bindExpression } from '../bind/expression.ts'
import type { From } from '../bind/from.ts'
import type { Relation } from '../catalog.ts'
import type { PgNode } from '../contract.ts'
import { call, conjunction, everyColumn, literal } from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { assign } from './assign.ts'
import {
  assignments,
  columnAt,
  columnDefault,
  generate,
  generatedError,
  isMade,
  overriding,
  project,
} from './columns.ts'
import { replacedBy } from './replaced.ts'
import type { Target } from './target.ts'

/**
 * MERGE (PostgreSQL, MERGE): rows of the source that match rows of the table change or delete them, the others may be inserted.
 * The first WHEN clause whose condition holds acts. A target row that two source rows change is the caller's to see.
 */
export function planMergeRows(fields: Body, target: Target, own: From, source: From, env: Environment): Plan {
  const width = schemaOf(own.plan).length
  const shifted = source.columns.map(c => ({ ...c, index: c.index + width }))
  const both: Environment = { ...env, scope: { columns: [...own.columns, ...shifted] }, pending: noPending() }
  const on = bindCondition(fields['joinCondition'] as PgNode, { ...both, clause: 'JOIN/ON' })
  if (both.pending.subqueries.length > 0) throw notSupported('a subquery in ON of MERGE')
  const matched = joinOn('inner', own.plan, source.plan, on)
  const turned = turn(on, width, schemaOf(source.plan).length)
  const unmatched = joinOn('anti', source.plan, own.plan, turned)
  const alone: Environment = { ...env, scope: { columns: source.columns }, pending: noPending() }
  const parts: Plan[] = []
  const taken: Record<'matched' | 'unmatched', Expression[]> = { matched: [], unmatched: [] }
  for (const node of list(fields['mergeWhenClauses'])) {
    const clause = as(node, 'MergeWhenClause')!
    const kind = kindOf(clause)
    const here = kind === 'matched' ? both : alone
    const when = clause['condition'] as PgNode | undefined
    const condition = when === undefined ? undefined : bindCondition(when, { ...here, clause: 'WHEN' })
    const free = [...taken[kind], ...(condition === undefined ? [] : [condition])]
    const predicate = conjunction(free)
    const input = kind === 'matched' ? matched : unmatched
    const rows = predicate === undefined ? input : filterBy(input, predicate, here.pending)
    parts.push(...actions(clause, rows, target, here))
    taken[kind].push(
      condition === undefined
        ? literal(false, BOOL)
        : call('is distinct from', [condition, literal(true, BOOL)], BOOL),
    )
  }
  return { op: 'union', inputs: parts.length === 0 ? [nothing(matched, target.table, env)] : parts }
}

function kindOf(clause: Body): 'matched' | 'unmatched' {
  const kind = clause['matchKind']
  if (kind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE') throw notSupported('WHEN NOT MATCHED BY SOURCE')
  const matched = kind === undefined ? clause['matched'] === true : kind === 'MERGE_WHEN_MATCHED'
  return matched ? 'matched' : 'unmatched'
}

function actions(clause: Body, rows: Plan, target: Target, env: Environment): Plan[] {
  const { table } = target
  const old = everyColumn(table.columns)
  switch (clause['commandType']) {
    case 'CMD_DELETE':
      return [project(rows, old, -1, true, replacedBy(table, env.context, 'merge'))]
    case 'CMD_UPDATE': {
      const next = assignments(list(clause['targetList']), target, old, { ...env, clause: 'SET' })
      const { expressions, plan } = attach(rows, generate(table, next), env.pending)
      const before = replacedBy(table, env.context, 'merge', old)
      return [project(plan, old, -1, false, before), project(plan, expressions, 1, true, before)]
    }
    case 'CMD_INSERT': {
      const next = inserted(clause, table, { ...env, clause: 'VALUES' })
      const { expressions, plan } = attach(rows, generate(table, next), env.pending)
      return [project(plan, expressions, 1, true, replacedBy(table, env.context, 'merge'))]
    }
    default:
      return []
  }
}

function inserted(clause: Body, table: Relation, env: Environment): readonly Expression[] {
  const named = list(clause['targetList']).map(node => str(as(node, 'ResTarget')!['name']))
  const all = table.columns.flatMap((c, i) => (c.generated === undefined && !c.hidden ? [i] : []))
  const wanted = named.length > 0 ? named.map(name => columnAt(table, name, undefined)) : all
  const over = overriding(clause)
  for (const i of wanted) env.context.sets?.insert.add(i)
  const values = list(clause['values'])
  if (values.length > wanted.length)
    throw new SqlError('syntax_error', 'INSERT has more expressions than target columns')
  if (values.length < named.length)
    throw new SqlError('syntax_error', 'INSERT has more target columns than expressions')
  return table.columns.map((c, i) => {
    const value = values[wanted.indexOf(i)]
    if (value === undefined || as(value, 'SetToDefault') !== undefined) return columnDefault(c, env.context)
    if (isMade(c, over)) throw generatedError(c, 'insert')
    if (over === 'user' && c.identity !== undefined) return columnDefault(c, env.context)
    return assign(bindExpression(value, env), c, env.context, at(value, env))
  })
}

/** The condition over (source ++ target) in place of (target ++ source). */
function turn(condition: Expression, width: number, other: number): Expression {
  const move = (e: Expression): Expression => {
    if (e.kind === 'column') return { ...e, index: e.index < width ? e.index + other : e.index - width }
    return e.kind === 'call' ? { ...e, args: e.args.map(move) } : e
  }
  return move(condition)
}

function nothing(input: Plan, table: Relation, env: Environment): Plan {
  const old = everyColumn(table.columns)
  const none: Plan = { op: 'filter', input, predicate: literal(false, BOOL) }
  return project(none, old, 1, true, replacedBy(table, env.context, 'merge'))
}
