import { SqlError } from '../../types/error.ts'

/**
 * A Decimal made by a constructor: V8 moves an object literal that seems to live long into the old generation, with all that
 * come after it, and a column's numerics do live until their chunk is through (a third of q1's time went into collecting them).
 */
function FreshDecimal(this: { digits: bigint; scale: number }, digits: bigint, scale: number): void {
  this.digits = digits
  this.scale = scale
}
FreshDecimal.prototype = Object.prototype

/** What generated code may call besides registered functions. */
export const helpers = {
  checkInt2: (v: number) => (v >= -32768 && v <= 32767 ? v : outOfRange('smallint')),
  checkInt4: (v: number) => (v >= -2147483648 && v <= 2147483647 ? v : outOfRange('integer')),
  checkInt8: (v: bigint) => (BigInt.asIntN(64, v) === v ? v : outOfRange('bigint')),
  checkFloat4: (v: number, a: number, b: number) => checkFloat(Math.fround(v), a, b),
  checkFloat8: checkFloat,
  /** A product or quotient of numbers other than zero that is too small to be told from it. */
  checkTiny: (v: number, a: number, b: number): number => {
    if (v === 0 && a !== 0 && b !== 0 && Number.isFinite(b))
      throw new SqlError('numeric_value_out_of_range', 'value out of range: underflow')
    return v
  },
  nonZero: <T extends number | bigint>(v: T): T => {
    if (v === 0 || v === 0n) throw new SqlError('division_by_zero', 'division by zero')
    return v
  },
  /** NaN may be divided by zero. */
  divisor: (a: number, b: number): number => {
    if (b === 0 && !Number.isNaN(a)) throw new SqlError('division_by_zero', 'division by zero')
    return b
  },
  FreshDecimal,
  /** 10^n as far as a double has it exactly; NaN beyond. */
  powers: Array.from({ length: 16384 }, (_, n) => (n <= 22 ? 10 ** n : Number.NaN)),
  sameBytes: (bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean => {
    if (to - from !== wanted.length) return false
    // Different texts of one length rather begin alike than end alike.
    for (let i = wanted.length - 1; i >= 0; i--) if (bytes[from + i] !== wanted[i]) return false
    return true
  },
}

/** An infinite result of finite operands is an overflow. */
function checkFloat(v: number, a: number, b: number): number {
  if (!Number.isFinite(v) && Number.isFinite(a) && Number.isFinite(b) && !Number.isNaN(v))
    throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
  return v
}

function outOfRange(type: string): never {
  throw new SqlError('numeric_value_out_of_range', `${type} out of range`)
}
