import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Epoch } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Schema } from '../types/type.ts'
import type { TableMode } from './contract.ts'

/**
 * Frame of a state object, little-endian:
 *   magic (8 bytes, the last one is the version)
 *   blocks, one after the other without a gap
 *   index: JSON (StoredTable[]), zstd when that is shorter
 *   trailer: length of the index as stored, its length before zstd (0: stored as it is), crc32 of index and both lengths,
 *   magic
 * Every byte is covered: magic by comparison, blocks by a crc32 each in the index, index and lengths by the trailer's.
 */
const MAGIC = Buffer.from([0x77, 0x65, 0x69, 0x72, 0x6f, 0x62, 0x6a, 2])
const TRAILER = 12 + MAGIC.length

export interface TableEntry {
  readonly id: string
  readonly mode: TableMode
  readonly key: readonly number[]
  readonly shard: readonly number[]
  readonly schema: Schema
  readonly blocks: readonly BlockEntry[]
}

export interface BlockEntry {
  readonly epoch: Epoch
  readonly rows: number
  /** Lowest and highest virtual node; -1: rows are not in their order. */
  readonly nodes: readonly [number, number]
  /** Index of the block's bytes. */
  readonly part: number
  /** Length before zstd; 0: stored as it is. */
  readonly rawLength: number
  /** Of the block's bytes. */
  readonly crc: number
}

/** A block as it is stored. */
export interface RawBlock {
  readonly epoch: Epoch
  readonly rows: number
  readonly nodes: readonly [number, number]
  readonly stored: Uint8Array
  readonly rawLength: number
  /** Of `stored`. */
  readonly crc: number
}

/** As in the index: [epoch, rows, lowest node, highest node, offset, length, length before zstd, crc32]. */
export type StoredBlock = readonly [number, number, number, number, number, number, number, number]

export interface StoredTable extends Omit<TableEntry, 'blocks'> {
  /** crc32 of the schema's JSON. */
  readonly fingerprint: number
  readonly blocks: readonly StoredBlock[]
}

/** Blocks, index and trailer, to be put one behind the other. */
export function frame(parts: readonly Uint8Array[], tables: readonly TableEntry[]): Uint8Array[] {
  const offsets: number[] = []
  let at = MAGIC.length
  for (const part of parts) {
    offsets.push(at)
    at += part.length
  }
  const stored = tables.map(
    ({ blocks, ...table }): StoredTable => ({
      ...table,
      fingerprint: schemaFingerprint(table.schema),
      blocks: blocks.map(({ epoch, rows, nodes, part, rawLength, crc }): StoredBlock => {
        const { length } = parts[part]!
        return [epoch, rows, nodes[0], nodes[1], offsets[part]!, length, rawLength, crc]
      }),
    }),
  )
  const json = Buffer.from(JSON.stringify(stored))
  const packed = json.length < 512 ? json : zstdCompressSync(json)
  const small = packed.length < json.length
  const index = small ? packed : json
  const trailer = Buffer.alloc(TRAILER)
  trailer.writeUInt32LE(index.length, 0)
  trailer.writeUInt32LE(small ? json.length : 0, 4)
  trailer.writeUInt32LE(crc32(trailer.subarray(0, 8), crc32(index)), 8)
  MAGIC.copy(trailer, 12)
  return [MAGIC, ...parts, index, trailer]
}

/** Throws XX001 naming the object unless the frame is as written. */
export function readIndex(bytes: Uint8Array, key: string): readonly StoredTable[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const end = body.length - TRAILER
  if (end < MAGIC.length) throw damaged(key, `it has ${body.length} bytes`)
  if (!body.subarray(0, MAGIC.length).equals(MAGIC) || !body.subarray(end + 12).equals(MAGIC))
    throw damaged(key, 'it does not begin and end as a state object of this version')
  const from = end - body.readUInt32LE(end)
  if (from < MAGIC.length) throw damaged(key, 'its index is longer than the object')
  const index = body.subarray(from, end)
  if (crc32(body.subarray(end, end + 8), crc32(index)) !== body.readUInt32LE(end + 8))
    throw damaged(key, 'the checksum of its index does not fit')
  const json = body.readUInt32LE(end + 4) === 0 ? index : zstdDecompressSync(index)
  return JSON.parse(json.toString()) as StoredTable[]
}

export function schemaFingerprint(schema: Schema): number {
  return crc32(JSON.stringify(schema))
}

export function damaged(key: string, why: string, cause?: unknown): SqlError {
  return new SqlError('data_corrupted', `object ${key} is damaged: ${why}`, { cause })
}
