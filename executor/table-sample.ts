import type { StateTable } from '../storage/state-table.ts'
import { type Chunk, insertions } from '../types/chunk.ts'
import { chosen } from './table-scan.ts'

/** Rows from all over a table, each counted once, and how many it has. */
export interface TableSample {
  readonly rows: number
  readonly chunk: Chunk
}

const SAMPLE_ROWS = 1000

export function sampleOf(table: StateTable): TableSample {
  const step = Math.max(1, table.end / SAMPLE_ROWS)
  const ids = new Int32Array(SAMPLE_ROWS)
  let count = 0
  for (let at = 0; at < table.end && count < SAMPLE_ROWS; at += step) {
    const id = Math.floor(at)
    if (table.weights[id] !== 0) ids[count++] = id
  }
  const columns = table.columns.map(column => chosen(column, ids, count))
  return { rows: table.size, chunk: { columns, weights: insertions(count), length: count } }
}
