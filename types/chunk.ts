import type { PackedDecimals } from './packed-decimals.ts'
import type { Type } from './type.ts'
import type { Value } from './value.ts'

/**
 * Bytes of row i are bytes[starts[i]] .. bytes[ends[i] - 1]. Views, not copies: many rows and many chunks may share one
 * buffer. The buffer behind `bytes` is never written again once a chunk that names it was emitted, so a view stays
 * valid for as long as somebody holds the buffer. A NULL row has an empty view.
 */
export interface Bytes {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

export type ColumnData = Uint8Array | Int32Array | BigInt64Array | Float64Array | Bytes | Value[]

export interface Column {
  readonly type: Type
  /** At least `chunk.length` entries; later ones are garbage. */
  readonly data: ColumnData
  /** nulls[i] === 1: row i is NULL (its data is then zero or empty). null: no row is. */
  readonly nulls: Uint8Array | null
  /** Of numerics, when they are there as arrays: `data` makes an object of each. */
  readonly packed?: PackedDecimals
}

/**
 * A z-set delta: `length` dense rows; row i was added `weights[i]` times (negative: removed; never 0).
 * Borrowed: arrays (all but `Bytes.bytes`) belong to the emitter again when `push` returns; who keeps rows copies them.
 */
export interface Chunk {
  readonly columns: readonly Column[]
  readonly weights: Int32Array
  readonly length: number
  /**
   * Lent to nobody else: the receiver may keep its arrays, and give them to another thread. Who passes the chunk on keeps nothing of
   * it. Texts are excepted, unless their memory is shared.
   */
  readonly owned?: true
}

/** Rows an emitter should aim at in one chunk; never a limit a receiver may rely on. */
export const CHUNK_ROWS = 4096

const ones = new Int32Array(1 << 16).fill(1)

/** The chunk as it is lent to several, or to one while the lender keeps it. */
export function lent(chunk: Chunk): Chunk {
  if (chunk.owned !== true) return chunk
  const { columns, weights, length } = chunk
  return { columns, weights, length }
}

/** Each row came once. */
export function areInsertions({ weights, length }: Chunk): boolean {
  for (let row = 0; row < length; row++) if (weights[row] !== 1) return false
  return true
}

/** Weights of `length` insertions; shared, so read-only. */
export function insertions(length: number): Int32Array {
  return length <= ones.length ? ones : new Int32Array(length).fill(1)
}
