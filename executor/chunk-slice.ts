import type { Chunk, ColumnData } from '../types/chunk.ts'

/** Rows [from, to) of a chunk; a view. */
export function chunkSlice(chunk: Chunk, from: number, to: number): Chunk {
  if (from === 0 && to >= chunk.length) return chunk
  const columns = chunk.columns.map(({ type, data, nulls }) => ({
    type,
    data: dataSlice(data, from, to),
    nulls: nulls === null ? null : nulls.subarray(from, to),
  }))
  return { columns, weights: chunk.weights.subarray(from, to), length: to - from }
}

function dataSlice(data: ColumnData, from: number, to: number): ColumnData {
  if (Array.isArray(data)) return data.slice(from, to)
  if ('starts' in data)
    return { bytes: data.bytes, starts: data.starts.subarray(from, to), ends: data.ends.subarray(from, to) }
  return data.subarray(from, to)
}
