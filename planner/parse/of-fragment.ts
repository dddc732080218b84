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

/** TRUNCATE: every row of the table goes. */
function truncate(fragment: Fragment): RowsStatement {
  const { relations } = fragment.node['TruncateStmt'] as { relations: readonly { RangeVar: unknown }[] }
  if (relations.length !== 1) throw notSupported('TRUNCATE of several tables')
  return {
    kind: 'truncate',
    statement: { ...fragment, node: { DeleteStmt: { relation: relations[0]!.RangeVar } } },
  }
}
