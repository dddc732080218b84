import type { Bytes, Chunk, Column, ColumnData } from '../types/chunk.ts'

/** A copy of the rows that shares no memory with the chunk: it may be kept, or moved to another thread. */
export function ownedChunk(chunk: Chunk): Chunk {
  const { length } = chunk
  const columns = chunk.columns.map(column => ({
    type: column.type,
    data: ownedData(column.data, length),
    nulls: column.nulls === null ? null : new Uint8Array(column.nulls.subarray(0, length)),
  }))
  return { columns, weights: chunk.weights.slice(0, length), length }
}

function ownedData(data: ColumnData, length: number): ColumnData {
  if (Array.isArray(data)) return data.slice(0, length)
  if ('bytes' in data) return ownedBytes(data, length)
  // Not slice: on a Buffer that is a view.
  if (data instanceof Uint8Array) return new Uint8Array(data.subarray(0, length))
  return data.slice(0, length)
}

function ownedBytes({ bytes, starts, ends }: Bytes, length: number): Bytes {
  let total = 0
  let contiguous = true
  for (let i = 0; i < length; i++) {
    if (i > 0 && starts[i] !== ends[i - 1]) contiguous = false
    total += ends[i]! - starts[i]!
  }
  const tight = new Uint8Array(total)
  const newStarts = new Int32Array(length)
  const newEnds = new Int32Array(length)
  if (contiguous && length > 0) tight.set(bytes.subarray(starts[0]!, ends[length - 1]!))
  let at = 0
  for (let i = 0; i < length; i++) {
    const from = starts[i]!
    const to = ends[i]!
    newStarts[i] = at
    if (contiguous) at += to - from
    else if (to - from < 24) for (let b = from; b < to; b++) tight[at++] = bytes[b]!
    else {
      tight.set(bytes.subarray(from, to), at)
      at += to - from
    }
    newEnds[i] = at
  }
  return { bytes: tight, starts: newStarts, ends: newEnds }
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
