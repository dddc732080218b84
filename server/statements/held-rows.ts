import { parseQuery } from '../../planner/parse/index.ts'
import { bindQuery, planBatch } from '../../planner/query.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { bindContext } from './bind.ts'
import type { StatementContext } from './contract.ts'

interface Parameter {
  readonly type: Type
  readonly value: Value
}

/**
 * Rows that a statement holds others against, some at a time, whatever the rights of its user to read them. Each has the query's
 * columns at these positions and nothing at others.
 */
export async function* heldRows(
  sql: string,
  positions: readonly number[],
  context: StatementContext,
  parameters: readonly Parameter[] = [],
): AsyncGenerator<readonly (readonly Value[])[]> {
  const query = parseQuery(sql)
  const types = parameters.map(({ type }) => type)
  const { authorize: _, ...binding } = bindContext(context, query, 'batch', types)
  const values = parameters.map(({ value }) => value)
  const job = planBatch(bindQuery(query.node, binding), values)
  for await (const { columns, length } of context.runtime.query(job, context.signal))
    yield Array.from({ length }, (_row, at) => placedRow(columns, positions, at))
}

/** The row at a place of these columns, each value at its column's position and nothing at others. */
export function placedRow(
  columns: readonly Column[],
  positions: readonly number[],
  at: number,
): readonly Value[] {
  const row: Value[] = []
  positions.forEach((position, i) => {
    row[position] = cellValue(columns[i]!, at)
  })
  return row
}
