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

/** Row numbers in the order of their virtual nodes, stable; only rows that `wanted` has. */
export function byVirtualNode(
  chunk: Chunk,
  shard: readonly number[],
  wanted: (row: number) => boolean = () => true,
): Int32Array {
  const { length } = chunk
  const nodes = new Uint8Array(length)
  if (shard.length > 0) virtualNodes(chunk, shard, nodes)
  const next = new Int32Array(VIRTUAL_NODES + 1)
  let count = 0
  for (let row = 0; row < length; row++) {
    if (!wanted(row)) continue
    count++
    next[nodes[row]! + 1]!++
  }
  for (let node = 0; node < VIRTUAL_NODES; node++) next[node + 1]! += next[node]!
  const order = new Int32Array(count)
  for (let row = 0; row < length; row++) if (wanted(row)) order[next[nodes[row]!]!++] = row
  return order
}
