// Rows as JSON objects, from columns straight into bytes: the same text as rowJson gives, without strings for what is common.
import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import type { Schema, Type } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { cell, valueJson } from './to-json.ts'

const BLOCK = 1 << 18
const TWO_32 = 4294967296
const DAY_SECONDS = 86400
const NULL = Buffer.from('null')
const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')
const DIGITS_MAX = 20
const BILLION = 1e9
/** By exponent. */
const POWERS = Int32Array.from({ length: 10 }, (_, i) => 10 ** i)

/** Text written so far; what was taken stays as it is. */
export class JsonBytes {
  bytes = Buffer.allocUnsafeSlow(BLOCK)
  at = 0
  #start = 0

  /** Makes room for so many more bytes. */
  reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return
    const held = this.at - this.#start
    const bytes = Buffer.allocUnsafeSlow(Math.max(BLOCK, (held + more) * 2))
    this.bytes.copy(bytes, 0, this.#start, this.at)
    this.bytes = bytes
    this.at = held
    this.#start = 0
  }

  /** What was written since the last call. */
  take(): Buffer {
    const taken = this.bytes.subarray(this.#start, this.at)
    this.#start = this.at
    return taken
  }

  put(part: Uint8Array): void {
    this.reserve(part.length)
    for (let i = 0; i < part.length; i++) this.bytes[this.at++] = part[i]!
  }

  text(text: string): void {
    this.reserve(text.length * 3)
    this.at += this.bytes.write(text, this.at)
  }

  byte(byte: number): void {
    this.reserve(1)
    this.bytes[this.at++] = byte
  }

  /** A whole number that a double holds, at least `width` digits. */
  int(value: number, width = 1): void {
    this.reserve(DIGITS_MAX + width)
    let rest = value
    if (value < 0) {
      this.bytes[this.at++] = 0x2d
      rest = -value
    }
    if (rest < BILLION) this.#digits(rest, width)
    else {
      const high = Math.floor(rest / BILLION)
      this.int(high, Math.max(1, width - 9))
      this.#digits(rest - high * BILLION, 9)
    }
  }

  /** Below a billion: division of small integers is a multiplication. */
  #digits(value: number, width: number): void {
    const { bytes } = this
    let rest = value | 0
    let count = width
    while (count < 9 && rest >= POWERS[count]!) count++
    for (let i = this.at + count - 1; i >= this.at; i--) {
      const next = (rest / 10) | 0
      bytes[i] = 0x30 + (rest - next * 10)
      rest = next
    }
    this.at += count
  }
}

type WriteCell = (row: number) => void

/** Writes rows of the chunk to `out`: all columns, or `only` these. */
export function rowWriter(out: JsonBytes, chunk: Chunk, schema: Schema, only?: readonly number[]): WriteCell {
  const columns = only ?? schema.map((_, i) => i)
  const names = columns.map((column, i) =>
    Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(schema[column]!.name)}:`),
  )
  const cells = columns.map(column => nullable(out, chunk.columns[column]!, schema[column]!.type))
  if (columns.length === 0) return () => out.text('{}')
  return row => {
    for (let i = 0; i < cells.length; i++) {
      out.put(names[i]!)
      cells[i]!(row)
    }
    out.byte(0x7d)
  }
}

function nullable(out: JsonBytes, column: Column, type: Type): WriteCell {
  const write = cellWriter(out, column, type)
  const { nulls } = column
  if (nulls === null) return write
  return row => (nulls[row] === 1 ? out.put(NULL) : write(row))
}

function cellWriter(out: JsonBytes, column: Column, type: Type): WriteCell {
  const { data } = column
  const slowly: WriteCell = row => out.text(valueJson(cell(column, row), type))
  switch (type.name) {
    case 'bool':
      return row => out.put((data as Uint8Array)[row] === 1 ? TRUE : FALSE)
    case 'int2':
    case 'int4':
      return row => out.int((data as Int32Array)[row]!)
    case 'int8':
      return wholeWriter(data as BigInt64Array, value => out.int(value), slowly)
    case 'timestamp':
      return wholeWriter(data as BigInt64Array, value => timestamp(out, value, false), slowly)
    case 'timestamptz':
      return wholeWriter(data as BigInt64Array, value => timestamp(out, value, true), slowly)
    case 'text':
    case 'uuid':
    case 'jsonb':
    case 'bit':
    case 'varbit':
    case 'json':
      return stringWriter(out, data as Bytes, slowly)
    case 'numeric':
      return row => {
        if (!decimal(out, (data as readonly Value[])[row] as Decimal)) slowly(row)
      }
    default:
      return slowly
  }
}

// 64-bit integers that doubles hold, without making bigints.
function wholeWriter(data: BigInt64Array, write: (value: number) => void, slowly: WriteCell): WriteCell {
  const halves = new Int32Array(data.buffer, data.byteOffset, data.length * 2)
  return row => {
    const high = halves[row * 2 + 1]!
    if (high >= -0x1fffff && high <= 0x1fffff) write(high * TWO_32 + (halves[row * 2]! >>> 0))
    else slowly(row)
  }
}

// Text that needs no escape is copied; lone bytes above 0x7f are well-formed UTF-8 in a column.
function stringWriter(out: JsonBytes, { bytes, starts, ends }: Bytes, slowly: WriteCell): WriteCell {
  return row => {
    const end = ends[row]!
    const from = starts[row]!
    out.reserve(end - from + 2)
    const to = out.bytes
    const before = out.at
    let at = before
    to[at++] = 0x22
    for (let i = from; i < end; i++) {
      const c = bytes[i]!
      if (c < 0x20 || c === 0x22 || c === 0x5c) {
        slowly(row)
        return
      }
      to[at++] = c
    }
    to[at++] = 0x22
    out.at = at
  }
}

function decimal(out: JsonBytes, { digits, scale, special }: Decimal): boolean {
  const whole = Number(digits)
  if (special !== undefined || scale > 15 || !Number.isSafeInteger(whole)) return false
  out.byte(0x22)
  if (scale === 0) out.int(whole)
  else {
    const unit = 10 ** scale
    const size = Math.abs(whole)
    const before = Math.floor(size / unit)
    if (whole < 0) out.byte(0x2d)
    out.int(before)
    out.byte(0x2e)
    out.int(size - before * unit, scale)
  }
  out.byte(0x22)
  return true
}

// `YYYY-MM-DD hh:mm:ss.ffffff` (Howard Hinnant, chrono-compatible date algorithms: civil_from_days).
function timestamp(out: JsonBytes, micros: number, zoned: boolean): void {
  const seconds = Math.floor(micros / 1_000_000)
  const days = Math.floor(seconds / DAY_SECONDS)
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const second = seconds - days * DAY_SECONDS
  out.byte(0x22)
  out.int(year, 4)
  out.byte(0x2d)
  out.int(month, 2)
  out.byte(0x2d)
  out.int(dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1, 2)
  out.byte(zoned ? 0x54 : 0x20)
  out.int(Math.floor(second / 3600), 2)
  out.byte(0x3a)
  out.int(Math.floor(second / 60) % 60, 2)
  out.byte(0x3a)
  out.int(second % 60, 2)
  out.byte(0x2e)
  out.int(micros - seconds * 1_000_000, 6)
  if (zoned) out.byte(0x5a)
  out.byte(0x22)
}
