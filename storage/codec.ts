import { promisify } from 'node:util'
import { constants, crc32, zstdCompress, zstdCompressSync } from 'node:zlib'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert } from '../types/error.ts'
import { type Schema, sameType } from '../types/type.ts'
import { ByteWriter } from './byte-writer.ts'
import { writeColumn } from './column-codec.ts'
import { concatChunks } from './concat-chunks.ts'
import type { TableSpec } from './contract.ts'
import { type BlockEntry, frame, type RawBlock, type TableEntry } from './object-index.ts'
import { StateObjectReader } from './state-object-reader.ts'
import { virtualNodes } from './virtual-nodes.ts'

/** What the store needs to know of a table; without a schema the columns are named c0, c1, … */
export type StoredSpec = Pick<TableSpec, 'id' | 'mode' | 'key' | 'shard'> & { readonly schema?: Schema }

export interface TableRows {
  readonly spec: StoredSpec
  readonly epoch: Epoch
  readonly chunks: Iterable<Chunk>
  /** Each chunk's rows are in the order of their virtual nodes. */
  readonly ordered?: boolean
  /** Blocks of another object, taken over as they are. */
  readonly blocks?: readonly RawBlock[]
}

export interface StoredChunk {
  readonly spec: StoredSpec
  readonly epoch: Epoch
  readonly chunk: Chunk
}

/** Of tables that are not sharded. */
const FIRST_NODE = [0, 0] as const
const UNORDERED = [-1, -1] as const
const BLOCK_ROWS = 1 << 16
/** So many rows are not put behind others: it costs a copy. */
const JOINED_ROWS = 1 << 13
/** Smaller blocks stay as they are: compressing costs more than it saves. */
const COMPRESS_MIN = 256
/** Larger ones are compressed off the thread by the async variant. */
const OFF_THREAD_MIN = 1 << 15
/** Blocks with the thread pool at a time. */
const COMPRESSING_MAX = 3
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const compress = promisify(zstdCompress)

/** What one object is and holds. */
export interface EncodedObject {
  /** Its bytes, one part behind the other. */
  readonly parts: readonly Uint8Array[]
  /** Rows by table, of those that have any. */
  readonly tables: Readonly<Record<string, number>>
  readonly from: Epoch
  readonly to: Epoch
}

/**
 * State object, version 2: magic | blocks | index | trailer (see object-index.ts). A block holds at most 65536 rows of one
 * table and epoch: weights, then column by column, zstd level 1. Rows stay in the order given. Large blocks are compressed
 * by the thread pool, and others get a turn meanwhile: the chunks must not change until it resolves.
 */
export async function encodeStateObject(deltas: readonly TableRows[]): Promise<EncodedObject> {
  const body = new ObjectBody()
  for (const { spec, blocks = [] } of deltas) for (const block of blocks) body.take(spec, block)
  /** Blocks that the pool compresses, oldest first: they go into the object in their order. */
  const compressing: { readonly block: Block; readonly compressed: Promise<Uint8Array> }[] = []
  /** As many as there may be blocks under way: memory that was touched before is faster. */
  const writers: ByteWriter[] = []
  const addOldest = async (): Promise<void> => {
    const { block, compressed } = compressing.shift()!
    body.add(block, await compressed)
    writers.push(block.writer)
  }
  for (const block of blocksOf(deltas, () => writers.pop() ?? new ByteWriter())) {
    const { payload, writer } = block
    const { length } = payload
    if (length >= OFF_THREAD_MIN) {
      // One output buffer: the stream behind it gives its output in pieces of chunkSize.
      const compressed = compress(payload, { ...LEVEL, chunkSize: length })
      compressed.catch(() => {})
      compressing.push({ block, compressed })
      if (compressing.length === COMPRESSING_MAX) await addOldest()
      continue
    }
    while (compressing.length > 0) await addOldest()
    body.add(block, length < COMPRESS_MIN ? undefined : zstdCompressSync(payload, LEVEL))
    writers.push(writer)
  }
  while (compressing.length > 0) await addOldest()
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
  /** Valid until the writer is used again. */
  readonly payload: Uint8Array
  readonly writer: ByteWriter
}

class ObjectBody {
  readonly #parts: Uint8Array[] = []
  readonly #tables = new Map<string, { entry: Omit<TableEntry, 'blocks'>; blocks: BlockEntry[] }>()

  add({ spec, schema, epoch, rows, nodes, payload }: Block, compressed: Uint8Array | undefined): void {
    const small = compressed !== undefined && compressed.length < payload.length
    const stored = small ? trimmed(compressed) : payload.slice()
    const rawLength = small ? payload.length : 0
    this.#put(spec, schema, { epoch, rows, nodes, stored, rawLength, crc: crc32(stored) })
  }

  take(spec: StoredSpec, block: RawBlock): void {
    assert(spec.schema !== undefined, `the schema of table ${spec.id} is known`)
    this.#put(spec, spec.schema, block)
  }

  finish(): EncodedObject {
    const tables = [...this.#tables.values()].map(({ entry, blocks }) => ({ ...entry, blocks }))
    const epochs = tables.flatMap(({ blocks }) => blocks.map(({ epoch }) => epoch))
    return {
      parts: frame(this.#parts, tables),
      tables: Object.fromEntries(
        tables.map(({ id, blocks }) => [id, blocks.reduce((sum, { rows }) => sum + rows, 0)]),
      ),
      from: epochs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      to: epochs.reduce((a, b) => Math.max(a, b), 0),
    }
  }

  #put(spec: StoredSpec, schema: Schema, { stored, ...block }: RawBlock): void {
    let table = this.#tables.get(spec.id)
    if (table === undefined) {
      const { id, mode, key, shard } = spec
      table = { entry: { id, mode, key, shard, schema }, blocks: [] }
      this.#tables.set(id, table)
    }
    table.blocks.push({ ...block, part: this.#parts.push(stored) - 1 })
  }
}

/** zlib leaves a buffer of the length before compression behind the bytes, which wait for their object. */
function trimmed(bytes: Uint8Array): Uint8Array {
  return bytes.buffer.byteLength > 2 * bytes.length ? bytes.slice() : bytes
}

function* blocksOf(deltas: readonly TableRows[], free: () => ByteWriter): Generator<Block> {
  for (const { spec, epoch, chunks, ordered = false } of deltas)
    for (const chunk of ordered ? chunks : joined(chunks)) {
      const schema = spec.schema ?? chunk.columns.map(({ type }, i) => ({ name: `c${i}`, type }))
      assert(
        schema.length === chunk.columns.length &&
          schema.every((field, i) => sameType(field.type, chunk.columns[i]!.type)),
        `the rows of table ${spec.id} have its schema`,
      )
      const nodes = ordered ? new Uint8Array(chunk.length) : undefined
      if (nodes !== undefined) virtualNodes(chunk, spec.shard, nodes)
      const unknown = spec.shard.length === 0 ? FIRST_NODE : UNORDERED
      for (let from = 0; from < chunk.length; from += BLOCK_ROWS) {
        const to = Math.min(chunk.length, from + BLOCK_ROWS)
        const writer = free()
        writer.clear()
        writeWeights(writer, chunk.weights, from, to)
        for (const column of chunk.columns) writeColumn(writer, column, from, to)
        const range = nodes === undefined ? unknown : ([nodes[from]!, nodes[to - 1]!] as const)
        yield { spec, schema, epoch, rows: to - from, nodes: range, payload: writer.bytes(), writer }
      }
    }
}

/** Neighbours that fit into a block together become one chunk, unless they make good blocks as they are. */
function* joined(chunks: Iterable<Chunk>): Generator<Chunk> {
  let together: Chunk[] = []
  let rows = 0
  for (const chunk of chunks) {
    if (chunk.length === 0) continue
    if (rows + chunk.length > (rows < JOINED_ROWS ? BLOCK_ROWS : JOINED_ROWS)) {
      if (rows > 0) yield concatChunks(together)
      together = []
      rows = 0
    }
    together.push(chunk)
    rows += chunk.length
  }
  if (rows > 0) yield concatChunks(together)
}

/** A flag, and the weights unless all are 1. */
function writeWeights(writer: ByteWriter, weights: Int32Array, from: number, to: number): void {
  const own = weights.subarray(from, to)
  let ones = true
  for (let i = 0; ones && i < own.length; i++) ones = own[i] === 1
  writer.u8(ones ? 0 : 1)
  if (!ones) writer.array(own)
}
