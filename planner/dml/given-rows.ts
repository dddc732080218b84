import type { Expression, Job } from '../../types/job.ts'
import { fieldsOf, INT4, type Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { ParameterValues } from '../contract.ts'
import { column, literal } from '../expressions.ts'
import { optimize } from '../optimize.ts'
import { firstColumns, type Plan, rewrite } from '../plan.ts'
import { settled, withParameters } from '../query.ts'
import { batchJob } from '../recursions.ts'

/** Name of the last column of the rows that a query is told when it runs: their order. */
const ORDER = '$returned'

/** Stands for rows that are known when the query runs; their order is behind their columns. */
export function givenRows(schema: Schema): Plan {
  return { op: 'values', schema: [...fieldsOf(schema), { name: ORDER, type: INT4 }], rows: [] }
}

/** The columns in the order of the rows, which is in column `place`. */
export function inOrder(
  input: Plan,
  columns: readonly Expression[],
  names: readonly string[],
  place: number,
): Plan {
  const shown: Plan = {
    op: 'project',
    input,
    columns: [...columns, column(place, INT4)],
    names: [...names, ORDER],
  }
  const order = [{ column: columns.length, descending: false, nullsFirst: false }]
  const sorted: Plan = { op: 'sort', input: shown, order, offset: 0, withTies: false }
  return firstColumns(sorted, columns.length, names)
}

/** The job of a query over these rows. */
export function overRows(
  query: Plan,
  rows: readonly (readonly Value[])[],
  parameters: ParameterValues,
  nowMicros: bigint,
): Job {
  const filled = rewrite(query, p => {
    if (p.op !== 'values' || p.schema.at(-1)?.name !== ORDER) return p
    return {
      ...p,
      rows: rows.map((row, n) => [...row, n].map((value, i) => literal(value, p.schema[i]!.type))),
    }
  })
  return batchJob(settled(optimize(withParameters(filled, parameters, nowMicros))), settled)
}
