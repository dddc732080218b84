import { rowRange } from '../storage/gather.ts'
import type { Chunk } from '../types/chunk.ts'

/** Rows [from, to) of a chunk; a view. */
export function chunkSlice(chunk: Chunk, from: number, to: number): Chunk {
  if (from === 0 && to >= chunk.length) return chunk
  const columns = chunk.columns.map(column => rowRange(column, from, to))
  return { columns, weights: chunk.weights.subarray(from, to), length: to - from }
}
