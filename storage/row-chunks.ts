import type { Chunk, Column } from '../types/chunk.ts'
import { ownedRows } from './gather.ts'

/** A delta's chunks have at most so many rows. */
export const DELTA_ROWS = 1 << 18

/** The rows of these ids as chunks that share nothing with the columns. */
export function ownedChunks(
  from: readonly Column[],
  ids: Int32Array,
  weights: Int32Array,
  count: number,
): Chunk[] {
  const chunks: Chunk[] = []
  for (let first = 0; first < count; first += DELTA_ROWS) {
    const length = Math.min(DELTA_ROWS, count - first)
    const rows = ids.subarray(first, first + length)
    const columns = from.map(column => ownedRows(column, rows, length))
    chunks.push({ columns, weights: weights.slice(first, first + length), length })
  }
  return chunks
}
