import { ownedRows } from '../storage/gather.ts'
import type { Chunk, Column } from '../types/chunk.ts'

/** A copy of the rows that shares no memory with the chunk: it may be kept, or moved to another thread. */
export function ownedChunk(chunk: Chunk): Chunk {
  const { length } = chunk
  const columns = chunk.columns.map(column => ownedRows(column, undefined, length))
  return { columns, weights: chunk.weights.slice(0, length), length }
}

/** The buffers to move along when owned chunks are posted to another thread; shared ones are there already. */
export function buffersOf(chunks: readonly Chunk[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBufferLike>()
  for (const chunk of chunks) {
    buffers.add(chunk.weights.buffer)
    for (const column of chunk.columns) addColumn(column, buffers)
  }
  return [...buffers].filter(buffer => buffer instanceof ArrayBuffer)
}

function addColumn({ data, nulls }: Column, buffers: Set<ArrayBufferLike>): void {
  if (nulls !== null) buffers.add(nulls.buffer)
  if (Array.isArray(data)) return
  if ('bytes' in data) {
    buffers.add(data.bytes.buffer)
    buffers.add(data.starts.buffer)
    buffers.add(data.ends.buffer)
  } else buffers.add(data.buffer)
}
