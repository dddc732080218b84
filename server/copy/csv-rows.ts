import type { CopyOptions } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { InputBatches } from './input-batches.ts'
import { requireText } from './text-rows.ts'

/** Hears of the fields of COPY's CSV format, which are bytes[from .. to). */
export interface CsvFields {
  /** `quoted`: the field is not NULL whatever it says. */
  field(index: number, bytes: Buffer, from: number, to: number, quoted: boolean): void
  /** A quoted field is bytes[0 .. length) of a buffer that is written again. */
  fieldBeside(index: number, bytes: Buffer, length: number): void
  /** The line ends; it had so many fields. */
  line(count: number): void
}

const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Reads COPY's CSV format from bytes as they come in (PostgreSQL, COPY, "CSV Format"). Of a line that is not there to its end
 * fields may be told again.
 */
export class CsvRows {
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  readonly #fields: CsvFields
  readonly #input: InputBatches
  #ended = false
  /** The field that is being read, where its bytes do not stand together. */
  #own = Buffer.alloc(256)
  #length = 0

  /** `batch`: so many bytes are read at a time. */
  constructor({ delimiter, quote, escape: escaping }: CopyOptions, fields: CsvFields, batch = 0) {
    this.#input = new InputBatches(batch)
    this.#delimiter = delimiter.charCodeAt(0)
    this.#quote = quote.charCodeAt(0)
    this.#escape = escaping.charCodeAt(0)
    this.#fields = fields
  }

  push(bytes: Buffer): void {
    const all = this.#input.add(bytes)
    if (all !== undefined) this.#input.keep(all, this.#lines(all, false))
  }

  /** The last line may lack its end. */
  end(): void {
    const all = this.#input.rest()
    if (all.length > 0 && !this.#ended) this.#lines(all, true)
  }

  /** Reads the lines that are whole; returns how many bytes these are. */
  #lines(bytes: Buffer, last: boolean): number {
    const end = last ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1
    requireText(bytes.subarray(0, end))
    let at = 0
    while (at < end && !this.#ended) {
      const next = this.#line(bytes, at, end, last)
      if (next === -1) break
      at = next
    }
    return this.#ended ? bytes.length : at
  }

  /** Reads the line at `from`; returns where the next one is, -1: its end is not there. */
  #line(bytes: Buffer, from: number, end: number, last: boolean): number {
    if (bytes[from] === 0x5c && bytes[from + 1] === 0x2e && this.#isMark(bytes, from, end)) {
      this.#ended = true
      return end
    }
    const [delimiter, quote] = [this.#delimiter, this.#quote]
    let field = 0
    let at = from
    for (;;) {
      let to = at
      let byte = -1
      for (; to < end; to++) {
        byte = bytes[to]!
        if (byte === delimiter || byte === NEWLINE || byte === quote) break
      }
      if (to < end && byte === quote) {
        to = this.#quoted(bytes, at, to, end, field)
        if (to === -1) {
          if (!last) return -1
          throw new SqlError('bad_copy_file_format', 'unterminated CSV quoted field')
        }
      } else {
        const line = to === end || byte === NEWLINE
        const stop = line && to > at && bytes[to - 1] === RETURN ? to - 1 : to
        this.#fields.field(field, bytes, at, stop, false)
      }
      field++
      if (to >= end || bytes[to] === NEWLINE) {
        if (to >= end && !last) return -1
        this.#fields.line(field)
        return to + 1
      }
      at = to + 1
    }
  }

  /** Reads a field that begins at `from` and has a quote at `quote`; returns where it ends, -1: not here. */
  #quoted(bytes: Buffer, from: number, quote: number, end: number, field: number): number {
    const [delimiter, mark, escaping] = [this.#delimiter, this.#quote, this.#escape]
    if (quote === from) {
      // Nothing but a quoted text without further quotes: its bytes stand together.
      let to = from + 1
      while (to < end && bytes[to] !== mark && bytes[to] !== escaping) to++
      const after = to + 1
      if (to < end && bytes[to] === mark && after < end) {
        const byte = bytes[after]
        if (byte === delimiter || byte === NEWLINE) {
          this.#fields.field(field, bytes, from + 1, to, true)
          return after
        }
      }
    }
    this.#length = 0
    for (let i = from; i < quote; i++) this.#put(bytes[i]!)
    let inside = false
    let at = quote
    for (; at < end; at++) {
      const byte = bytes[at]!
      if (inside) {
        const next = bytes[at + 1]
        if (byte === escaping && at + 1 < end && (next === mark || next === escaping)) {
          this.#put(next)
          at++
        } else if (byte === mark) inside = false
        else this.#put(byte)
      } else if (byte === mark) inside = true
      else if (byte === delimiter || byte === NEWLINE) break
      else if (byte !== RETURN || (at + 1 < end && bytes[at + 1] !== NEWLINE)) this.#put(byte)
    }
    if (inside) return -1
    this.#fields.fieldBeside(field, this.#own, this.#length)
    return at
  }

  #put(byte: number): void {
    if (this.#length === this.#own.length) {
      const own = Buffer.alloc(this.#length * 2)
      own.set(this.#own)
      this.#own = own
    }
    this.#own[this.#length++] = byte
  }

  /** Whether the line says that the rows end. */
  #isMark(bytes: Buffer, from: number, end: number): boolean {
    const newline = bytes.indexOf(NEWLINE, from)
    const to = newline === -1 || newline > end ? end : newline
    return bytes.toString('latin1', from, to).trimEnd() === '\\.'
  }
}
