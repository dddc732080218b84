import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Type } from '../types/type.ts'
import { ByteReader, ByteSink, readColumn, writeColumn } from './cells.ts'
import type { TableMode, TableSpec } from './contract.ts'
import { hashRows } from './hash-rows.ts'

/**
 * State object, version 1: `WEIR` 1 | blocks | index (JSON) | index length, crc32 of the index (uint32 each) | `WEIR`.
 * A block holds rows of one table and epoch, ordered by virtual node, zstd-compressed, with a crc32 in the index.
 */
const MAGIC = new Uint8Array([0x57, 0x45, 0x49, 0x52])
const VERSION = 1

interface BlockEntry {
  readonly table: string
  readonly mode: TableMode
  readonly key: readonly number[]
  readonly shard: readonly number[]
  readonly epoch: Epoch
  readonly types: readonly Type[]
  readonly rows: number
  /** Number of the first row of each virtual node that has rows: [node, row, node, row, …]. */
  readonly nodes: readonly number[]
  readonly at: number
  readonly size: number
  readonly crc: number
}

/** What the store needs to know of a table. */
export type StoredSpec = Pick<TableSpec, 'id' | 'mode' | 'key' | 'shard'>

export interface TableRows {
  readonly spec: StoredSpec
  readonly epoch: Epoch
  readonly chunks: readonly Chunk[]
}

export interface StoredChunk {
  readonly spec: StoredSpec
  readonly epoch: Epoch
  readonly chunk: Chunk
}

export function encodeStateObject(deltas: readonly TableRows[]): Uint8Array {
  const sink = new ByteSink()
  const index: BlockEntry[] = []
  sink.raw(MAGIC)
  sink.uint32(VERSION)
  for (const { spec, epoch, chunks } of deltas)
    for (const chunk of chunks) {
      if (chunk.length === 0) continue
      const { order, nodes } = byVirtualNode(chunk, spec)
      const block = new ByteSink()
      block.sized(new Uint8Array(Int32Array.from(order, row => chunk.weights[row]!).buffer))
      for (const column of chunk.columns) writeColumn(block, column, order)
      const packed = zstdCompressSync(block.take())
      index.push({
        table: spec.id,
        mode: spec.mode,
        key: spec.key,
        shard: spec.shard,
        epoch,
        types: chunk.columns.map(column => column.type),
        rows: chunk.length,
        nodes,
        at: sink.length,
        size: packed.length,
        crc: crc32(packed),
      })
      sink.raw(packed)
    }
  const tail = Buffer.from(JSON.stringify(index))
  sink.raw(tail)
  sink.uint32(tail.length)
  sink.uint32(crc32(tail))
  sink.raw(MAGIC)
  return sink.take()
}

/** Blocks in the order they were written. Throws XX001 naming the object when a byte is not as written. */
export function* decodeStateObject(bytes: Uint8Array, key: string): Generator<StoredChunk> {
  for (const entry of readIndex(bytes, key)) {
    const packed = bytes.subarray(entry.at, entry.at + entry.size)
    if (packed.length !== entry.size || crc32(packed) !== entry.crc)
      throw corrupt(key, `block of table ${entry.table}`)
    const reader = new ByteReader(zstdDecompressSync(packed))
    const weights = new Int32Array(reader.sized().buffer)
    const columns = entry.types.map(type => readColumn(reader, type, entry.rows))
    const { table: id, mode, key: keys, shard, epoch } = entry
    yield { spec: { id, mode, key: keys, shard }, epoch, chunk: { columns, weights, length: entry.rows } }
  }
}

function readIndex(bytes: Uint8Array, key: string): readonly BlockEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length - 12
  if (end < 8 || !MAGIC.every((b, i) => bytes[i] === b && bytes[end + 8 + i] === b))
    throw corrupt(key, 'frame')
  const version = view.getUint32(4, true)
  if (version !== VERSION) throw corrupt(key, `version ${version}`)
  const length = view.getUint32(end, true)
  if (length > end - 8) throw corrupt(key, 'index length')
  const tail = bytes.subarray(end - length, end)
  if (crc32(tail) !== view.getUint32(end + 4, true)) throw corrupt(key, 'index')
  return JSON.parse(Buffer.from(tail).toString()) as BlockEntry[]
}

function byVirtualNode(chunk: Chunk, spec: StoredSpec): { order: Int32Array; nodes: number[] } {
  const order = Int32Array.from({ length: chunk.length }, (_, i) => i)
  if (spec.shard.length === 0) return { order, nodes: [0, 0] }
  const hashes = new Int32Array(chunk.length)
  hashRows(chunk, spec.shard, hashes)
  // Counting sort: stable, so removals stay before insertions of the same key.
  const starts = new Int32Array(257)
  for (let i = 0; i < chunk.length; i++) starts[(hashes[i]! >>> 24) + 1]!++
  for (let node = 0; node < 256; node++) starts[node + 1]! += starts[node]!
  const nodes: number[] = []
  for (let node = 0; node < 256; node++)
    if (starts[node + 1]! > starts[node]!) nodes.push(node, starts[node]!)
  const next = starts.slice()
  for (let i = 0; i < chunk.length; i++) order[next[hashes[i]! >>> 24]!++] = i
  return { order, nodes }
}

function corrupt(key: string, what: string): SqlError {
  return new SqlError('data_corrupted', `object ${key} is damaged: ${what}`)
}
