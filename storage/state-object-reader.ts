import { crc32 } from 'node:zlib'
import type { Bytes, Chunk, Column, ColumnData } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { Schema } from '../types/type.ts'
import type { TableSpec } from './contract.ts'
import { damaged, type RawBlock, readIndex, type StoredBlock, type StoredTable } from './object-index.ts'
import { decodeRows, type StoredRows } from './stored-rows.ts'
import { virtualNodes } from './virtual-nodes.ts'

export interface StoredTableInfo {
  readonly spec: Pick<TableSpec, 'id' | 'mode' | 'key' | 'shard'> & { readonly schema: Schema }
  readonly fingerprint: number
  readonly rows: number
  readonly epochs: readonly Epoch[]
}

/** Virtual nodes wanted: from <= node < to. */
export interface BlockFilter {
  readonly vnodes?: { readonly from: number; readonly to: number }
}

/** One state object in memory. Its index is checked at opening, each block when it is read. */
export class StateObjectReader {
  readonly #bytes: Uint8Array
  readonly #key: string
  readonly #tables: ReadonlyMap<string, StoredTable>

  private constructor(bytes: Uint8Array, key: string, tables: readonly StoredTable[]) {
    this.#bytes = bytes
    this.#key = key
    this.#tables = new Map(tables.map(table => [table.id, table]))
  }

  /** Throws XX001 naming `key` when index or frame are damaged. */
  static open(bytes: Uint8Array, key: string): StateObjectReader {
    return new StateObjectReader(bytes, key, readIndex(bytes, key))
  }

  tables(): readonly StoredTableInfo[] {
    return [...this.#tables.values()].map(({ id, mode, key, shard, schema, fingerprint, blocks }) => ({
      spec: { id, mode, key, shard, schema },
      fingerprint,
      rows: blocks.reduce((sum, [, rows]) => sum + rows, 0),
      epochs: [...new Set(blocks.map(([epoch]) => epoch))],
    }))
  }

  /**
   * Chunks of a table (at most 65536 rows), owned by the caller, as they were written; none when the table is not inside.
   * A filter leaves out rows of other virtual nodes, but not of tables whose rows are not in that order.
   */
  *read(table: string, filter?: BlockFilter): Generator<{ readonly epoch: Epoch; readonly chunk: Chunk }> {
    const found = this.#tables.get(table)
    if (found === undefined) return
    const { from, to } = filter?.vnodes ?? { from: 0, to: 256 }
    for (const block of this.blocks(table)) {
      const { epoch, nodes } = block
      const [lowest, highest] = nodes
      if (lowest !== -1 && (highest < from || lowest >= to)) continue
      const chunk = this.decode(table, block)
      if (lowest === -1 || (lowest >= from && highest < to)) yield { epoch, chunk }
      else {
        const part = rowsOfNodes(chunk, found.shard, from, to)
        if (part.length > 0) yield { epoch, chunk: part }
      }
    }
  }

  /** The table's blocks as they are stored. */
  *blocks(table: string): Generator<RawBlock> {
    const found = this.#tables.get(table)
    if (found === undefined) return
    for (const block of found.blocks) {
      const [epoch, rows, lowest, highest, , , rawLength, crc] = block
      yield { epoch, rows, nodes: [lowest, highest], stored: this.#stored(found, block), rawLength, crc }
    }
  }

  /** The rows of one of the table's blocks, owned by the caller. */
  decode(table: string, block: RawBlock): Chunk {
    return decodeRows(this.#storedRows(table, block))
  }

  /** The table's rows, for `decodeRows`. */
  *stored(table: string): Generator<StoredRows> {
    for (const block of this.blocks(table)) yield this.#storedRows(table, block)
  }

  #storedRows(table: string, { epoch, rows, stored, rawLength }: RawBlock): StoredRows {
    const { schema } = this.#tables.get(table)!
    return { key: this.#key, table, schema, epoch, rows, stored, rawLength }
  }

  #stored({ id }: StoredTable, [epoch, , , , offset, size, , crc]: StoredBlock): Uint8Array {
    const stored = this.#bytes.subarray(offset, offset + size)
    if (stored.length !== size || crc32(stored) !== crc)
      throw damaged(this.#key, `the checksum of rows of table ${id}, epoch ${epoch} does not fit`)
    return stored
  }
}

/** The rows are in the order of their virtual nodes, so they are one range. */
function rowsOfNodes(chunk: Chunk, shard: readonly number[], from: number, to: number): Chunk {
  const nodes = new Uint8Array(chunk.length)
  virtualNodes(chunk, shard, nodes)
  let first = 0
  while (first < chunk.length && nodes[first]! < from) first++
  let end = first
  while (end < chunk.length && nodes[end]! < to) end++
  return {
    columns: chunk.columns.map(column => sliceColumn(column, first, end)),
    weights: chunk.weights.slice(first, end),
    length: end - first,
  }
}

function sliceColumn({ type, data, nulls }: Column, from: number, to: number): Column {
  return { type, data: sliceData(data, from, to), nulls: nulls === null ? null : nulls.slice(from, to) }
}

function sliceData(data: ColumnData, from: number, to: number): ColumnData {
  if (Array.isArray(data) || !('bytes' in data)) return data.slice(from, to)
  const { bytes, starts, ends }: Bytes = data
  return { bytes, starts: starts.slice(from, to), ends: ends.slice(from, to) }
}
