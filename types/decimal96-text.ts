import { pow10, trimDecimal } from './decimal.ts'
import { DIGITS_MAX, multiply, outOfRange, SCALE_MAX } from './decimal96.ts'
import type { Decimal } from './value.ts'

const NUMBER = /^([+-]?)(\d[\d_]*)?(?:\.([\d_]*))?(?:[eE]([+-]?\d+))?$/

/** The number of a text, rounded to the digits that fit by the first one that does not; undefined: none. Throws 22003. */
export function parse96(text: string): Decimal | undefined {
  const trimmed = text.trim()
  const match = NUMBER.exec(trimmed)
  if (match === null) return specialOf(trimmed.toLowerCase())
  const [, sign, whole = '', fraction = '', exponent] = match
  if (!/\d/.test(whole + fraction)) return undefined
  const value = readDigits(whole.replaceAll('_', ''), fraction.replaceAll('_', ''))
  const signed = sign === '-' ? { digits: -value.digits, scale: value.scale } : value
  return exponent === undefined ? signed : shifted(signed, Number(exponent))
}

function specialOf(word: string): Decimal | undefined {
  if (word === 'nan') return { digits: 0n, scale: 0, special: 'NaN' }
  if (/^\+?inf(inity)?$/.test(word)) return { digits: 0n, scale: 0, special: 'Infinity' }
  if (/^-inf(inity)?$/.test(word)) return { digits: 0n, scale: 0, special: '-Infinity' }
  return undefined
}

function readDigits(whole: string, fraction: string): Decimal {
  const integer = BigInt(whole)
  if (integer > DIGITS_MAX) throw outOfRange()
  let scale = Math.min(fraction.length, SCALE_MAX)
  let digits = BigInt(whole + fraction.slice(0, scale))
  while (digits > DIGITS_MAX) {
    scale--
    digits = BigInt(whole + fraction.slice(0, scale))
  }
  if (fraction.charAt(scale) >= '5') digits += 1n
  if (digits > DIGITS_MAX) {
    if (scale === 0) throw outOfRange()
    return { digits: (digits + 4n) / 10n, scale: scale - 1 }
  }
  return { digits, scale }
}

/** By powers of ten. An exponent beyond 28 is refused, and so are more digits behind the point. */
function shifted(a: Decimal, exponent: number): Decimal {
  if (Math.abs(exponent) > SCALE_MAX || a.scale - exponent > SCALE_MAX) throw outOfRange()
  if (exponent <= a.scale) return { digits: a.digits, scale: a.scale - exponent }
  let value = a
  for (let left = exponent; left > 0; left -= 19)
    value = multiply(value, { digits: pow10(Math.min(left, 19)), scale: 0 })
  return trimDecimal(value)
}

/**
 * The numeric of a float: its binary digits as decimal ones in 96 bits, from which digits are rounded away until those of a double
 * (52 bits) or a real (24) are left. Throws 22003.
 */
export function ofFloat(value: number, bits: 24 | 52): Decimal {
  if (!Number.isFinite(value)) return specialOf(String(value).toLowerCase())!
  if (value === 0) return { digits: 0n, scale: 0 }
  const short = bits === 52 ? ofShortDouble(value) : undefined
  if (short !== undefined) return short
  const [mantissa, exponent] = binary(Math.abs(value), bits)
  let [digits, tens] = exponent <= 0 ? fraction(mantissa, -exponent) : multiple(mantissa, exponent)
  for (; tens > 0; tens--) {
    digits *= 10n
    if (digits > DIGITS_MAX) throw outOfRange()
  }
  while (tens < -SCALE_MAX) {
    const last = digits % 10n
    digits /= 10n
    tens++
    if (digits === 0n) tens = 0
    else if (last >= 5n) digits += 1n
  }
  const most = 1n << BigInt(bits)
  while (tens < 0 && digits >= most) {
    digits = (digits + 5n) / 10n
    tens++
  }
  return trimDecimal({ digits: value < 0 ? -digits : digits, scale: -tens })
}

/**
 * A double that 15 digits tell, in a range where all the rounding leads to these. Not those that would keep a digit more: the error of a double is
 * almost half of that one.
 */
function ofShortDouble(value: number): Decimal | undefined {
  const size = Math.abs(value)
  if (size < 1e-10 || size >= 1e15) return undefined
  const text = size.toExponential(14)
  if (Number(text) !== size || /^4\.[0-5]/.test(text)) return undefined
  const digits = `${text[0]}${text.slice(2, 16)}`.replace(/0+$/, '')
  const scale = digits.length - 1 - Number(text.slice(17))
  const whole = BigInt(value < 0 ? `-${digits}` : digits)
  return scale < 0 ? { digits: whole * pow10(-scale), scale: 0 } : { digits: whole, scale }
}

/** The float's mantissa as a whole number and the power of two it is multiplied with. */
function binary(value: number, bits: 24 | 52): [bigint, number] {
  if (bits === 24) {
    const raw = new Uint32Array(new Float32Array([value]).buffer)[0]!
    const exponent = raw >>> 23
    const low = BigInt(raw & 0x7fffff)
    return exponent === 0 ? [low, -149] : [low | 0x800000n, exponent - 150]
  }
  const raw = new BigUint64Array(new Float64Array([value]).buffer)[0]!
  const exponent = Number(raw >> 52n)
  const low = raw & 0xfffffffffffffn
  return exponent === 0 ? [low, -1074] : [low | 0x10000000000000n, exponent - 1075]
}

/** mantissa / 2^halvings as digits and a power of ten: times 5 where that fits, else without the last bit. */
function fraction(mantissa: bigint, halvings: number): [bigint, number] {
  let digits = mantissa
  let tens = -halvings
  for (let i = 0; i < halvings; i++) {
    if ((digits & 1n) === 1n && digits * 5n <= DIGITS_MAX) {
      digits *= 5n
      continue
    }
    digits >>= 1n
    tens++
  }
  return [digits, tens]
}

/** mantissa · 2^doublings: doubled where that fits, else a fifth and one more ten. */
function multiple(mantissa: bigint, doublings: number): [bigint, number] {
  let digits = mantissa
  let fives = doublings
  let tens = doublings
  while (fives > 0) {
    fives--
    if (digits < 1n << 95n) {
      digits <<= 1n
      tens--
    } else if (tens * 2 > fives + 1) throw outOfRange()
    else digits /= 5n
  }
  return [digits, tens]
}

/** The double next to whole part and fraction, rounded to as many digits as the numeric has. */
export function toDouble(a: Decimal): number {
  if (a.special !== undefined) return Number(a.special)
  if (a.scale === 0) return Number(a.digits)
  const unit = pow10(a.scale)
  const whole = a.digits < 0n ? -a.digits : a.digits
  const rest = Number(whole % unit) / Number(unit)
  const integral = Number(whole / unit)
  if (rest === 0) return a.digits < 0n ? -integral : integral
  const rounded = Math.round((integral + rest) * Number(unit)) / Number(unit)
  return a.digits < 0n ? -rounded : rounded
}
