import { SqlError } from '../../types/error.ts'

/** Hears of the fields of COPY's binary format, which are bytes[from .. to); `from` -1: NULL. */
export interface BinaryFields {
  /** A row of so many fields begins. */
  begin(count: number): void
  field(index: number, bytes: Buffer, from: number, to: number): void
  end(count: number): void
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')

/** Signature, flags, and the length of a header extension that is not there. */
export const BINARY_HEADER = Buffer.concat([SIGNATURE, Buffer.alloc(8)])
export const BINARY_TRAILER = Buffer.from([0xff, 0xff])

/** Reads COPY's binary format as it comes in (PostgreSQL, COPY, "Binary Format"). */
export class BinaryRows {
  readonly #fields: BinaryFields
  #rest: Buffer[] = []
  #length = 0
  /** Bytes that must be there before a row can be whole. */
  #needed = 0
  #begun = false
  #ended = false

  constructor(fields: BinaryFields) {
    this.#fields = fields
  }

  push(bytes: Buffer): void {
    this.#rest.push(bytes)
    this.#length += bytes.length
    if (this.#length < this.#needed) return
    let all = this.#rest.length === 1 ? bytes : Buffer.concat(this.#rest)
    if (!this.#begun) all = this.#header(all) ?? all
    let at = 0
    while (this.#begun && !this.#ended) {
      const next = this.#row(all, at)
      if (next === -1) break
      at = next
    }
    const left = this.#ended ? all.subarray(all.length) : all.subarray(at)
    this.#needed = Math.max(0, this.#needed - at)
    this.#rest = left.length === 0 ? [] : [left]
    this.#length = left.length
  }

  /** Throws 22P04 when rows are cut short. */
  end(): void {
    if (!this.#begun || this.#length > 0) throw malformed('unexpected EOF in COPY data')
  }

  /** What follows the header; undefined: it is not there yet. */
  #header(all: Buffer): Buffer | undefined {
    const known = Math.min(all.length, SIGNATURE.length)
    if (!all.subarray(0, known).equals(SIGNATURE.subarray(0, known)))
      throw malformed('COPY file signature not recognized')
    if (all.length < BINARY_HEADER.length) return undefined
    if ((all.readUInt32BE(SIGNATURE.length) & 0xffff0000) !== 0)
      throw malformed('unrecognized critical flags in COPY file header')
    const length = BINARY_HEADER.length + all.readUInt32BE(SIGNATURE.length + 4)
    if (all.length < length) return undefined
    this.#begun = true
    return all.subarray(length)
  }

  /** Reads the row at `from` when it is whole; returns where the next one is, else -1. */
  #row(bytes: Buffer, from: number): number {
    const { length } = bytes
    if (length < from + 2) return -1
    const count = bytes.readInt16BE(from)
    if (count === -1) {
      this.#ended = true
      return -1
    }
    let at = from + 2
    for (let i = 0; i < count; i++) {
      if (length < at + 4) return -1
      const size = bytes.readInt32BE(at)
      if (size < -1) throw malformed('invalid field size')
      at += 4 + Math.max(0, size)
      if (length < at) {
        this.#needed = at
        return -1
      }
    }
    this.#fields.begin(count)
    at = from + 2
    for (let i = 0; i < count; i++) {
      const size = bytes.readInt32BE(at)
      at += 4
      if (size === -1) this.#fields.field(i, bytes, -1, -1)
      else this.#fields.field(i, bytes, at, (at += size))
    }
    this.#fields.end(count)
    return at
  }
}

function malformed(message: string): SqlError {
  return new SqlError('bad_copy_file_format', message)
}
