import type { Relation } from '../../planner/catalog.ts'
import type { PgNode } from '../../planner/contract.ts'
import { type Fragment, parseStoredExpression } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { quote, quoteText } from '../../types/sql-text.ts'
import { formatText } from '../../types/text-io.ts'
import { typeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import { tellingColumns } from './row-id-column.ts'

/** The row that a cursor stands on: what tells it from the table's others. */
export interface CursorRow {
  readonly table: number
  /** Positions in the table. */
  readonly columns: readonly number[]
  readonly values: readonly Value[]
}

interface Change {
  readonly relation: { readonly relname: string; readonly alias?: { readonly aliasname: string } }
  readonly whereClause?: PgNode
}

/** The cursor of UPDATE or DELETE … WHERE CURRENT OF; undefined: it has none. */
export function cursorOf({ node }: Fragment): string | undefined {
  const current = changeOf(node)?.whereClause?.['CurrentOfExpr'] as { cursor_name: string } | undefined
  return current?.cursor_name
}

/** The statement with no row in place of that of the cursor: it can be bound before the cursor is there. */
export function ofNoRow(statement: Fragment): Fragment {
  return withCondition(statement, 'false')
}

/** The statement with the key of the cursor's row in its place. Throws 34000, 24000. */
export function ofCursorRow(
  statement: Fragment,
  cursor: string,
  table: Relation,
  context: StatementContext,
): Fragment {
  const row = context.cursorRow(cursor)
  const key = tellingColumns(table)
  if (row === undefined || row.table !== table.id || String(row.columns) !== String(key))
    throw new SqlError(
      'invalid_cursor_state',
      `cursor "${cursor}" is not a simply updatable scan of table "${table.name}"`,
    )
  if (row.values.length === 0)
    throw new SqlError('invalid_cursor_state', `cursor "${cursor}" is not positioned on a row`)
  const { relation } = changeOf(statement.node)!
  const name = quote(relation.alias?.aliasname ?? relation.relname)
  const equal = key.map((at, i) => {
    const { name: column, type } = table.columns[at]!
    const plain = type.label === undefined ? type : { name: type.name }
    const text = quoteText(formatText(type, row.values[i]!))
    return `${name}.${quote(column)} = ${text}::${typeName(plain)}`
  })
  return withCondition(statement, equal.join(' AND '))
}

function changeOf(node: PgNode): Change | undefined {
  return (node['UpdateStmt'] ?? node['DeleteStmt']) as Change | undefined
}

function withCondition(statement: Fragment, sql: string): Fragment {
  const [[kind, fields]] = Object.entries(statement.node) as [[string, object]]
  const whereClause = parseStoredExpression(sql)
  return { ...statement, node: { [kind]: { ...fields, whereClause } } as PgNode }
}
