import { zstdDecompressSync } from 'node:zlib'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { Schema } from '../types/type.ts'
import { ByteReader } from './byte-reader.ts'
import { readColumn } from './column-codec.ts'
import { damaged } from './object-index.ts'

/** Rows of a table as an object holds them; plain data, so that any thread can decode them. */
export interface StoredRows {
  /** The object's. */
  readonly key: string
  readonly table: string
  readonly schema: Schema
  readonly epoch: Epoch
  readonly rows: number
  /** Its checksum was right. */
  readonly stored: Uint8Array
  /** Length before zstd; 0: stored as it is. */
  readonly rawLength: number
}

/** The rows, at most 65536, owned by the caller. Throws XX001 naming the object. */
export function decodeRows({ key, table, schema, epoch, rows, stored, rawLength }: StoredRows): Chunk {
  try {
    const reader = new ByteReader(rawLength === 0 ? stored : zstdDecompressSync(stored))
    const weights = reader.u8() === 0 ? new Int32Array(rows).fill(1) : new Int32Array(reader.memory(rows * 4))
    const columns = schema.map(field => readColumn(reader, field.type, rows))
    if (!reader.done) throw new RangeError('bytes are left over')
    return { columns, weights, length: rows }
  } catch (error) {
    throw damaged(key, `rows of table ${table}, epoch ${epoch} cannot be read`, error)
  }
}
