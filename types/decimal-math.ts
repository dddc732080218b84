// exp, ln, log, power and sqrt of numeric. The scale of each result is chosen as in PostgreSQL's numeric.c; digits come
// from fixed-point arithmetic on bigints with guard digits.
import { compareDecimals } from './compare.ts'
import { decimalOf, decimalToNumber, multiplyDecimals, NAN, pow10, roundDecimal } from './decimal.ts'
import { SqlError } from './error.ts'
import type { Decimal } from './value.ts'

const SIGNIFICANT_MIN = 16
const SCALE_MAX = 1000
const RESULT_SCALE_MAX = 2000
const GUARD = 12
const LOG10_E = Math.LOG10E

/** Throws 2201F for a negative number. */
export function sqrtDecimal(a: Decimal): Decimal {
  if (a.digits < 0n || a.special === '-Infinity')
    throw new SqlError('invalid_argument_for_power_function', 'cannot take square root of a negative number')
  if (a.special !== undefined) return a
  const scale = bounded(SIGNIFICANT_MIN - (weight(a) * 2 + 1), a.scale)
  // Two spare digits make the floor of the root round as the exact root would.
  const wide = scale + 2
  const root = integerRoot(
    wide * 2 >= a.scale ? a.digits * pow10(wide * 2 - a.scale) : a.digits / pow10(a.scale - wide * 2),
  )
  return roundDecimal({ digits: root, scale: wide }, scale)
}

/** Throws 22003 on overflow. */
export function expDecimal(a: Decimal): Decimal {
  if (a.special === '-Infinity') return decimalOf(0)
  if (a.special !== undefined) return a
  const value = decimalToNumber(a)
  const power = Math.min(Math.max(value * LOG10_E, -RESULT_SCALE_MAX), RESULT_SCALE_MAX)
  const scale = bounded(SIGNIFICANT_MIN - Math.trunc(power), a.scale)
  return expTo(a, scale)
}

/** Throws 2201E for zero and negative numbers. */
export function lnDecimal(a: Decimal): Decimal {
  requirePositive(a)
  if (a.special !== undefined) return a
  return lnTo(a, bounded(SIGNIFICANT_MIN - lnWeight(a), a.scale))
}

/** Logarithm of `a` to the base. Throws 2201E, 22012. */
export function logDecimal(base: Decimal, a: Decimal): Decimal {
  if (base.special === 'NaN' || a.special === 'NaN') return NAN
  requirePositive(base)
  requirePositive(a)
  if (base.special !== undefined || a.special !== undefined) {
    if (base.special !== undefined && a.special !== undefined) return NAN
    return base.special !== undefined ? decimalOf(0) : a
  }
  const result = lnWeight(a) - lnWeight(base)
  const scale = bounded(SIGNIFICANT_MIN - result, Math.max(base.scale, a.scale))
  const wide = scale + GUARD + Math.max(0, result)
  const [top, bottom] = [
    lnTo(a, wide + Math.abs(lnWeight(a))),
    lnTo(base, wide + Math.abs(lnWeight(base)) + 8),
  ]
  if (bottom.digits === 0n) throw new SqlError('division_by_zero', 'division by zero')
  const shift = wide + bottom.scale - top.scale
  return roundDecimal(
    { digits: (top.digits * pow10(Math.max(0, shift))) / bottom.digits, scale: wide },
    scale,
  )
}

/** Throws 2201F for what has no real result, 22003 on overflow. */
export function powerDecimal(base: Decimal, exponent: Decimal): Decimal {
  const special = specialPower(base, exponent)
  if (special !== undefined) return special
  const whole = exponent.digits % pow10(exponent.scale) === 0n
  const n = exponent.digits / pow10(exponent.scale)
  if (base.digits === 0n && exponent.digits < 0n) throw powerOfZero()
  if (base.digits < 0n && !whole) throw complexPower()
  if (whole && BigInt.asIntN(32, n) === n) return wholePower(base, n, exponent.scale)
  if (base.digits === 0n) return { digits: 0n, scale: SIGNIFICANT_MIN }
  const odd = whole && n % 2n !== 0n
  const size: Decimal = { digits: base.digits < 0n ? -base.digits : base.digits, scale: base.scale }
  const log = lnTo(size, Math.max(8 - lnWeight(size), 0))
  const approximate = decimalToNumber(multiplyDecimals(log, exponent))
  if (Math.abs(approximate) > RESULT_SCALE_MAX * 3.01) {
    if (approximate > 0) throw overflow()
    return { digits: 0n, scale: SCALE_MAX }
  }
  const weightOfResult = Math.trunc(approximate * LOG10_E)
  const scale = bounded(SIGNIFICANT_MIN - weightOfResult, Math.max(base.scale, exponent.scale))
  const wide = scale + GUARD + Math.max(0, weightOfResult) + Math.max(0, weight(exponent) * 4 + 4)
  const exact = lnTo(size, wide)
  const product: Decimal = { digits: exact.digits * exponent.digits, scale: exact.scale + exponent.scale }
  const result = expTo(product, scale)
  return odd && base.digits < 0n ? { ...result, digits: -result.digits } : result
}

/** A power where base or exponent is no finite number; undefined: both are. Throws 2201F. */
export function specialPower(base: Decimal, exponent: Decimal): Decimal | undefined {
  const one = (d: Decimal) => compareDecimals(d, decimalOf(1)) === 0
  const zero = (d: Decimal) => d.special === undefined && d.digits === 0n
  if (base.special === undefined && exponent.special === undefined) return undefined
  if (base.special === 'NaN') return zero(exponent) ? decimalOf(1) : NAN
  if (exponent.special === 'NaN') return one(base) ? decimalOf(1) : NAN
  if (zero(exponent) || one(base)) return decimalOf(1)
  const value = decimalToNumber(base) ** decimalToNumber(exponent)
  if (zero(base) && exponent.special === '-Infinity') throw powerOfZero()
  if (base.special === '-Infinity' && exponent.digits % pow10(exponent.scale) !== 0n) throw complexPower()
  if (compareDecimals(base, decimalOf(-1)) === 0) return decimalOf(1)
  if (Number.isNaN(value)) return NAN
  return value === 0
    ? decimalOf(0)
    : value > 0
      ? { digits: 0n, scale: 0, special: 'Infinity' }
      : { digits: 0n, scale: 0, special: '-Infinity' }
}

export function powerOfZero(): SqlError {
  return new SqlError('invalid_argument_for_power_function', 'zero raised to a negative power is undefined')
}

export function complexPower(): SqlError {
  return new SqlError(
    'invalid_argument_for_power_function',
    'a negative number raised to a non-integer power yields a complex result',
  )
}

function wholePower(base: Decimal, n: bigint, exponentScale: number): Decimal {
  const size = base.digits === 0n ? 0 : Number(n) * log10(base)
  if (size > 32768 * 4) throw overflow()
  if (size + 1 < -SCALE_MAX) return { digits: 0n, scale: SCALE_MAX }
  const scale = bounded(SIGNIFICANT_MIN - Math.trunc(size), Math.max(base.scale, exponentScale))
  if (n === 0n) return roundDecimal(decimalOf(1), scale)
  const exponent = n < 0n ? -n : n
  // Beyond the digits that count, factors are cut: the relative error stays below one guard digit.
  const keep = scale + Math.max(0, Math.ceil(Math.abs(size))) + GUARD + exponent.toString().length
  let result = decimalOf(1)
  let square: Decimal = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n)
      result = cut({ digits: result.digits * square.digits, scale: result.scale + square.scale }, keep)
    if (rest > 1n) square = cut({ digits: square.digits * square.digits, scale: square.scale * 2 }, keep)
  }
  if (n > 0n) return roundDecimal(result, scale)
  const wide = scale + 4
  const shift = wide + result.scale
  return roundDecimal({ digits: pow10(shift) / result.digits, scale: wide }, scale)
}

/** Keeps about `digits` significant digits. */
function cut(d: Decimal, digits: number): Decimal {
  const excess = (d.digits < 0n ? -d.digits : d.digits).toString().length - digits
  if (excess <= 0 || d.scale === 0) return d
  const drop = Math.min(excess, d.scale)
  return { digits: d.digits / pow10(drop), scale: d.scale - drop }
}

/** e^a rounded to a scale. */
function expTo(a: Decimal, scale: number): Decimal {
  const value = decimalToNumber(a)
  if (Math.abs(value) >= RESULT_SCALE_MAX * 3) {
    if (value > 0) throw overflow()
    return { digits: 0n, scale }
  }
  const places = scale + GUARD + Math.max(0, Math.ceil(value * LOG10_E))
  return roundDecimal({ digits: expFixed(toFixed(a, places), places), scale: places }, scale)
}

/** Fixed-point e^x: halves x until it is small, sums the series, squares back. */
function expFixed(x: bigint, places: number): bigint {
  let halvings = 0
  for (let size = x < 0n ? -x : x; size > pow10(places) / 64n; size >>= 1n) halvings++
  const extra = GUARD + halvings
  const one = pow10(places + extra)
  const small = (x * pow10(extra)) >> BigInt(halvings)
  let sum = one
  let term = one
  for (let n = 1n; term !== 0n; n++) {
    term = (term * small) / (one * n)
    sum += term
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) / one
  return sum / pow10(extra)
}

/** ln(a) rounded to a scale, by Newton's method from the float. */
function lnTo(a: Decimal, scale: number): Decimal {
  const exponent = a.digits.toString().length - a.scale - 1
  const places = scale + GUARD + 4
  // m in [1, 10)
  const shift = places - a.scale - exponent
  const m = shift >= 0 ? a.digits * pow10(shift) : a.digits / pow10(-shift)
  const ten = exponent === 0 ? 0n : lnFixed(10n * pow10(places), places) * BigInt(exponent)
  return roundDecimal({ digits: lnFixed(m, places) + ten, scale: places }, scale)
}

const logarithms = new Map<string, bigint>()

function lnFixed(m: bigint, places: number): bigint {
  const key = `${places}:${m}`
  const known = logarithms.get(key)
  if (known !== undefined) return known
  const one = pow10(places)
  const start = Math.log(Number(`${m}e-${places}`))
  let y = (BigInt(Math.round(start * 1e15)) * one) / 10n ** 15n
  for (let digits = 14; digits < places * 3; digits *= 3) {
    const e = expFixed(y, places)
    y += (2n * (m - e) * one) / (m + e)
  }
  if (logarithms.size > 200) logarithms.clear()
  logarithms.set(key, y)
  return y
}

function toFixed(a: Decimal, places: number): bigint {
  return places >= a.scale ? a.digits * pow10(places - a.scale) : a.digits / pow10(a.scale - places)
}

function bounded(scale: number, least: number): number {
  return Math.min(Math.max(scale, least, 0), SCALE_MAX)
}

/** Weight of the first base-10000 digit. */
function weight(a: Decimal): number {
  if (a.digits === 0n) return 0
  const exponent = (a.digits < 0n ? -a.digits : a.digits).toString().length - a.scale - 1
  return Math.floor(exponent / 4)
}

function log10(a: Decimal): number {
  const text = (a.digits < 0n ? -a.digits : a.digits).toString()
  return Math.log10(Number(text.slice(0, 16))) + (text.length - Math.min(16, text.length)) - a.scale
}

/** Estimated decimal weight of ln(a) (estimate_ln_dweight). */
function lnWeight(a: Decimal): number {
  const near = decimalToNumber(a)
  if (near >= 0.9 && near <= 1.1) {
    const rest = a.digits - pow10(a.scale)
    if (rest === 0n) return 0
    return (rest < 0n ? -rest : rest).toString().length - a.scale - 1
  }
  return Math.trunc(Math.log10(Math.abs(log10(a) * Math.LN10)))
}

function requirePositive(a: Decimal): void {
  if (a.special === 'NaN' || a.special === 'Infinity' || a.digits > 0n) return
  const zero = a.special === undefined && a.digits === 0n
  const message = `cannot take logarithm of ${zero ? 'zero' : 'a negative number'}`
  throw new SqlError('invalid_argument_for_logarithm', message)
}

function integerRoot(n: bigint): bigint {
  if (n < 2n) return n
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const y = (x + n / x) >> 1n
    if (y >= x) return x
    x = y
  }
}

function overflow(): SqlError {
  return new SqlError('numeric_value_out_of_range', 'value overflows numeric format')
}
