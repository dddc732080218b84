import type { Chunk, Column, ColumnData } from '../types/chunk.ts'
import { PackedColumn, type PackedDecimals, packedDecimals } from '../types/packed-decimals.ts'
import type { Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import type { SealedEpoch } from './engine-contract.ts'
import { buffersOf } from './owned-chunk.ts'

/** An owned chunk as it is posted: numerics are arrays that move, objects would be cloned one by one. */
export interface PackedChunk extends Omit<Chunk, 'columns'> {
  readonly columns: readonly SentColumn[]
}

interface SentColumn {
  readonly type: Type
  readonly nulls: Uint8Array | null
  readonly data: ColumnData
  readonly packed?: PackedDecimals
}

export function packedChunk({ columns, weights, length }: Chunk): PackedChunk {
  return { columns: columns.map(column => sentColumn(column, length)), weights, length }
}

function sentColumn(column: Column, length: number): SentColumn {
  const { type, nulls } = column
  const packed =
    column.packed ??
    (type.name === 'numeric' ? packedDecimals(column.data as readonly Value[], length) : undefined)
  return packed === undefined ? { type, nulls, data: column.data } : { type, nulls, data: [], packed }
}

/** Nobody else has what came. */
export function unpackedChunk({ columns, weights, length }: PackedChunk): Chunk {
  return {
    columns: columns.map(column =>
      column.packed === undefined ? column : new PackedColumn(column.type, column.nulls, column.packed),
    ),
    weights,
    length,
    owned: true,
  }
}

/** The buffers to move along. */
export function packedBuffers(chunks: readonly PackedChunk[]): ArrayBuffer[] {
  const packed = chunks.flatMap(({ columns }) => columns.flatMap(column => column.packed ?? []))
  const own = packed.flatMap(({ digits, scales }) => [digits.buffer, scales.buffer])
  return [...new Set([...buffersOf(chunks), ...own.filter(buffer => buffer instanceof ArrayBuffer)])]
}

/** Whether what came from another thread is a chunk. */
export function isPackedChunk(part: unknown): part is PackedChunk {
  return typeof part === 'object' && part !== null && 'columns' in part && 'weights' in part
}

/** An epoch with its deltas' chunks as they are posted, or as they are after that. */
export function epochBy(sealed: SealedEpoch, change: (chunk: Chunk) => Chunk): SealedEpoch {
  const deltas = sealed.deltas.map(delta => ({ ...delta, chunks: delta.chunks.map(change) }))
  return { ...sealed, deltas }
}
