import { notSupported } from '../../types/error.ts'
import type { Fragment, RowsStatement } from './statement.ts'

/** The query or change of rows that PostgreSQL's grammar read. */
export function ofFragment(fragment: Fragment, otherwise: string): RowsStatement {
  switch (Object.keys(fragment.node)[0]) {
    case 'SelectStmt':
      return { kind: 'query', query: fragment }
    case 'InsertStmt':
      return { kind: 'insert', statement: fragment }
    case 'UpdateStmt':
      return { kind: 'update', statement: fragment }
    case 'DeleteStmt':
      return { kind: 'delete', statement: fragment }
    case 'TruncateStmt':
      return truncate(fragment)
    case 'MergeStmt':
      return { kind: 'merge', statement: fragment }
    default:
      throw notSupported(otherwise)
  }
}

/** TRUNCATE: every row of the tables goes. */
function truncate(fragment: Fragment): RowsStatement {
  const {
    relations,
    restart_seqs: restart,
    behavior,
  } = fragment.node['TruncateStmt'] as {
    readonly relations: readonly { readonly RangeVar: unknown }[]
    readonly restart_seqs?: boolean
    readonly behavior?: string
  }
  const tables = relations.map(({ RangeVar: relation }) => ({
    ...fragment,
    node: { DeleteStmt: { relation } },
  }))
  return { kind: 'truncate', tables, restart: restart === true, cascade: behavior === 'DROP_CASCADE' }
}
