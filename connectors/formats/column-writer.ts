import type { Column } from '../../types/chunk.ts'
import { type Physical, physical, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/**
 * A column that grows by rows, with the array of its physical form as an open field, so that generated decoders write cells
 * without a call. Only the fields of that form hold anything.
 */
export class ColumnWriter {
  readonly type: Type
  readonly kind: Physical
  nulls: Uint8Array
  hasNulls = false
  u8 = new Uint8Array(0)
  i32 = new Int32Array(0)
  i64 = new BigInt64Array(0)
  /** The 64-bit integers as low and high halves: whole numbers below 2^53 get in without a BigInt. */
  halves = new Int32Array(0)
  f64 = new Float64Array(0)
  values: Value[] = []
  starts = new Int32Array(0)
  ends = new Int32Array(0)
  bytes = Buffer.alloc(0)
  /** Bytes in use. */
  used = 0

  constructor(type: Type, rows: number) {
    this.type = type
    this.kind = physical(type)
    this.nulls = new Uint8Array(0)
    this.grow(rows)
  }

  /** Makes room for so many rows in all. */
  grow(rows: number): void {
    this.nulls = grown(this.nulls, new Uint8Array(rows))
    if (this.kind === 'u8') this.u8 = grown(this.u8, new Uint8Array(rows))
    else if (this.kind === 'i32') this.i32 = grown(this.i32, new Int32Array(rows))
    else if (this.kind === 'f64') this.f64 = grown(this.f64, new Float64Array(rows))
    else if (this.kind === 'i64') {
      this.i64 = grown(this.i64, new BigInt64Array(rows))
      this.halves = new Int32Array(this.i64.buffer)
    } else if (this.kind === 'bytes') {
      this.starts = grown(this.starts, new Int32Array(rows))
      this.ends = grown(this.ends, new Int32Array(rows))
      this.reserve(rows * 16)
    }
  }

  /** Makes room for so many more bytes. */
  reserve(more: number): void {
    if (this.used + more <= this.bytes.length) return
    const bytes = Buffer.allocUnsafeSlow(Math.max((this.used + more) * 2, 256))
    this.bytes.copy(bytes, 0, 0, this.used)
    this.bytes = bytes
  }

  set(row: number, value: Value): void {
    if (value !== null) this.nulls[row] = 0
    if (value === null) this.setNull(row)
    else if (this.kind === 'u8') this.u8[row] = value === true ? 1 : 0
    else if (this.kind === 'i32') this.i32[row] = value as number
    else if (this.kind === 'i64') this.i64[row] = value as bigint
    else if (this.kind === 'f64') this.f64[row] = value as number
    else if (this.kind === 'values') this.values[row] = value
    else this.#setBytes(row, value as string | Uint8Array)
  }

  setNull(row: number): void {
    this.nulls[row] = 1
    this.hasNulls = true
    if (this.kind === 'u8') this.u8[row] = 0
    else if (this.kind === 'i32') this.i32[row] = 0
    else if (this.kind === 'i64') this.i64[row] = 0n
    else if (this.kind === 'f64') this.f64[row] = 0
    else if (this.kind === 'values') this.values[row] = null
    else this.starts[row] = this.ends[row] = this.used
  }

  /** The first `length` rows; the arrays belong to the column from now on. */
  column(length: number): Column {
    const { type, used, starts, ends } = this
    const nulls = this.hasNulls ? this.nulls : null
    if (this.kind === 'bytes')
      return { type, nulls, data: { bytes: this.bytes.subarray(0, used), starts, ends } }
    if (this.kind === 'values') return { type, nulls, data: this.values.slice(0, length) }
    return { type, nulls, data: this[this.kind].subarray(0, length) }
  }

  #setBytes(row: number, value: string | Uint8Array): void {
    this.reserve(typeof value === 'string' ? value.length * 3 : value.length)
    this.starts[row] = this.used
    if (typeof value === 'string') this.used += this.bytes.write(value, this.used)
    else {
      this.bytes.set(value, this.used)
      this.used += value.length
    }
    this.ends[row] = this.used
  }
}

function grown<Data extends { set(from: Data): void }>(from: Data, to: Data): Data {
  to.set(from)
  return to
}
