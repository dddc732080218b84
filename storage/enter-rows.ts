import type { Column } from '../types/chunk.ts'
import { equalRows } from './compare-cells.ts'
import type { RowId } from './contract.ts'
import { type HashIndex, scatter } from './hash-index.ts'

/** Slots of the index that are filled at a time: they stay in the processor's cache. */
const PART_SLOTS = 1 << 13
const PARTS_MAX = 1 << 12

/** Rows of a keyed table by id. Weights <= 0: the row says that its key was deleted. */
export interface KeyedRows {
  readonly columns: readonly Column[]
  readonly identity: readonly number[]
  readonly hashes: Int32Array
  readonly weights: Int32Array
}

/**
 * Enters rows first .. end - 1, the later of two with one key in place of the earlier, part by part of the index (radix
 * partitioning: Manegold, Boncz, Kersten, "Optimizing main-memory join on modern hardware", 2002). Returns the rows that
 * are none any more: replaced ones and deletions.
 */
export function enterRows(index: HashIndex, rows: KeyedRows, first: RowId, end: RowId): RowId[] {
  index.reserve(index.count + end - first)
  const gone: RowId[] = []
  const { columns, identity, hashes, weights } = rows
  const { entries, mask } = index
  let added = 0
  const { ids, hashes: ordered } = bySlot(hashes, mask, first, end)
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!
    const hash = ordered[i]!
    let slot = scatter(hash) & mask
    for (; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const other = entries[2 * slot + 1]! - 1
      if (!equalRows(columns, identity, other, columns, identity, id)) continue
      gone.push(other)
      break
    }
    if (entries[2 * slot + 1] === 0) added++
    entries[2 * slot] = hash
    entries[2 * slot + 1] = id + 1
  }
  index.count += added
  for (let id = first; id < end; id++) {
    if (weights[id]! > 0 || index.slotOf(hashes[id]!, id) === -1) continue
    index.remove(hashes[id]!, id)
    gone.push(id)
  }
  return gone
}

/** The rows and their hashes in the order of their parts of the index, those of a part in their own. */
function bySlot(
  hashes: Int32Array,
  mask: number,
  first: RowId,
  end: RowId,
): { readonly ids: Int32Array; readonly hashes: Int32Array } {
  const slots = Math.max(PART_SLOTS, (mask + 1) / PARTS_MAX)
  const shift = Math.log2(slots)
  const starts = new Int32Array(Math.ceil((mask + 1) / slots) + 1)
  for (let id = first; id < end; id++) starts[((scatter(hashes[id]!) & mask) >>> shift) + 1]!++
  for (let part = 1; part < starts.length; part++) starts[part]! += starts[part - 1]!
  const ids = new Int32Array(end - first)
  const ordered = new Int32Array(end - first)
  for (let id = first; id < end; id++) {
    const hash = hashes[id]!
    const at = starts[(scatter(hash) & mask) >>> shift]!++
    ids[at] = id
    ordered[at] = hash
  }
  return { ids, hashes: ordered }
}
