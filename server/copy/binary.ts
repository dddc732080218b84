import { SqlError } from '../../types/error.ts'

/** A row of COPY's binary format: the bytes of each field; null: NULL. */
export type BinaryRow = readonly (Buffer | null)[]

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')

/** Signature, flags, and the length of a header extension that is not there. */
export const BINARY_HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)])
export const BINARY_TRAILER = Buffer.from([0xff, 0xff])

/** Reads COPY's binary format as it comes in (PostgreSQL, COPY, "Binary Format"). */
export class BinaryReader {
  #rest: Buffer = Buffer.alloc(0)
  #begun = false
  #ended = false

  push(bytes: Buffer): BinaryRow[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    if (!this.#begun && !this.#header()) return []
    const rows: BinaryRow[] = []
    for (let row = this.#row(); row !== undefined; row = this.#row()) rows.push(row)
    return rows
  }

  /** Throws 22P04 when rows are cut short. */
  end(): void {
    if (!this.#begun || this.#rest.length > 0) throw malformed('unexpected EOF in COPY data')
  }

  #header(): boolean {
    const known = Math.min(this.#rest.length, SIGNATURE.length)
    if (!this.#rest.subarray(0, known).equals(SIGNATURE.subarray(0, known)))
      throw malformed('COPY file signature not recognized')
    if (this.#rest.length < BINARY_HEADER.length) return false
    if ((this.#rest.readUInt32BE(SIGNATURE.length) & 0xffff0000) !== 0)
      throw malformed('unrecognized critical flags in COPY file header')
    const length = BINARY_HEADER.length + this.#rest.readUInt32BE(SIGNATURE.length + 4)
    if (this.#rest.length < length) return false
    this.#rest = this.#rest.subarray(length)
    this.#begun = true
    return true
  }

  #row(): BinaryRow | undefined {
    if (this.#ended || this.#rest.length < 2) return undefined
    const count = this.#rest.readInt16BE(0)
    if (count === -1) {
      this.#ended = true
      this.#rest = this.#rest.subarray(this.#rest.length)
      return undefined
    }
    const row: (Buffer | null)[] = []
    let at = 2
    for (let i = 0; i < count; i++) {
      if (this.#rest.length < at + 4) return undefined
      const length = this.#rest.readInt32BE(at)
      if (length < -1) throw malformed('invalid field size')
      at += 4
      if (length === -1) row.push(null)
      else if (this.#rest.length < at + length) return undefined
      else row.push(this.#rest.subarray(at, (at += length)))
    }
    this.#rest = this.#rest.subarray(at)
    return row
  }
}

/** One row in the binary format. */
export function binaryRow(fields: BinaryRow): Buffer {
  const parts: Buffer[] = [Buffer.alloc(2)]
  parts[0]!.writeInt16BE(fields.length)
  for (const field of fields) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(field === null ? -1 : field.length)
    parts.push(length)
    if (field !== null) parts.push(field)
  }
  return Buffer.concat(parts)
}

function malformed(message: string): SqlError {
  return new SqlError('bad_copy_file_format', message)
}
