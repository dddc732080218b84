import { evaluate } from '../executor/expression/compile.ts'
import { SqlError } from '../types/error.ts'
import type { Expression } from '../types/job.ts'
import type { Plan } from './plan.ts'

/** LIMIT and OFFSET that wait for the parameters of the query. */
export interface RowCounts {
  readonly limit?: Expression
  readonly offset?: Expression
}

/** A number of rows from an expression without columns and parameters; undefined: NULL, which limits nothing. */
export function rowCount(e: Expression, clause: 'LIMIT' | 'OFFSET'): number | undefined {
  const value = evaluate(e)
  if (value === null) return undefined
  const rows = Number(value)
  if (rows >= 0) return rows
  const condition =
    clause === 'LIMIT' ? 'invalid_row_count_in_limit_clause' : 'invalid_row_count_in_offset_clause'
  throw new SqlError(condition, `${clause} must not be negative`)
}

/** The plan with the numbers that its counts have become. */
export function settleCounts(plan: Plan): Plan {
  if ((plan.op !== 'sort' && plan.op !== 'top-n') || plan.counts === undefined) return plan
  const { counts, ...rest } = plan
  const limit = counts.limit === undefined ? undefined : rowCount(counts.limit, 'LIMIT')
  const offset = counts.offset === undefined ? plan.offset : (rowCount(counts.offset, 'OFFSET') ?? 0)
  return limit === undefined ? { ...rest, offset } : { ...rest, offset, limit }
}
