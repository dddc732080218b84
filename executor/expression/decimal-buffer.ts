import type { Column } from '../../types/chunk.ts'
import { PackedColumn } from '../../types/packed-decimals.ts'
import type { Type } from '../../types/type.ts'
import type { Decimal } from '../../types/value.ts'

/** Results of arithmetic on numerics: arrays, as long as doubles have all of them exactly. A kernel writes into them. */
export class DecimalBuffer {
  readonly type: Type
  nulls: Uint8Array | null = null
  digits = new Float64Array(64)
  scales = new Int16Array(64)
  /** What doubles do not have, by row. */
  #others: Map<number, Decimal> | undefined

  constructor(type: Type) {
    this.type = type
  }

  reserve(rows: number): void {
    if (rows <= this.digits.length) return
    this.digits = new Float64Array(rows)
    this.scales = new Int16Array(rows)
  }

  clear(): void {
    this.nulls = null
    this.#others = undefined
  }

  setNull(row: number): void {
    this.nulls ??= new Uint8Array(this.digits.length)
    this.nulls[row] = 1
    this.digits[row] = 0
    this.scales[row] = -1
  }

  setOther(row: number, value: Decimal): void {
    this.#others ??= new Map()
    this.#others.set(row, value)
    this.digits[row] = 0
    this.scales[row] = 0
  }

  /** The first rows; valid until the buffer is cleared. */
  column(length: number): Column {
    const packed = { digits: this.digits.subarray(0, length), scales: this.scales.subarray(0, length) }
    const column = new PackedColumn(this.type, this.nulls, packed)
    if (this.#others === undefined) return column
    const { data } = column
    for (const [row, value] of this.#others) data[row] = value
    return { type: this.type, data, nulls: this.nulls }
  }
}
