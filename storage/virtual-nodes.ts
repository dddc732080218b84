import type { Chunk } from '../types/chunk.ts'
import { hashRows } from './hash-rows.ts'

export const VIRTUAL_NODES = 256

let hashes = new Int32Array(4096)

/** Virtual node (0..255) of every row by its shard columns, into `out`; part of the format of state objects. */
export function virtualNodes(chunk: Chunk, shard: readonly number[], out: Uint8Array): void {
  const { length } = chunk
  if (hashes.length < length) hashes = new Int32Array(length)
  hashRows(chunk, shard, hashes)
  // hashRows leaves the high bits poor; the golden ratio spreads them.
  for (let i = 0; i < length; i++) out[i] = Math.imul(hashes[i]!, 0x9e3779b1) >>> 24
}
