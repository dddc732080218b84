import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import { fieldsOf, type Schema } from '../../types/type.ts'
import { as, type Body, body, list, names, str } from '../bind/ast.ts'
import { settleText } from '../bind/coerce.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { at, bindExpression } from '../bind/expression.ts'
import { NOTHING } from '../bind/from.ts'
import { expandRecord } from '../bind/row.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import { titleOf } from '../bind/select.ts'
import { expandStar } from '../bind/star.ts'
import type { Relation } from '../catalog.ts'
import type { PgNode } from '../contract.ts'
import type { Plan } from '../plan.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import type { BoundDml } from './bind.ts'
import { givenRows, inOrder } from './given-rows.ts'
import { readerOf } from './rights.ts'
import { nameOf, overTable, type Target, tableColumns } from './target.ts'

/** What RETURNING shows of the rows that a statement changed: the table's columns, then those of USING or FROM. */
export interface Returning {
  readonly schema: Schema
  /** Over these rows. */
  readonly columns: readonly Expression[]
  /** With subqueries, or through a view that computes, it is a query of given rows. */
  readonly query?: Plan
}

export function returningOf(fields: Body): readonly PgNode[] {
  const clause = fields['returningClause']
  return list(clause === undefined ? fields['returningList'] : body(clause)['exprs'])
}

/** Throws for what RETURNING cannot show. */
export function bindReturning(
  nodes: readonly PgNode[],
  target: Target,
  tag: BoundDml['tag'],
  fields: Body,
  env: Environment,
  beside: readonly ScopeColumn[],
): Returning {
  const { table, view } = target
  const others = beside.map((c, i) => ({ ...c, index: table.columns.length + i }))
  const rows = givenRows(fieldsOf([...table.columns, ...beside]))
  const from =
    view === undefined
      ? { plan: rows, columns: ownColumns(table, tag, fields, env) }
      : overTable(view, nameOf(view, fields), env, { plan: rows, columns: tableColumns(table) })
  const columns = [...from.columns, ...others]
  const scoped: Environment = { ...env, scope: { columns }, pending: noPending(), clause: 'RETURNING' }
  const isMerge = fields['mergeWhenClauses'] !== undefined
  const outputs = nodes.flatMap(node => {
    const item = as(node, 'ResTarget')!
    const value = item['val'] as PgNode
    const star = list(as(value, 'ColumnRef')?.['fields'])
    if (star.length > 0 && as(star.at(-1), 'A_Star') !== undefined) {
      if (isMerge && star.length === 1)
        throw notSupported('MERGE … RETURNING * (name the columns of the target)')
      return expandStar(
        names(star.slice(0, -1)).at(-1),
        { plan: NOTHING.plan, columns },
        scoped,
        at(value, scoped),
      )
    }
    const fields = expandRecord(value, scoped)
    if (fields !== undefined) return fields
    const bound = isMerge ? ofTarget(value, scoped) : settleText(bindExpression(value, scoped), env.context)
    return [{ name: item['name'] === undefined ? titleOf(value) : str(item['name']), value: bound }]
  })
  const returning = {
    schema: outputs.map(o => ({ name: o.name, type: o.value.type })),
    columns: outputs.map(o => o.value),
  }
  if (scoped.pending.subqueries.length === 0 && from.plan === rows) return returning
  const attached = attach(from.plan, returning.columns, scoped.pending)
  const { expressions } = attached
  const titles = outputs.map(o => o.name)
  const place = table.columns.length + beside.length
  return { ...returning, query: inOrder(attached.plan, expressions, titles, place) }
}

function ownColumns(
  table: Relation,
  tag: BoundDml['tag'],
  fields: Body,
  env: Environment,
): readonly ScopeColumn[] {
  const alias = body(body(fields['relation'])['alias'])['aliasname']
  return table.columns.map((c, index) => ({
    name: c.name,
    type: c.type,
    index,
    table: typeof alias === 'string' ? alias : table.name,
    ...(c.hidden === true ? { hidden: true } : {}),
    ...(c.name === ROW_ID_COLUMN && c.hidden && makesRows(tag)
      ? { read: numberedLater }
      : readerOf(env, table, index)),
  }))
}

function makesRows(tag: BoundDml['tag']): boolean {
  return tag === 'INSERT' || tag === 'MERGE'
}

/** New rows get their numbers where they are stored. */
function numberedLater(): never {
  throw notSupported('_row_id of the rows that are inserted')
}

/** What MERGE returns is of the target alone. */
function ofTarget(value: PgNode, env: Environment): Expression {
  if (names(as(value, 'FuncCall')?.['funcname']).at(-1) === 'merge_action')
    throw notSupported('merge_action()', { position: at(value, env) })
  try {
    return settleText(bindExpression(value, env), env.context)
  } catch (error) {
    if (!(error instanceof SqlError) || !['undefined_column', 'undefined_table'].includes(error.condition))
      throw error
    throw notSupported('MERGE … RETURNING of what is not a column of the target', {
      position: error.position,
    })
  }
}
