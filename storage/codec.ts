import { promisify } from 'node:util'
import { constants, zstdCompress, zstdCompressSync } from 'node:zlib'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert } from '../types/error.ts'
import { type Schema, sameType } from '../types/type.ts'
import { ByteWriter } from './byte-writer.ts'
import { gather32, type RowRange, writeColumn } from './column-codec.ts'
import { concatChunks } from './concat-chunks.ts'
import type { TableSpec } from './contract.ts'
import { type BlockEntry, frame, type TableEntry } from './object-index.ts'
import { StateObjectReader } from './state-object-reader.ts'
import { VIRTUAL_NODES, virtualNodes } from './virtual-nodes.ts'

/** What the store needs to know of a table; without a schema the columns are named c0, c1, … */
export type StoredSpec = Pick<TableSpec, 'id' | 'mode' | 'key' | 'shard'> & { readonly schema?: Schema }

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

const BLOCK_ROWS = 1 << 16
/** Smaller blocks stay as they are: compressing costs more than it saves. */
const COMPRESS_MIN = 256
/** Larger ones are compressed off the thread by the async variant. */
const OFF_THREAD_MIN = 1 << 15
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const compress = promisify(zstdCompress)

/**
 * State object, version 2: magic | blocks | index | trailer (see object-index.ts). A block holds at most 65536 rows of one
 * table and epoch: weights, then column by column, zstd level 1. The rows of a table and epoch are in the order of their
 * virtual nodes, and within one node in the order given, so that what happened to one key keeps its order.
 */
export function encodeStateObject(deltas: readonly TableRows[]): Uint8Array {
  const body = new ObjectBody()
  for (const block of blocksOf(deltas))
    body.add(block, block.payload.length < COMPRESS_MIN ? undefined : zstdCompressSync(block.payload, LEVEL))
  return body.finish()
}

/** The same; large blocks are compressed by the thread pool. The chunks must not change until it resolves. */
export async function encodeStateObjectAsync(deltas: readonly TableRows[]): Promise<Uint8Array> {
  const body = new ObjectBody()
  for (const block of blocksOf(deltas)) {
    const { length } = block.payload
    if (length < COMPRESS_MIN) body.add(block, undefined)
    else if (length < OFF_THREAD_MIN) body.add(block, zstdCompressSync(block.payload, LEVEL))
    else body.add(block, await compress(block.payload, LEVEL))
  }
  return body.finish()
}

/** Every block of the object. Throws XX001 naming the object when a byte is not as written. */
export function* decodeStateObject(bytes: Uint8Array, key: string): Generator<StoredChunk> {
  const reader = StateObjectReader.open(bytes, key)
  for (const { spec } of reader.tables())
    for (const { epoch, chunk } of reader.read(spec.id)) yield { spec, epoch, chunk }
}

interface Block {
  readonly spec: StoredSpec
  readonly schema: Schema
  readonly epoch: Epoch
  readonly rows: number
  /** Lowest and highest virtual node; -1: rows are not in their order. */
  readonly nodes: readonly [number, number]
  /** Valid until the next block is asked for. */
  readonly payload: Uint8Array
}

class ObjectBody {
  readonly #parts: Uint8Array[] = []
  readonly #tables = new Map<string, { entry: Omit<TableEntry, 'blocks'>; blocks: BlockEntry[] }>()

  add({ spec, schema, epoch, rows, nodes, payload }: Block, compressed: Uint8Array | undefined): void {
    const small = compressed !== undefined && compressed.length < payload.length
    const stored = small ? compressed : payload.slice()
    let table = this.#tables.get(spec.id)
    if (table === undefined) {
      const { id, mode, key, shard } = spec
      table = { entry: { id, mode, key, shard, schema }, blocks: [] }
      this.#tables.set(id, table)
    }
    table.blocks.push({
      epoch,
      rows,
      nodes,
      part: this.#parts.push(stored) - 1,
      rawLength: small ? payload.length : 0,
    })
  }

  finish(): Uint8Array {
    return frame(
      this.#parts,
      [...this.#tables.values()].map(({ entry, blocks }) => ({ ...entry, blocks })),
    )
  }
}

function* blocksOf(deltas: readonly TableRows[]): Generator<Block> {
  const writer = new ByteWriter()
  for (const { spec, epoch, chunks } of deltas) {
    const filled = chunks.filter(chunk => chunk.length > 0)
    if (filled.length === 0) continue
    const all = concatChunks(filled)
    const schema = spec.schema ?? all.columns.map(({ type }, i) => ({ name: `c${i}`, type }))
    assert(
      schema.length === all.columns.length &&
        schema.every((field, i) => sameType(field.type, all.columns[i]!.type)),
      `the rows of table ${spec.id} have its schema`,
    )
    const sorted = isSharded(spec) ? byVirtualNode(all, spec.shard) : undefined
    for (let from = 0; from < all.length; from += BLOCK_ROWS) {
      const to = Math.min(all.length, from + BLOCK_ROWS)
      const rows = { order: sorted?.order, from, to }
      writer.clear()
      writeWeights(writer, all.weights, rows)
      for (const column of all.columns) writeColumn(writer, column, rows)
      const nodes: [number, number] =
        sorted === undefined
          ? spec.shard.length === 0
            ? [0, 0]
            : [-1, -1]
          : [sorted.nodes[sorted.order[from]!]!, sorted.nodes[sorted.order[to - 1]!]!]
      yield { spec, schema, epoch, rows: to - from, nodes, payload: writer.bytes() }
    }
  }
}

/** A keyed row and the deletion of its key (other columns NULL) must not be put in a different order. */
function isSharded({ mode, key, shard }: StoredSpec): boolean {
  return shard.length > 0 && (mode !== 'keyed' || shard.every(column => key.includes(column)))
}

/** Stable counting sort of the row numbers. */
function byVirtualNode(chunk: Chunk, shard: readonly number[]): { order: Uint32Array; nodes: Uint8Array } {
  const { length } = chunk
  const nodes = new Uint8Array(length)
  virtualNodes(chunk, shard, nodes)
  const next = new Uint32Array(VIRTUAL_NODES + 1)
  for (let i = 0; i < length; i++) next[nodes[i]! + 1]!++
  for (let node = 0; node < VIRTUAL_NODES; node++) next[node + 1]! += next[node]!
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[next[nodes[i]!]!++] = i
  return { order, nodes }
}

/** A flag, and the weights unless all are 1. */
function writeWeights(writer: ByteWriter, weights: Int32Array, rows: RowRange): void {
  const own = gather32(weights, rows)
  let ones = true
  for (let i = 0; ones && i < own.length; i++) ones = own[i] === 1
  writer.u8(ones ? 0 : 1)
  if (!ones) writer.array(own)
}
