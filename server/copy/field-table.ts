import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { ownedRows } from '../../storage/gather.ts'
import type { Column } from '../../types/chunk.ts'
import type { Schema } from '../../types/type.ts'
import type { Modifier } from '../../types/type-modifier.ts'
import { type SetCell, setCellOf } from './cells.ts'
import { type Fields, NULL_FIELD, type ReadColumn, readColumnOf } from './field-columns.ts'

const ROWS_MAX = 1 << 14
const ROWS_MIN = 1 << 8
/** Fields of so many rows lie in the processor's cache with the bytes. */
const FIELDS_MAX = 1 << 18

/** What a field that does not fit says: how many fields there should be, and which line and column it is. */
export interface FieldErrors {
  extra(line: number): Error
  missing(line: number, column: number): Error
  located(error: unknown, line: number, column: number): unknown
  /** What the first line has, where it must be the columns' names; throws when it is not. */
  names(given: readonly (string | null)[]): void
}

/**
 * Where the fields of some thousand lines are, column by column: a column is read in one loop that knows its type. A reader tells of
 * them; all lie in one buffer until `take`, but those whose bytes do not stand together.
 */
export class FieldTable {
  /** Rows that are whole. */
  rows = 0
  readonly #width: number
  readonly #capacity: number
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #nothing: Buffer
  readonly #read: readonly (ReadColumn | undefined)[]
  readonly #set: readonly SetCell[]
  readonly #schema: Schema
  readonly #errors: FieldErrors
  #bytes: Buffer = Buffer.alloc(0)
  /** Bytes of fields that stand nowhere together. */
  #beside = Buffer.alloc(1 << 12)
  #used = 0
  #lines = 0
  #header: boolean
  readonly #names: (string | null)[] | undefined

  constructor(
    schema: Schema,
    modifiers: readonly (Modifier | undefined)[],
    zone: string,
    { nothing, header }: { readonly nothing: string; readonly header: boolean | 'match' },
    errors: FieldErrors,
  ) {
    this.#schema = schema
    this.#width = schema.length
    this.#capacity = Math.max(ROWS_MIN, Math.min(ROWS_MAX, Math.floor(FIELDS_MAX / this.#width)))
    this.#starts = new Int32Array(this.#capacity * this.#width)
    this.#ends = new Int32Array(this.#capacity * this.#width)
    this.#nothing = Buffer.from(nothing)
    this.#header = header !== false
    this.#names = header === 'match' ? [] : undefined
    this.#errors = errors
    this.#read = schema.map(({ type }, i) => readColumnOf(type, modifiers[i]))
    this.#set = schema.map(({ type }, i) => setCellOf(type, zone, modifiers[i]))
  }

  get full(): boolean {
    return this.rows === this.#capacity
  }

  /** Lines that were read to their ends. */
  get lines(): number {
    return this.#lines
  }

  /** Whether the bytes are the NULL string. */
  isNull(bytes: Buffer, from: number, to: number): boolean {
    const nothing = this.#nothing
    if (to - from !== nothing.length) return false
    for (let i = 0; i < nothing.length; i++) if (bytes[from + i] !== nothing[i]) return false
    return true
  }

  /** Field `i` of the row is bytes[from .. to); `mayBeNull`: when it is the NULL string it is NULL. */
  field(i: number, bytes: Buffer, from: number, to: number, mayBeNull: boolean): void {
    if (this.#header) {
      const none = mayBeNull && this.isNull(bytes, from, to)
      this.#names?.push(none ? null : bytes.toString('utf8', from, to))
      return
    }
    if (i >= this.#width) throw this.#after(this.#errors.extra(this.#lines + 1))
    const at = i * this.#capacity + this.rows
    this.#bytes = bytes
    this.#starts[at] = mayBeNull && this.isNull(bytes, from, to) ? NULL_FIELD : from
    this.#ends[at] = to
  }

  /** Field `i` of the row, which is not NULL, is bytes[0 .. length) of a buffer that will be written again. */
  fieldBeside(i: number, bytes: Buffer, length: number): void {
    if (this.#header) {
      this.#names?.push(bytes.toString('utf8', 0, length))
      return
    }
    if (i >= this.#width) throw this.#after(this.#errors.extra(this.#lines + 1))
    if (this.#used + length > this.#beside.length) {
      const wider = Buffer.alloc(2 * (this.#used + length))
      wider.set(this.#beside.subarray(0, this.#used))
      this.#beside = wider
    }
    bytes.copy(this.#beside, this.#used, 0, length)
    const at = i * this.#capacity + this.rows
    this.#starts[at] = NULL_FIELD - 1 - this.#used
    this.#used += length
    this.#ends[at] = this.#used
  }

  /** The row ends; it had so many fields. */
  line(count: number): void {
    if (this.#header) {
      if (this.#names !== undefined) this.#errors.names(this.#names)
      this.#header = false
    } else {
      if (count < this.#width) throw this.#after(this.#errors.missing(this.#lines + 1, count))
      this.rows++
    }
    this.#lines++
  }

  /** The columns of the rows, which nobody else has. Throws what is wrong with the first field that is. */
  take(): readonly Column[] {
    try {
      return this.#schema.map((_, i) => {
        const fields = this.#fields(i)
        return this.#read[i]?.(fields) ?? this.#cellByCell(i, fields)
      })
    } catch (error) {
      this.#findError()
      throw error
    }
  }

  /** Forgets the rows. */
  clear(): void {
    this.rows = 0
    this.#used = 0
  }

  #fields(i: number): Fields {
    const from = i * this.#capacity
    const to = from + this.rows
    return {
      bytes: this.#bytes,
      beside: this.#beside,
      starts: this.#starts.subarray(from, to),
      ends: this.#ends.subarray(from, to),
      count: this.rows,
    }
  }

  #cellByCell(i: number, fields: Fields): Column {
    const column = new ColumnBuffer(this.#schema[i]!.type, fields.count)
    for (let row = 0; row < fields.count; row++) this.#cell(i, column, row, fields)
    return ownedRows(column, undefined, fields.count)
  }

  #cell(i: number, column: ColumnBuffer, row: number, { bytes, beside, starts, ends }: Fields): void {
    const start = starts[row]!
    if (start === NULL_FIELD) column.setNull(row)
    else if (start >= 0) this.#set[i]!(column, row, bytes, start, ends[row]!)
    else this.#set[i]!(column, row, beside, NULL_FIELD - 1 - start, ends[row]!)
  }

  /** The error, unless an earlier row has one. */
  #after(error: Error): Error {
    this.#findError()
    return error
  }

  /** Goes through the rows as they came and throws at the first field that is none of its type. */
  #findError(): void {
    const columns = this.#schema.map(({ type }) => new ColumnBuffer(type, this.rows))
    const fields = columns.map((_, i) => this.#fields(i))
    for (let row = 0; row < this.rows; row++)
      for (let i = 0; i < columns.length; i++) {
        try {
          this.#cell(i, columns[i]!, row, fields[i]!)
        } catch (error) {
          throw this.#errors.located(error, this.#lines - this.rows + row + 1, i)
        }
      }
  }
}
