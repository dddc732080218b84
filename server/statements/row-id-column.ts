import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import { ROW_ID } from '../../types/type.ts'

/** The hidden column that numbers the rows of a table without a key. */
export function isRowId({ name, hidden }: ColumnDef): boolean {
  return hidden === true && name === ROW_ID_COLUMN
}

/** A table's columns, with numbers of its rows when nothing else tells them apart; a column of that name comes first. */
export function withRowId(columns: readonly ColumnDef[], key: readonly number[]): readonly ColumnDef[] {
  if (key.length > 0 || columns.some(column => column.name === ROW_ID_COLUMN)) return columns
  return [...columns, { name: ROW_ID_COLUMN, type: ROW_ID, notNull: false, hidden: true }]
}

/** Columns that tell the relation's rows apart: its key, or else their numbers; []: nothing does. */
export function tellingColumns({ key, columns }: Relation): readonly number[] {
  const rowId = columns.findIndex(isRowId)
  return key.length > 0 || rowId === -1 ? key : [rowId]
}
