import { CHANGES_COLUMNS } from '../../executor/operators/changes.ts'
import { notSupported } from '../../types/error.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import type { PgNode } from '../contract.ts'
import { column } from '../expressions.ts'
import { keyOf, type Plan, schemaOf } from '../plan.ts'
import { as, type Body, body, list, names } from './ast.ts'
import type { BoundRelation, Environment } from './environment.ts'
import { bindFromList } from './from.ts'

/** The relation of `CHANGELOG FROM`, which the dialect writes as SELECT "changelog"() FROM it; undefined: it is something else. */
export function changelogOf(select: Body): PgNode | undefined {
  const targets = list(select['targetList'])
  const call = as(body(as(targets[0], 'ResTarget'))['val'], 'FuncCall')
  if (targets.length !== 1 || names(call?.['funcname']).join('.') !== 'changelog') return undefined
  return list(select['fromClause'])[0]
}

/** The rows of one changelog with the number of each behind their columns; undefined: they are something else. */
export function withChangeIds(plan: Plan): Plan | undefined {
  if (plan.op === 'changes') return plan
  if (plan.op !== 'filter' && plan.op !== 'project') return undefined
  const input = withChangeIds(plan.input)
  if (input === undefined || plan.op === 'filter') return input && { ...plan, input }
  const schema = schemaOf(input)
  const id = schema.findLastIndex(field => field.name === CHANGE_ID)
  const columns = [...plan.columns, column(id, schema[id]!.type)]
  return { ...plan, input, columns, names: [...plan.names, CHANGE_ID] }
}

const CHANGE_ID = CHANGES_COLUMNS.at(-1)!.name

/** The changes of a relation: its columns that are shown, `changelog_op` and, hidden, `_changelog_row_id`. */
export function bindChangelog(relation: PgNode, env: Environment): BoundRelation {
  if (env.context.mode !== 'stream') throw notSupported('CHANGELOG in a query that is no view or sink')
  const { plan: input, columns } = bindFromList([relation], env)
  const shown = columns.filter(c => !c.hidden)
  for (const c of shown) c.read?.()
  const rowId = columns.find(c => c.hidden && c.name === ROW_ID_COLUMN)
  const key = keyOf(input) ?? (rowId === undefined ? [] : [rowId.index])
  const changes: Plan = { op: 'changes', input, key }
  const width = schemaOf(input).length
  const schema = schemaOf(changes)
  const kept = [...shown.map(c => c.index), width, width + 1]
  const plan: Plan = {
    op: 'project',
    input: changes,
    columns: kept.map(i => column(i, schema[i]!.type)),
    names: kept.map(i => schema[i]!.name),
  }
  return { plan, names: plan.names, hidden: new Set([kept.length - 1]) }
}
