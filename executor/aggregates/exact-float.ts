/** mantissa · 2^exponent, exactly. */
export interface Binary {
  readonly mantissa: bigint
  readonly exponent: number
}

const double = new Float64Array(1)
const bits = new BigInt64Array(double.buffer)

/** A finite double as mantissa and exponent. */
export function fromDouble(value: number): Binary {
  double[0] = value
  const word = BigInt.asUintN(64, bits[0]!)
  const biased = Number((word >> 52n) & 0x7ffn)
  const fraction = word & 0xfffffffffffffn
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n
  const exponent = biased === 0 ? -1074 : biased - 1075
  return { mantissa: value < 0 ? -mantissa : mantissa, exponent }
}

export function addBinary(a: Binary, b: Binary): Binary {
  if (a.mantissa === 0n) return b
  if (b.mantissa === 0n) return a
  return a.exponent <= b.exponent
    ? { mantissa: a.mantissa + (b.mantissa << BigInt(b.exponent - a.exponent)), exponent: a.exponent }
    : { mantissa: b.mantissa + (a.mantissa << BigInt(a.exponent - b.exponent)), exponent: b.exponent }
}

/** a / b rounded to a double (within one unit in the last place when subnormal). */
export function ratio(a: Binary, b: Binary): number {
  if (a.mantissa === 0n) return 0
  const length = (v: bigint): number => (v < 0n ? -v : v).toString(2).length
  const shift = Math.max(0, 70 - (length(a.mantissa) - length(b.mantissa)))
  const dividend = a.mantissa << BigInt(shift)
  const quotient = dividend / b.mantissa
  const sticky = quotient * b.mantissa === dividend ? 0n : dividend < 0n !== b.mantissa < 0n ? -1n : 1n
  return scaled(quotient * 2n + sticky, a.exponent - b.exponent - shift - 1)
}

/** The nearest double. */
export function toDouble({ mantissa, exponent }: Binary): number {
  return scaled(mantissa, exponent)
}

function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0
  const size = (mantissa < 0n ? -mantissa : mantissa).toString(2).length
  let value = mantissa
  let power = exponent
  if (size > 900) {
    const cut = BigInt(size - 128)
    const head = value >> cut
    value = (head << 1n) | (head << cut === value ? 0n : 1n)
    power += size - 129
  }
  let result = Number(value)
  while (power > 1000) {
    result *= 2 ** 1000
    power -= 1000
  }
  while (power < -1000) {
    result *= 2 ** -1000
    power += 1000
  }
  return result * 2 ** power
}
