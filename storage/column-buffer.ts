import type { Bytes, Column, ColumnData } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import { unpackInto } from '../types/packed-decimals.ts'
import { type Physical, physical, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { copyBytes, gather8, gather32, gather64, gatherBytes, gatherFloats, totalBytes } from './gather.ts'
import { blankArray, grownArray, nextCapacity } from './growing-array.ts'

const EMPTY_BYTES = new Uint8Array(0)
/** Rows name their bytes by 32-bit offsets. */
const ARENA_MAX = 2 ** 31 - 1
/** An array element that is an object, roughly. */
const VALUE_BYTES = 40
const SAMPLE_ROWS = 32
const encoder = new TextEncoder()
/** More bytes are not reserved before they are needed. */
const EXPECTED_MAX = 1 << 16
/** Texts of at most so many characters are written one by one. */
const SHORT_TEXT = 24

/** Faster than a TextDecoder on short texts, and a byte order mark stays. */
export const { utf8Slice } = Buffer.prototype as unknown as {
  readonly utf8Slice: (this: Uint8Array, from: number, to: number) => string
}

/**
 * A growable column that is a valid Column at any time. Bytes go into an append-only arena; a full arena is replaced,
 * never rewritten, so views that were handed out stay valid.
 */
export class ColumnBuffer implements Column {
  readonly type: Type
  readonly kind: Physical
  capacity: number
  nulls: Uint8Array | null = null
  u8: Uint8Array = EMPTY_BYTES
  i32: Int32Array = new Int32Array(0)
  i64: BigInt64Array = new BigInt64Array(0)
  f64: Float64Array = new Float64Array(0)
  values: Value[] = []
  arena: Uint8Array = EMPTY_BYTES
  starts: Int32Array = new Int32Array(0)
  ends: Int32Array = new Int32Array(0)
  /** Arena bytes written, and those of them that no row names any more. */
  used = 0
  garbage = 0
  /** The arena belongs to a chunk that was copied from: it is shared until a row of another buffer comes. */
  #shared = false
  /** No bytes were written since the start. */
  #pristine = true
  /** Bytes that the rows before the last `clear` had: those to come are likely to have as many. */
  #expected = 0
  readonly #sharing: boolean
  readonly #inPlace: boolean

  /**
   * `sharing`: rows copied from one buffer become views of it (for output chunks; not for state). `inPlace`: see
   * grownArray.
   */
  constructor(type: Type, capacity = 64, sharing = false, inPlace = false) {
    this.type = type
    this.kind = physical(type)
    this.capacity = 0
    this.#sharing = sharing
    this.#inPlace = inPlace
    this.reserve(capacity)
  }

  get data(): ColumnData {
    switch (this.kind) {
      case 'u8':
        return this.u8
      case 'i32':
        return this.i32
      case 'i64':
        return this.i64
      case 'f64':
        return this.f64
      case 'values':
        return this.values
      default:
        return { bytes: this.arena, starts: this.starts, ends: this.ends }
    }
  }

  /** Makes room for rows 0 .. rows - 1. */
  reserve(rows: number): void {
    if (rows <= this.capacity) return
    const capacity = nextCapacity(Math.max(16, this.capacity), rows, this.#width, this.#inPlace)
    this.capacity = capacity
    switch (this.kind) {
      case 'u8':
        this.u8 = grownArray(this.u8, capacity, this.#inPlace)
        break
      case 'i32':
        this.i32 = grownArray(this.i32, capacity, this.#inPlace)
        break
      case 'i64':
        this.i64 = grownArray(this.i64, capacity, this.#inPlace)
        break
      case 'f64':
        this.f64 = grownArray(this.f64, capacity, this.#inPlace)
        break
      case 'bytes':
        this.starts = grownArray(this.starts, capacity, this.#inPlace)
        this.ends = grownArray(this.ends, capacity, this.#inPlace)
        break
      case 'values':
        break
    }
    if (this.nulls !== null) this.nulls = grownArray(this.nulls, capacity, this.#inPlace)
  }

  isNull(row: number): boolean {
    return this.nulls !== null && this.nulls[row] === 1
  }

  setNull(row: number): void {
    if (this.nulls === null) this.nulls = new Uint8Array(this.capacity)
    this.nulls[row] = 1
    switch (this.kind) {
      case 'u8':
        this.u8[row] = 0
        break
      case 'i32':
        this.i32[row] = 0
        break
      case 'i64':
        this.i64[row] = 0n
        break
      case 'f64':
        this.f64[row] = 0
        break
      case 'values':
      case 'bytes':
        this.discard(row)
        break
    }
  }

  /** Copies one cell of a column of the same type. */
  copy(row: number, from: Column, fromRow: number): void {
    if (from.nulls !== null && from.nulls[fromRow] === 1) {
      this.setNull(row)
      return
    }
    if (this.nulls !== null) this.nulls[row] = 0
    switch (this.kind) {
      case 'u8':
        this.u8[row] = (from.data as Uint8Array)[fromRow]!
        break
      case 'i32':
        this.i32[row] = (from.data as Int32Array)[fromRow]!
        break
      case 'i64':
        this.i64[row] = (from.data as BigInt64Array)[fromRow]!
        break
      case 'f64':
        this.f64[row] = (from.data as Float64Array)[fromRow]!
        break
      case 'values':
        this.values[row] = (from.data as Value[])[fromRow]!
        break
      case 'bytes': {
        const { bytes, starts, ends } = from.data as Bytes
        this.setBytes(row, bytes, starts[fromRow]!, ends[fromRow]!)
        break
      }
    }
  }

  /** The row is none any more: its cell is never read again. */
  discard(row: number): void {
    if (this.kind === 'values') this.values[row] = null
    if (this.kind !== 'bytes') return
    this.garbage += this.ends[row]! - this.starts[row]!
    this.starts[row] = 0
    this.ends[row] = 0
  }

  /** Row `from` becomes row `to`, which is none. */
  move(to: number, from: number): void {
    if (this.kind !== 'bytes') {
      this.copy(to, this, from)
      this.discard(from)
      return
    }
    if (this.nulls !== null) this.nulls[to] = this.nulls[from]!
    this.starts[to] = this.starts[from]!
    this.ends[to] = this.ends[from]!
    this.starts[from] = 0
    this.ends[from] = 0
  }

  /** Copies cells rows[0 .. count) (none given: 0 .. count) of a column of the same type to rows at, at + 1, … */
  gather(at: number, from: Column, rows: Int32Array | undefined, count: number): void {
    this.reserve(at + count)
    if (from.packed !== undefined && from.nulls === null && rows === undefined) {
      this.nulls?.fill(0, at, at + count)
      unpackInto(this.values, at, from.packed, count)
      return
    }
    if (from.nulls !== null) {
      for (let i = 0; i < count; i++) this.copy(at + i, from, rows === undefined ? i : rows[i]!)
      return
    }
    this.nulls?.fill(0, at, at + count)
    switch (this.kind) {
      case 'u8':
        gather8(this.u8, at, from.data as Uint8Array, rows, count)
        break
      case 'i32':
        gather32(this.i32, at, from.data as Int32Array, rows, count)
        break
      case 'i64':
        gather64(this.i64, at, from.data as BigInt64Array, rows, count)
        break
      case 'f64':
        gatherFloats(this.f64, at, from.data as Float64Array, rows, count)
        break
      case 'values':
        for (let i = 0; i < count; i++)
          this.values[at + i] = (from.data as Value[])[rows === undefined ? i : rows[i]!]!
        break
      case 'bytes':
        this.#gatherBytes(at, from.data as Bytes, rows, count)
        break
    }
  }

  #gatherBytes(at: number, from: Bytes, rows: Int32Array | undefined, count: number): void {
    const { bytes, starts, ends } = from
    if (this.#sharing && (this.#pristine || (this.#shared && this.arena === bytes))) {
      this.#pristine = false
      this.#shared = true
      this.arena = bytes
      gather32(this.starts, at, starts, rows, count)
      gather32(this.ends, at, ends, rows, count)
      return
    }
    if (this.#sharing) {
      for (let i = 0; i < count; i++) {
        const row = rows === undefined ? i : rows[i]!
        this.setBytes(at + i, bytes, starts[row]!, ends[row]!)
      }
      return
    }
    for (let i = 0; i < count; i++) this.garbage += this.ends[at + i]! - this.starts[at + i]!
    const length = totalBytes(from, rows, count)
    if (this.used + length > this.arena.length) this.#growArena(length)
    this.used = gatherBytes(this.arena, this.used, this.starts, this.ends, at, from, rows, count)
  }

  setBytes(row: number, bytes: Uint8Array, from: number, to: number): void {
    this.garbage += this.ends[row]! - this.starts[row]!
    if (this.#sharing) {
      if (this.#pristine) {
        this.#pristine = false
        this.arena = bytes
        this.#shared = true
      }
      if (this.#shared && this.arena === bytes) {
        this.starts[row] = from
        this.ends[row] = to
        return
      }
      if (this.#shared) this.#unshare(row)
    }
    const length = to - from
    if (this.used + length > this.arena.length) this.#growArena(length)
    const at = this.used
    copyBytes(this.arena, at, bytes, from, to)
    this.used = at + length
    this.starts[row] = at
    this.ends[row] = at + length
  }

  /** Writes a SQL value; numbers and bigints are taken as the type has them. */
  set(row: number, value: Value): void {
    if (value === null) {
      this.setNull(row)
      return
    }
    if (this.nulls !== null) this.nulls[row] = 0
    switch (this.kind) {
      case 'u8':
        this.u8[row] = value === true ? 1 : 0
        break
      case 'i32':
        this.i32[row] = value as number
        break
      case 'i64':
        this.i64[row] = value as bigint
        break
      case 'f64':
        this.f64[row] = value as number
        break
      case 'values':
        this.values[row] = value
        break
      case 'bytes': {
        if (typeof value === 'string' && this.#setShort(row, value)) break
        const bytes = typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array)
        this.setBytes(row, bytes, 0, bytes.length)
        break
      }
    }
  }

  /** Writes a short text of ASCII, where that needs no encoder; false: it is another. */
  #setShort(row: number, text: string): boolean {
    const { length } = text
    if (length > SHORT_TEXT) return false
    for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 127) return false
    this.garbage += this.ends[row]! - this.starts[row]!
    this.#pristine = false
    if (this.#shared) this.#unshare(row)
    if (this.used + length > this.arena.length) this.#growArena(length)
    const at = this.used
    for (let i = 0; i < length; i++) this.arena[at + i] = text.charCodeAt(i)
    this.used = at + length
    this.starts[row] = at
    this.ends[row] = at + length
    return true
  }

  get(row: number): Value {
    return cellValue(this, row)
  }

  /** Forgets all rows. What was emitted stays valid: an arena that was written to is left to its readers. */
  clear(): void {
    this.nulls = null
    this.values = []
    if (this.kind === 'bytes') {
      this.starts.fill(0)
      this.ends.fill(0)
      this.arena = EMPTY_BYTES
      this.#expected = Math.min(this.used, EXPECTED_MAX)
    }
    this.used = 0
    this.garbage = 0
    this.#shared = false
    this.#pristine = true
  }

  /** Rewrites the arena without garbage when more than half of it is; `rows` bounds the row ids in use. */
  compact(rows: number): void {
    if (this.kind !== 'bytes' || this.garbage < 1 << 16 || this.garbage * 2 < this.used) return
    const arena = grownArray(EMPTY_BYTES, Math.max(1024, (this.used - this.garbage) * 2), this.#inPlace)
    let at = 0
    for (let row = 0; row < rows; row++) {
      const from = this.starts[row]!
      const to = this.ends[row]!
      if (to === from) continue
      arena.set(this.arena.subarray(from, to), at)
      this.starts[row] = at
      at += to - from
      this.ends[row] = at
    }
    this.arena = arena
    this.used = at
    this.garbage = 0
  }

  /**
   * Row rows[i] becomes row i, for i < count; rows ascend, the others of the first `end` go. `afresh`: in other memory;
   * else nobody has views of the column. Rows were only added, so their bytes lie in their order.
   */
  keepOnly(rows: Int32Array, count: number, end: number, afresh: boolean): void {
    const from: Column = { type: this.type, data: this.data, nulls: this.nulls }
    if (afresh) this.#renew()
    if (from.nulls !== null) gather8(this.nulls!, 0, from.nulls, rows, count)
    switch (this.kind) {
      case 'u8':
        gather8(this.u8, 0, from.data as Uint8Array, rows, count)
        break
      case 'i32':
        gather32(this.i32, 0, from.data as Int32Array, rows, count)
        break
      case 'i64':
        gather64(this.i64, 0, from.data as BigInt64Array, rows, count)
        break
      case 'f64':
        gatherFloats(this.f64, 0, from.data as Float64Array, rows, count)
        break
      case 'values':
        this.values = Array.from({ length: count }, (_, i) => (from.data as Value[])[rows[i]!]!)
        break
      case 'bytes': {
        this.used = gatherBytes(this.arena, 0, this.starts, this.ends, 0, from.data as Bytes, rows, count)
        this.garbage = 0
        this.starts.fill(0, count, end)
        this.ends.fill(0, count, end)
        break
      }
    }
  }

  #renew(): void {
    const inPlace = this.#inPlace
    this.u8 = blankArray(this.u8, inPlace)
    this.i32 = blankArray(this.i32, inPlace)
    this.i64 = blankArray(this.i64, inPlace)
    this.f64 = blankArray(this.f64, inPlace)
    this.starts = blankArray(this.starts, inPlace)
    this.ends = blankArray(this.ends, inPlace)
    this.arena = blankArray(this.arena, inPlace)
    if (this.nulls !== null) this.nulls = blankArray(this.nulls, inPlace)
  }

  get byteLength(): number {
    const nulls = this.nulls === null ? 0 : this.capacity
    return this.capacity * this.#width + nulls + this.arena.length + this.values.length * VALUE_BYTES
  }

  /** Bytes of one of the first `rows` rows, by a sample of them. */
  rowBytes(rows: number): number {
    if (this.kind !== 'bytes') return this.kind === 'values' ? VALUE_BYTES : this.#width
    const step = Math.max(1, Math.floor(rows / SAMPLE_ROWS))
    let sum = 0
    let count = 0
    for (let row = 0; row < rows; row += step, count++) sum += this.ends[row]! - this.starts[row]!
    return this.#width + sum / Math.max(1, count)
  }

  get #width(): number {
    return this.kind === 'i64' || this.kind === 'f64' || this.kind === 'bytes'
      ? 8
      : this.kind === 'u8'
        ? 1
        : 4
  }

  #unshare(rows: number): void {
    const source = this.arena
    this.#shared = false
    this.arena = new Uint8Array(1024)
    this.used = 0
    for (let row = 0; row < rows; row++) {
      const from = this.starts[row]!
      const to = this.ends[row]!
      this.starts[row] = 0
      this.ends[row] = 0
      if (to > from) this.setBytes(row, source, from, to)
    }
  }

  #growArena(length: number): void {
    if (this.used + length > ARENA_MAX)
      throw new SqlError('out_of_memory', 'the texts of one column of a table of state take more than 2 GiB')
    const least = this.arena.length === 0 ? Math.max(1024, this.#expected) : this.arena.length
    const size = nextCapacity(least, this.used + length, 1, this.#inPlace)
    this.arena = grownArray(this.arena, Math.min(size, ARENA_MAX), this.#inPlace)
  }
}

/** Bytes of several columns, indexes or arrays. */
export function byteLengths(parts: readonly { readonly byteLength: number }[]): number {
  let sum = 0
  for (const { byteLength } of parts) sum += byteLength
  return sum
}

/** One cell as a SQL value. */
export function cellValue(column: Column, row: number): Value {
  if (column.nulls !== null && column.nulls[row] === 1) return null
  switch (physical(column.type)) {
    case 'u8':
      return (column.data as Uint8Array)[row] === 1
    case 'i32':
    case 'f64':
      return (column.data as Int32Array)[row]!
    case 'i64':
      return (column.data as BigInt64Array)[row]!
    case 'values':
      return (column.data as Value[])[row]!
    case 'bytes': {
      const { bytes, starts, ends } = column.data as Bytes
      if (column.type.name === 'bytea') return bytes.slice(starts[row]!, ends[row]!)
      return utf8Slice.call(bytes, starts[row]!, ends[row]!)
    }
  }
}
