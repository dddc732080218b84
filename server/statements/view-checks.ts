import type { BoundDml } from '../../planner/dml/bind.ts'
import { overRows } from '../../planner/dml/given-rows.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import { failingRow } from './kept-out.ts'

const ROWS_AT_ONCE = 1 << 13

/** Throws 44000 for rows that a view WITH CHECK OPTION, through which they are written, would not have. */
export async function requireInViews(
  { table, viewChecks }: BoundDml,
  rows: readonly (readonly Value[])[],
  context: StatementContext,
): Promise<void> {
  for (const { view, plan } of viewChecks)
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      const part = rows.slice(from, from + ROWS_AT_ONCE)
      const kept = new Set<Value>()
      const job = overRows(plan, part, [], context.now())
      for await (const { columns, length } of context.runtime.query(job, context.signal))
        for (let row = 0; row < length; row++) kept.add(cellValue(columns[0]!, row))
      const out = part.findIndex((_, row) => !kept.has(row))
      if (out === -1) continue
      throw new SqlError(
        'with_check_option_violation',
        `new row violates check option for view "${view.name}"`,
        { detail: failingRow(part[out]!, table) },
      )
    }
}
