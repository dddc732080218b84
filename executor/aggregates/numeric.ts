import type { Decimal } from '../../types/value.ts'

export const ZERO: Decimal = { digits: 0n, scale: 0 }

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { digits: a.digits + b.digits, scale: a.scale }
  return a.scale < b.scale
    ? { digits: a.digits * 10n ** BigInt(b.scale - a.scale) + b.digits, scale: b.scale }
    : { digits: a.digits + b.digits * 10n ** BigInt(a.scale - b.scale), scale: a.scale }
}

/** Quotient with PostgreSQL's choice of scale (select_div_scale) unless given, half away from zero. */
export function divideDecimals(a: Decimal, b: Decimal, scale = divisionScale(a, b)): Decimal {
  const shift = scale + b.scale - a.scale
  const dividend = shift >= 0 ? a.digits * 10n ** BigInt(shift) : a.digits
  const divisor = shift >= 0 ? b.digits : b.digits * 10n ** BigInt(-shift)
  return { digits: roundedQuotient(dividend, divisor), scale }
}

/** PostgreSQL's select_div_scale: at least 16 significant digits. */
export function divisionScale(a: Decimal, b: Decimal): number {
  const first = leading(a)
  const second = leading(b)
  let weight = first.weight - second.weight
  if (first.digit <= second.digit) weight--
  return Math.min(1000, Math.max(16 - weight * 4, a.scale, b.scale, 0))
}

/** Square root at that scale, rounded. */
export function squareRoot(value: Decimal, scale: number): Decimal {
  const shift = 2 * (scale + 1) - value.scale
  const scaled = shift >= 0 ? value.digits * 10n ** BigInt(shift) : value.digits / 10n ** BigInt(-shift)
  return { digits: roundedQuotient(integerRoot(scaled), 10n), scale }
}

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const a = dividend < 0n ? -dividend : dividend
  const b = divisor < 0n ? -divisor : divisor
  const quotient = (a * 2n + b) / (b * 2n)
  return negative ? -quotient : quotient
}

/** Weight and value of the first base-10000 digit. */
function leading({ digits, scale }: Decimal): { weight: number; digit: number } {
  if (digits === 0n) return { weight: 0, digit: 0 }
  const text = (digits < 0n ? -digits : digits).toString()
  const whole = text.length - scale
  const weight = Math.ceil(whole / 4) - 1
  const count = whole - weight * 4
  return { weight, digit: Number(text.slice(0, count).padEnd(count, '0')) }
}
