import { compareDecimals } from './compare.ts'
import { negateDecimal, trimDecimal } from './decimal.ts'
import { complexPower, powerOfZero, specialPower } from './decimal-math.ts'
import { add, divide, fit, multiply, ONE, outOfRange, subtract, ZERO } from './decimal96.ts'
import { SqlError } from './error.ts'
import type { Decimal } from './value.ts'

/**
 * Roots, powers and logarithms as RisingWave calculates them: series and iterations in its own arithmetic of 96 bits, of which the last digits
 * are what these leave, not the nearest ones.
 */
const TWO: Decimal = { digits: 2n, scale: 0 }
const E: Decimal = { digits: 27182818284590452353602874714n, scale: 28 }
const E_INVERSE: Decimal = { digits: 3678794411714423215955237702n, scale: 28 }
const LN10_INVERSE: Decimal = { digits: 4342944819032518276511289189n, scale: 28 }
/** The term of its series that ends e^x. */
const EXP_TOLERANCE: Decimal = { digits: 2n, scale: 7 }
const EXP_TERMS = 200
const LN_TERMS = 100
const ROOT_STEPS = 1000

/** By Newton's method from half the number, until nothing changes any more. Throws 2201F. */
export function sqrt96(a: Decimal): Decimal {
  if (a.digits < 0n || a.special === '-Infinity')
    throw new SqlError('invalid_argument_for_power_function', 'cannot take square root of a negative number')
  if (a.special !== undefined) return a
  if (a.digits === 0n) return ZERO
  const value = fit(a)
  let root = divide(value, TWO)
  if (root.digits === 0n) root = value
  for (let step = 0, last = add(root, ONE); step < ROOT_STEPS && compareDecimals(last, root) !== 0; step++) {
    last = root
    root = divide(add(root, divide(value, root)), TWO)
  }
  return root
}

/** Throws 22003. */
export function exp96(a: Decimal): Decimal {
  if (a.special !== undefined) return a.special === '-Infinity' ? ZERO : a
  if (a.digits === 0n) return ONE
  if (a.digits < 0n) return divide(ONE, exp96(negateDecimal(a)))
  let result = add(a, ONE)
  let term = fit(a)
  for (let i = 2; i < EXP_TERMS; i++) {
    term = multiply(a, divide(term, { digits: BigInt(i), scale: 0 }))
    result = add(result, term)
    if (compareDecimals(term, EXP_TOLERANCE) <= 0) break
  }
  return result
}

/** Throws 2201E. */
export function ln96(a: Decimal): Decimal {
  if (a.digits < 0n || a.special === '-Infinity')
    throw new SqlError('invalid_argument_for_logarithm', 'cannot take logarithm of a negative number')
  if (a.special !== undefined) return a
  if (a.digits === 0n) throw new SqlError('invalid_argument_for_logarithm', 'cannot take logarithm of zero')
  if (compareDecimals(a, ONE) === 0) return ZERO
  // Between 1/e and 1, where the series of ln(1 - y) is short.
  let x = fit(a)
  let count = 0n
  for (; compareDecimals(x, ONE) >= 0; count++) x = multiply(x, E_INVERSE)
  for (; compareDecimals(x, E_INVERSE) <= 0; count--) x = multiply(x, E)
  const whole: Decimal = { digits: count, scale: 0 }
  const y = subtract(ONE, x)
  if (y.digits === 0n) return whole
  let sum = ZERO
  let power = ONE
  let last = ONE
  for (let i = 1; i <= LN_TERMS && compareDecimals(last, sum) !== 0; i++) {
    last = sum
    power = multiply(power, y)
    sum = add(sum, divide(power, { digits: BigInt(i), scale: 0 }))
  }
  return subtract(whole, sum)
}

/** Powers of ten have whole ones. Throws 2201E. */
export function log10of96(a: Decimal): Decimal {
  if (a.special === undefined && a.digits > 0n) {
    const zeros = /^10*$/.exec(a.digits.toString())?.[0].length
    if (zeros !== undefined && compareDecimals(a, ONE) !== 0)
      return { digits: BigInt(zeros - 1 - a.scale), scale: 0 }
  }
  const natural = ln96(a)
  return natural.special === undefined ? multiply(LN10_INVERSE, natural) : natural
}

/** Whole exponents by squaring, others by e^(b ln a). Throws 2201F, 22003. */
export function power96(a: Decimal, b: Decimal): Decimal {
  const special = specialPower(a, b)
  if (special !== undefined) return special
  if (a.digits === 0n && b.digits < 0n) throw powerOfZero()
  const exponent = trimDecimal(b)
  if (a.digits < 0n && exponent.scale > 0) throw complexPower()
  if (exponent.digits === 0n) return ONE
  if (a.digits === 0n) return ZERO
  if (compareDecimals(a, ONE) === 0) return ONE
  if (compareDecimals(exponent, ONE) === 0) return fit(a)
  if (exponent.scale > 0) return exp96(multiply(ln96(a), exponent))
  const times = exponent.digits < 0n ? -exponent.digits : exponent.digits
  if (times > 0xffffffffn) throw outOfRange()
  const power = wholePower(fit(a), times)
  return exponent.digits < 0n ? divide(ONE, power) : power
}

function wholePower(a: Decimal, exponent: bigint): Decimal {
  if (exponent === 1n) return a
  if (exponent === 2n) return multiply(a, a)
  let product = ONE
  let square = a
  for (let left = exponent; ; square = multiply(square, square)) {
    if ((left & 1n) === 1n) product = multiply(product, square)
    left >>= 1n
    if (left === 0n) return trimDecimal(product)
  }
}
