import { isUtf8 } from 'node:buffer'
import type { CopyOptions } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { InputBatches } from './input-batches.ts'

/** Hears of the fields of COPY's text format, which are bytes[from .. to). */
export interface TextFields {
  /** `escapes`: the field has backslashes. */
  field(index: number, bytes: Buffer, from: number, to: number, escapes: boolean): void
  /** The line ends; it had so many fields. */
  line(count: number): void
}

const NEWLINE = 0x0a
const RETURN = 0x0d
const BACKSLASH = 0x5c
const POINT = 0x2e

/** Reads COPY's text format from bytes as they come in (PostgreSQL, COPY, "Text Format"). */
export class TextRows {
  readonly #delimiter: number
  /** Bytes that mean something are 1. */
  readonly #special = new Uint8Array(256)
  readonly #fields: TextFields
  readonly #input: InputBatches
  #ended = false

  /** `batch`: so many bytes are read at a time. */
  constructor({ delimiter }: CopyOptions, fields: TextFields, batch = 0) {
    this.#input = new InputBatches(batch)
    this.#delimiter = delimiter.charCodeAt(0)
    for (const byte of [this.#delimiter, NEWLINE, BACKSLASH]) this.#special[byte] = 1
    this.#fields = fields
  }

  push(bytes: Buffer): void {
    const all = this.#input.add(bytes)
    if (all !== undefined) this.#input.keep(all, this.#lines(all))
  }

  /** The last line may lack its end. */
  end(): void {
    const all = this.#input.rest()
    if (all.length === 0 || this.#ended) return
    const newline = all[all.length - 1] === NEWLINE
    const escapes = endsInEscape(newline ? all.subarray(0, -1) : all)
    // A backslash at the very end stands for itself.
    const missing = newline ? (escapes ? '\n' : '') : escapes ? '\\\n' : '\n'
    this.#lines(missing === '' ? all : Buffer.concat([all, Buffer.from(missing)]))
  }

  /** Reads the lines that are whole; returns how many bytes these are. */
  #lines(bytes: Buffer): number {
    if (this.#ended) return bytes.length
    const last = bytes.lastIndexOf(NEWLINE) + 1
    requireText(bytes.subarray(0, last))
    let [from, start, field, escapes] = [0, 0, 0, false]
    const [delimiter, special] = [this.#delimiter, this.#special]
    for (let i = 0; i < last; i++) {
      const byte = bytes[i]!
      if (special[byte] === 0) continue
      if (byte === BACKSLASH) {
        escapes = true
        i++
      } else if (byte === delimiter) {
        this.#fields.field(field++, bytes, start, i, escapes)
        start = i + 1
        escapes = false
      } else if (byte === NEWLINE) {
        const to = i > start && bytes[i - 1] === RETURN ? i - 1 : i
        if (to - from === 2 && bytes[from] === BACKSLASH && bytes[from + 1] === POINT) {
          this.#ended = true
          break
        }
        this.#fields.field(field, bytes, start, to, escapes)
        this.#fields.line(field + 1)
        from = start = i + 1
        field = 0
        escapes = false
      }
    }
    return this.#ended ? bytes.length : from
  }
}

/** Whether the last byte is a backslash that stands before something. */
function endsInEscape(bytes: Buffer): boolean {
  let count = 0
  while (bytes[bytes.length - 1 - count] === BACKSLASH) count++
  return count % 2 === 1
}

/** Throws 22021. */
export function requireText(bytes: Buffer): void {
  if (!isUtf8(bytes))
    throw new SqlError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"')
  if (bytes.includes(0))
    throw new SqlError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8": 0x00')
}
