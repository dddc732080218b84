import type { Chunk } from '../types/chunk.ts'

/** Memory that chunks hold, about. */
export function bytesOf(chunks: readonly Chunk[]): number {
  let sum = 0
  for (const { columns, weights } of chunks) {
    sum += weights.byteLength
    for (const column of columns) {
      if (column.packed !== undefined) {
        sum += column.packed.digits.byteLength + column.packed.scales.byteLength
        continue
      }
      const { data } = column
      if (Array.isArray(data)) sum += data.length * 32
      else sum += 'bytes' in data ? data.bytes.byteLength + data.starts.byteLength * 2 : data.byteLength
    }
  }
  return sum
}
