import type { Column } from './chunk.ts'
import { KnownDecimals } from './known-decimals.ts'
import type { Type } from './type.ts'
import type { Decimal, Value } from './value.ts'

/** Numerics that doubles have exactly, as arrays: they move between threads and are copied at once, where objects go one by one. */
export interface PackedDecimals {
  readonly digits: Float64Array
  /** -1: NULL. */
  readonly scales: Int16Array
}

/** A column of such numerics; the objects are made when somebody asks for `data`. */
export class PackedColumn implements Column {
  readonly type: Type
  readonly nulls: Uint8Array | null
  readonly packed: PackedDecimals
  #data: Value[] | undefined

  constructor(type: Type, nulls: Uint8Array | null, packed: PackedDecimals) {
    this.type = type
    this.nulls = nulls
    this.packed = packed
  }

  get data(): Value[] {
    return (this.#data ??= unpackedDecimals(this.packed))
  }
}

/** undefined: one is not a number that a double has exactly. */
export function packedDecimals(values: readonly Value[], length: number): PackedDecimals | undefined {
  const digits = new Float64Array(length)
  const scales = new Int16Array(length)
  for (let i = 0; i < length; i++) {
    const value = values[i] as Decimal | null | undefined
    if (value === null || value === undefined) {
      scales[i] = -1
      continue
    }
    const number = Number(value.digits)
    if (value.special !== undefined || !Number.isSafeInteger(number)) return undefined
    digits[i] = number
    scales[i] = value.scale
  }
  return { digits, scales }
}

function unpackedDecimals(packed: PackedDecimals): Value[] {
  const values = new Array<Value>(packed.digits.length)
  unpackInto(values, 0, packed, packed.digits.length)
  return values
}

/** to[at + i] = number i, for i < count. */
export function unpackInto(to: Value[], at: number, { digits, scales }: PackedDecimals, count: number): void {
  const known = new KnownDecimals()
  for (let i = 0; i < count; i++) {
    const scale = scales[i]!
    to[at + i] = scale === -1 ? null : known.decimal(digits[i]!, scale)
  }
}
