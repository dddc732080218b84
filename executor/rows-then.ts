import { ChunkBuilder } from '../storage/chunk-builder.ts'
import { StateTable } from '../storage/state-table.ts'
import { CHUNK_ROWS, type Chunk } from '../types/chunk.ts'
import type { Schema } from '../types/type.ts'
import type { BatchRows } from './batch.ts'
import { chosenRows } from './table-scan.ts'

/**
 * Rows of an earlier moment: those of now without what came later. Only the later changes are kept in a table, by which the rows
 * of now are looked up as they are read; what left since comes at the end. `schema` may be followed by columns of the rows of now
 * that changes do not have: they are NULL in rows that left.
 */
export function rowsThen(now: BatchRows, later: readonly Chunk[], schema: Schema, beside: Schema): BatchRows {
  const spec = { id: 'later', mode: 'bag', schema, key: [], shard: [], indexes: [] } as const
  const taken = new StateTable(spec, false)
  for (const chunk of later)
    for (let row = 0; row < chunk.length; row++) taken.add(chunk, row, -chunk.weights[row]!)
  return {
    close: () => now.close?.(),
    *[Symbol.iterator]() {
      for (const chunk of now) {
        const kept = withoutLater(chunk, taken, schema.length)
        if (kept !== undefined) yield kept
      }
      yield* left(taken, schema, beside)
    },
  }
}

/** The chunk with the weights of then; undefined: none of its rows was there. */
function withoutLater(chunk: Chunk, taken: StateTable, width: number): Chunk | undefined {
  const { weights, length } = chunk
  const columns = chunk.columns.slice(0, width)
  const then = new Int32Array(length)
  const rows = new Int32Array(length)
  let kept = 0
  for (let row = 0; row < length; row++) {
    const id = taken.find({ columns }, row)
    const missing = id === -1 ? 0 : taken.weights[id]!
    // Equal rows may lie in several places, so that no more is taken from one than it has.
    const change = Math.max(missing, -weights[row]!)
    if (change !== 0) taken.add({ columns }, row, -change)
    const weight = weights[row]! + change
    if (weight === 0) continue
    then[kept] = weight
    rows[kept++] = row
  }
  if (kept === 0) return undefined
  if (kept === length) return { columns: chunk.columns, weights: then, length }
  return { ...chosenRows(chunk, rows.subarray(0, kept)), weights: then.slice(0, kept) }
}

/** The rows that are not there any more. */
function* left(taken: StateTable, schema: Schema, beside: Schema): Generator<Chunk> {
  const builder = new ChunkBuilder([...schema, ...beside].map(field => field.type))
  const ids: number[] = []
  taken.forEachRow(id => ids.push(id))
  for (const id of ids) {
    if (taken.weights[id]! < 0) continue
    builder.copyRow(0, taken.columns, id)
    builder.nullRow(schema.length, beside.length)
    builder.push(taken.weights[id]!)
    if (builder.length >= CHUNK_ROWS) yield builder.take()!
  }
  const last = builder.take()
  if (last !== undefined) yield last
}
