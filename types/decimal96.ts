import {
  addDecimals,
  multiplyDecimals,
  negateDecimal,
  pow10,
  roundDecimal,
  truncateDecimal,
} from './decimal.ts'
import { SqlError } from './error.ts'
import type { Decimal } from './value.ts'

/**
 * Numerics as RisingWave has them: whole numbers of 96 bits and at most 28 digits behind the point. A result that does not fit is rounded to
 * the digits that do, halves to the even one; what does not fit even as a whole number is an error. What is no number follows PostgreSQL, but
 * for divisors that are zero.
 */
export const DIGITS_MAX = (1n << 96n) - 1n
export const SCALE_MAX = 28
export const ZERO: Decimal = { digits: 0n, scale: 0 }
export const ONE: Decimal = { digits: 1n, scale: 0 }
const NAN: Decimal = { digits: 0n, scale: 0, special: 'NaN' }

/** The number itself, or rounded to the digits that fit. Throws 22003. */
export function fit(a: Decimal): Decimal {
  const { digits, scale } = a
  if (scale <= SCALE_MAX && digits <= DIGITS_MAX && digits >= -DIGITS_MAX) return a
  const whole = digits < 0n ? -digits : digits
  let dropped = Math.max(scale - SCALE_MAX, 0)
  while (whole / pow10(dropped) > DIGITS_MAX) dropped++
  let kept = halfEven(whole, pow10(dropped))
  // Rounding up may need one more digit.
  if (kept > DIGITS_MAX) {
    kept = halfEven(kept, 10n)
    dropped++
  }
  if (dropped > scale) throw outOfRange()
  return { digits: digits < 0n ? -kept : kept, scale: scale - dropped }
}

/** A zero adds nothing, not even its digits behind the point. */
export function add(a: Decimal, b: Decimal): Decimal {
  if (a.special === undefined && b.special === undefined) {
    if (a.digits === 0n) return fit(b)
    if (b.digits === 0n) return fit(a)
  }
  return fit(addDecimals(a, b))
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negateDecimal(b))
}

/** Zero has no digits behind the point, whatever it came from. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  if (a.special !== undefined || b.special !== undefined) return multiplyDecimals(a, b)
  if (a.digits === 0n || b.digits === 0n) return ZERO
  const scale = a.scale + b.scale
  if (scale > SCALE_MAX + 19 && isSmall(a) && isSmall(b)) return ZERO
  return fit({ digits: a.digits * b.digits, scale })
}

/**
 * The quotient is made longer by up to nine digits at a time until nothing remains or nothing more fits; then up to seven zeros are taken from
 * its end: 1/2 is 0.50. One that leaves no remainder at first keeps the scale it has. Throws 22012, 22003.
 */
export function divide(a: Decimal, b: Decimal): Decimal {
  if (a.special !== undefined || b.special !== undefined) return specialQuotient(a, b)
  if (b.digits === 0n) throw divisionByZero()
  if (a.digits === 0n) return ZERO
  const [dividend, divisor] = [fit(a), fit(b)]
  const by = absolute(divisor.digits)
  const whole = absolute(dividend.digits)
  let digits = whole / by
  let rest = whole % by
  let scale = dividend.scale - divisor.scale
  let isCut = false
  for (;;) {
    let more = Math.min(9, -scale)
    if (rest === 0n) {
      if (scale >= 0) break
    } else {
      isCut = true
      more = room(digits, scale)
      if (more === 0) {
        digits = halfEven(digits * by + rest, by)
        break
      }
    }
    scale += more
    const power = pow10(more)
    if (digits * power > DIGITS_MAX) throw outOfRange()
    rest *= power
    digits = digits * power + rest / by
    rest %= by
    if (digits > DIGITS_MAX) break
  }
  if (digits > DIGITS_MAX) {
    if (scale === 0) throw outOfRange()
    digits = halfEven(digits * by + rest, by * 10n)
    scale--
  }
  if (isCut) [digits, scale] = withoutZeros(digits, scale)
  return { digits: dividend.digits < 0n === divisor.digits < 0n ? digits : -digits, scale }
}

/** With the sign of the dividend, and its scale where it is the smaller one. Throws 22012. */
export function remainder(a: Decimal, b: Decimal): Decimal {
  if (a.special !== undefined || b.special !== undefined)
    return a.special === undefined && b.special !== 'NaN' ? a : NAN
  if (b.digits === 0n) throw divisionByZero()
  if (a.digits === 0n) return ZERO
  const [dividend, divisor] = [fit(a), fit(b)]
  const scale = Math.max(dividend.scale, divisor.scale)
  const from = dividend.digits * pow10(scale - dividend.scale)
  const by = divisor.digits * pow10(scale - divisor.scale)
  if (absolute(from) < absolute(by)) return dividend
  if (absolute(from) === absolute(by)) return ZERO
  return { digits: from % by, scale }
}

/** Halves away from zero; no zeros are added. Throws 22003. */
export function round(a: Decimal, scale = 0): Decimal {
  if (a.special !== undefined || (scale >= 0 && a.scale <= scale)) return a
  if (scale >= 0) return roundDecimal(fit(a), scale)
  if (a.scale - scale > SCALE_MAX + 1) return ZERO
  return fit(roundDecimal(fit(a), scale))
}

export function truncate(a: Decimal): Decimal {
  return a.scale === 0 ? a : truncateDecimal(a, 0)
}

export function floor(a: Decimal): Decimal {
  const cut = truncate(a)
  return a.digits < 0n && a.digits !== cut.digits * pow10(a.scale) ? subtract(cut, ONE) : cut
}

export function ceiling(a: Decimal): Decimal {
  return negateDecimal(floor(negateDecimal(a)))
}

export function sign(a: Decimal): Decimal {
  if (a.special !== undefined)
    return a.special === 'NaN' ? a : { digits: a.special === 'Infinity' ? 1n : -1n, scale: 0 }
  return { digits: a.digits > 0n ? 1n : a.digits < 0n ? -1n : 0n, scale: 0 }
}

/** Zero divides what is no number. */
function specialQuotient(a: Decimal, b: Decimal): Decimal {
  if (a.special === 'NaN' || b.special === 'NaN') return NAN
  if (b.special !== undefined) return a.special === undefined ? ZERO : NAN
  return b.digits < 0n ? negateDecimal(a) : a
}

/** How many digits a quotient may still get, at most nine. Throws 22003 where it needs more than that. */
function room(digits: bigint, scale: number): number {
  let more = Math.min(9, SCALE_MAX - scale)
  while (more > 0 && digits * pow10(more) > DIGITS_MAX) more--
  if (more < 9 && scale + more < 0) throw outOfRange()
  return more
}

/** Eight zeros at a time go only from multiples of 2^32. */
function withoutZeros(digits: bigint, scale: number): [bigint, number] {
  while ((digits & 0xffffffffn) === 0n && scale >= 8 && digits % 100_000_000n === 0n) {
    digits /= 100_000_000n
    scale -= 8
  }
  for (const count of [4, 2, 1]) {
    if (scale < count || digits % pow10(count) !== 0n) continue
    digits /= pow10(count)
    scale -= count
  }
  return [digits, scale]
}

function halfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const twice = (dividend % divisor) * 2n
  return twice > divisor || (twice === divisor && (quotient & 1n) === 1n) ? quotient + 1n : quotient
}

const isSmall = ({ digits }: Decimal): boolean => digits <= 0xffffffffn && digits >= -0xffffffffn

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

export function outOfRange(): SqlError {
  return new SqlError('numeric_value_out_of_range', 'Numeric out of range')
}

function divisionByZero(): SqlError {
  return new SqlError('division_by_zero', 'division by zero')
}
