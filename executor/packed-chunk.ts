import type { Chunk, Column } from '../types/chunk.ts'
import { KnownDecimals } from '../types/known-decimals.ts'
import type { Decimal, Value } from '../types/value.ts'
import type { SealedEpoch } from './engine-contract.ts'
import { buffersOf } from './owned-chunk.ts'

/** Numerics of a column on their way between threads: as arrays that move, where objects would be cloned one by one. */
interface PackedDecimals {
  readonly digits: Float64Array
  /** -1: NULL. */
  readonly scales: Int16Array
}

/** An owned chunk as it is posted. */
export interface PackedChunk extends Omit<Chunk, 'columns'> {
  readonly columns: readonly (Column & { readonly packed?: PackedDecimals })[]
}

export function packedChunk(chunk: Chunk): PackedChunk {
  const columns = chunk.columns.map(column => {
    const packed =
      column.type.name === 'numeric'
        ? packedDecimals(column.data as readonly Value[], chunk.length)
        : undefined
    return packed === undefined ? column : { ...column, data: [], packed }
  })
  return { ...chunk, columns }
}

export function unpackedChunk({ columns, weights, length }: PackedChunk): Chunk {
  return {
    columns: columns.map(({ type, data, nulls, packed }) => ({
      type,
      data: packed === undefined ? data : unpackedDecimals(packed),
      nulls,
    })),
    weights,
    length,
  }
}

/** undefined: one is not a number that a double has exactly. */
function packedDecimals(values: readonly Value[], length: number): PackedDecimals | undefined {
  const digits = new Float64Array(length)
  const scales = new Int16Array(length)
  for (let i = 0; i < length; i++) {
    const value = values[i] as Decimal | null | undefined
    if (value === null || value === undefined) {
      scales[i] = -1
      continue
    }
    const number = Number(value.digits)
    if (value.special !== undefined || !Number.isSafeInteger(number)) return undefined
    digits[i] = number
    scales[i] = value.scale
  }
  return { digits, scales }
}

function unpackedDecimals({ digits, scales }: PackedDecimals): Value[] {
  const values = new Array<Value>(digits.length)
  const known = new KnownDecimals()
  for (let i = 0; i < digits.length; i++) {
    const scale = scales[i]!
    values[i] = scale === -1 ? null : known.decimal(digits[i]!, scale)
  }
  return values
}

/** The buffers to move along. */
export function packedBuffers(chunks: readonly PackedChunk[]): ArrayBuffer[] {
  const packed = chunks.flatMap(({ columns }) => columns.flatMap(column => column.packed ?? []))
  const own = packed.flatMap(({ digits, scales }) => [digits.buffer, scales.buffer])
  return [...buffersOf(chunks), ...own.filter(buffer => buffer instanceof ArrayBuffer)]
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
