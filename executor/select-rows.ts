import { ChunkBuilder } from '../storage/chunk-builder.ts'
import { hashRows } from '../storage/hash-rows.ts'
import type { Chunk } from '../types/chunk.ts'

export const VIRTUAL_NODES = 256

let hashes = new Int32Array(4096)

/** Rows whose virtual node (by the whole row) is in [from, to), as a chunk of their own; undefined: none. */
export function rowsOfVirtualNodes(chunk: Chunk, from: number, to: number): Chunk | undefined {
  if (from <= 0 && to >= VIRTUAL_NODES) return chunk.length === 0 ? undefined : chunk
  if (hashes.length < chunk.length) hashes = new Int32Array(chunk.length)
  const all = chunk.columns.map((_, i) => i)
  hashRows(chunk, all, hashes)
  const builder = new ChunkBuilder(chunk.columns.map(column => column.type))
  for (let row = 0; row < chunk.length; row++) {
    const node = (Math.imul(hashes[row]!, 0x9e3779b1) >>> 24) & 0xff
    if (node < from || node >= to) continue
    builder.copyRow(0, chunk.columns, row)
    builder.push(chunk.weights[row]!)
  }
  return builder.take()
}
