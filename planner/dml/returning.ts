import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression, Job } from '../../types/job.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import { fieldsOf, INT4, type Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
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
import type { ParameterValues, PgNode } from '../contract.ts'
import { column, literal } from '../expressions.ts'
import { optimize } from '../optimize.ts'
import { firstColumns, type Plan, rewrite } from '../plan.ts'
import { settled, withParameters } from '../query.ts'
import { batchJob } from '../recursions.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import type { BoundDml } from './bind.ts'
import { readerOf } from './rights.ts'

/** What RETURNING shows of the rows that a statement changed: the table's columns, then those of USING or FROM. */
export interface Returning {
  readonly schema: Schema
  /** Over these rows. */
  readonly columns: readonly Expression[]
  /** With subqueries it is a query, which has the rows where `ROWS` stands. */
  readonly query?: Plan
}

/** Name of the last column of the rows that a query of RETURNING reads: their order. */
const ROWS = '$returned'

export function returningOf(fields: Body): readonly PgNode[] {
  const clause = fields['returningClause']
  return list(clause === undefined ? fields['returningList'] : body(clause)['exprs'])
}

/** Throws for what RETURNING cannot show. */
export function bindReturning(
  nodes: readonly PgNode[],
  table: Relation,
  tag: BoundDml['tag'],
  fields: Body,
  env: Environment,
  beside: readonly ScopeColumn[],
): Returning {
  const alias = body(body(fields['relation'])['alias'])['aliasname']
  const own = table.columns.map((c, index) => ({
    name: c.name,
    type: c.type,
    index,
    table: typeof alias === 'string' ? alias : table.name,
    ...(c.hidden === true ? { hidden: true } : {}),
    ...(c.name === ROW_ID_COLUMN && c.hidden && makesRows(tag)
      ? { read: numberedLater }
      : readerOf(env, table, index)),
  }))
  const columns = [...own, ...beside.map((c, i) => ({ ...c, index: own.length + i }))]
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
  if (scoped.pending.subqueries.length === 0) return returning
  return { ...returning, query: queryOf(returning, columns, scoped.pending) }
}

/** The outputs for each row, in the order of the rows. */
function queryOf(
  { schema, columns }: Returning,
  from: readonly ScopeColumn[],
  pending: Environment['pending'],
): Plan {
  const place = from.length
  const rows: Plan = { op: 'values', schema: [...fieldsOf(from), { name: ROWS, type: INT4 }], rows: [] }
  const attached = attach(rows, columns, pending)
  const shown: Plan = {
    op: 'project',
    input: attached.plan,
    columns: [...attached.expressions, column(place, INT4)],
    names: [...schema.map(({ name }) => name), ROWS],
  }
  const order = [{ column: schema.length, descending: false, nullsFirst: false }]
  const sorted: Plan = { op: 'sort', input: shown, order, offset: 0, withTies: false }
  return firstColumns(
    sorted,
    schema.length,
    schema.map(({ name }) => name),
  )
}

/** The job of a RETURNING that has subqueries, over the rows that were changed. */
export function returningJob(
  query: Plan,
  rows: readonly (readonly Value[])[],
  parameters: ParameterValues,
  nowMicros: bigint,
): Job {
  const filled = rewrite(query, p => {
    if (p.op !== 'values' || p.schema.at(-1)?.name !== ROWS) return p
    return {
      ...p,
      rows: rows.map((row, n) => [...row, n].map((value, i) => literal(value, p.schema[i]!.type))),
    }
  })
  return batchJob(settled(optimize(withParameters(filled, parameters, nowMicros))), settled)
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
