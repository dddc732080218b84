import type { Relation } from '../../planner/catalog.ts'
import type { PgNode } from '../../planner/contract.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { type RangeVar, rangeName } from '../../planner/parse/range-name.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { findByName } from '../statements/bind.ts'
import type { Prepared, StatementContext } from '../statements/contract.ts'
import { tellingColumns } from '../statements/row-id-column.ts'
import type { Rows } from './rows.ts'

/** Where a cursor over the rows of one table stands, for WHERE CURRENT OF. */
export interface Place {
  readonly table: number
  /** Of the table, that tell its rows apart; they are the last columns of the rows that are read. */
  readonly columns: readonly number[]
  /** undefined: on no row. */
  row: readonly Value[] | undefined
}

interface Updatable {
  readonly prepared: Prepared
  readonly place: Place
}

/**
 * The query with the columns behind it that tell which row of its table each of its rows is; undefined: they do not come from one
 * table row by row.
 */
export function updatable(
  query: Fragment,
  context: StatementContext,
  prepare: (query: Fragment) => Prepared,
): Updatable | undefined {
  const select = query.node['SelectStmt'] as Readonly<Record<string, unknown>> | undefined
  const from = (select?.['fromClause'] ?? []) as readonly { readonly RangeVar?: RangeVar }[]
  const range = from[0]?.RangeVar as (RangeVar & { alias?: { aliasname: string } }) | undefined
  if (select === undefined || range === undefined || from.length !== 1) return undefined
  if (['groupClause', 'distinctClause', 'withClause'].some(clause => select[clause] !== undefined))
    return undefined
  const table = findByName(context, rangeName(range, query))
  const columns = table?.kind === 'table' ? tellingColumns(table) : []
  if (table === undefined || columns.length === 0) return undefined
  const of = range.alias?.aliasname ?? range.relname
  const targets = select['targetList'] as readonly PgNode[]
  const targetList = [...targets, ...columns.map(at => reference(of, table, at))]
  try {
    const prepared = prepare({ ...query, node: { SelectStmt: { ...select, targetList } } as PgNode })
    return { prepared, place: { table: table.id, columns, row: undefined } }
  } catch (error) {
    // It has aggregates: its rows are none of the table's.
    if (error instanceof SqlError) return undefined
    throw error
  }
}

function reference(table: string, { columns }: Relation, at: number): PgNode {
  const fields = [table, columns[at]!.name].map(sval => ({ String: { sval } }))
  return { ResTarget: { val: { ColumnRef: { fields } } } } as unknown as PgNode
}

/** Notes the last of the rows that are handed out; where they are fewer than wanted the cursor stands on none. */
export function following(rows: Rows, place: Place, wanted: number): Rows {
  let count = 0
  return {
    async ready() {
      const more = await rows.ready()
      if (!more && count < wanted) place.row = undefined
      return more
    },
    take(most, each) {
      return rows.take(most, (chunk, row) => {
        count++
        const keys = chunk.columns.slice(chunk.columns.length - place.columns.length)
        place.row = keys.map(column => cellValue(column, row))
        each(chunk, row)
      })
    },
    close() {},
  }
}
