import type { Chunk, Column } from '../types/chunk.ts'
import { equalRows } from './compare-cells.ts'
import type { RowId } from './contract.ts'
import { type HashIndex, scatter } from './hash-index.ts'

/** Row of the key of the chunk's row, among those of the table and those of the chunk, whose ids will begin at `first`; or -1. */
export function locateLoading(
  table: { readonly columns: readonly Column[]; readonly identity: readonly number[] },
  { entries, mask }: HashIndex,
  hash: number,
  chunk: Chunk,
  row: number,
  first: RowId,
): RowId {
  const { identity } = table
  for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
    if (entries[2 * slot] !== hash) continue
    const id = entries[2 * slot + 1]! - 1
    const same =
      id >= first
        ? equalRows(chunk.columns, identity, id - first, chunk.columns, identity, row)
        : equalRows(table.columns, identity, id, chunk.columns, identity, row)
    if (same) return id
  }
  return -1
}
