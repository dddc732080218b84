import { SqlError } from './error.ts'
import type { Decimal } from './value.ts'

const POWERS: bigint[] = [1n]
/** Larger ones are rare, and all of them up to the largest would be gigabytes. */
const POWERS_MAX = 2048

/** 10^n. */
export function pow10(n: number): bigint {
  if (n >= POWERS_MAX) return 10n ** BigInt(n)
  for (let i = POWERS.length; i <= n; i++) POWERS.push(POWERS[i - 1]! * 10n)
  return POWERS[n]!
}

export const NAN: Decimal = { digits: 0n, scale: 0, special: 'NaN' }
const INFINITY: Decimal = { digits: 0n, scale: 0, special: 'Infinity' }
const MINUS_INFINITY: Decimal = { digits: 0n, scale: 0, special: '-Infinity' }

/** PostgreSQL's numeric input; undefined when it is not one. */
export function parseDecimal(text: string): Decimal | undefined {
  const trimmed = text.trim()
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(trimmed)
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) {
    const word = trimmed.toLowerCase()
    if (word === 'nan') return NAN
    if (/^\+?inf(inity)?$/.test(word)) return INFINITY
    if (/^-inf(inity)?$/.test(word)) return MINUS_INFINITY
    return undefined
  }
  const fraction = match[3] ?? ''
  const written = `${match[2]}${fraction}`
  let digits = BigInt(written || '0')
  let scale = fraction.length - Number(match[4] ?? 0)
  if (scale > SCALE_MAX || scale < -DIGITS_MAX) throw tooLarge()
  if (scale < 0) {
    // Digits that begin with zeros are counted exactly.
    if (written.length - scale > DIGITS_MAX && digits >= pow10(DIGITS_MAX + scale)) throw tooLarge()
    digits *= pow10(-scale)
    scale = 0
  }
  return { digits: match[1] === '-' ? -digits : digits, scale }
}

/** Digits PostgreSQL allows before the point, and behind it. */
const DIGITS_MAX = 131072
export const SCALE_MAX = 16383

function tooLarge(): SqlError {
  return new SqlError('numeric_value_out_of_range', 'value overflows numeric format')
}

export function formatDecimal(d: Decimal): string {
  if (d.special !== undefined) return d.special
  const negative = d.digits < 0n
  const text = (negative ? -d.digits : d.digits).toString().padStart(d.scale + 1, '0')
  const whole = text.slice(0, text.length - d.scale)
  return `${negative ? '-' : ''}${whole}${d.scale > 0 ? `.${text.slice(text.length - d.scale)}` : ''}`
}

export function decimalOf(value: bigint | number): Decimal {
  if (typeof value === 'bigint') return { digits: value, scale: 0 }
  if (Number.isInteger(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER)
    return { digits: BigInt(value), scale: 0 }
  return parseDecimal(String(value))!
}

export function decimalToNumber(d: Decimal): number {
  return d.special !== undefined ? Number(d.special) : Number(formatDecimal(d))
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special !== undefined || b.special !== undefined)
    return fromFloat(decimalToNumber(a) + decimalToNumber(b))
  const scale = Math.max(a.scale, b.scale)
  return { digits: a.digits * pow10(scale - a.scale) + b.digits * pow10(scale - b.scale), scale }
}

export function negateDecimal(a: Decimal): Decimal {
  return a.special !== undefined ? fromFloat(-decimalToNumber(a)) : { digits: -a.digits, scale: a.scale }
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, negateDecimal(b))
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special !== undefined || b.special !== undefined)
    return fromFloat(decimalToNumber(a) * decimalToNumber(b))
  const product = { digits: a.digits * b.digits, scale: a.scale + b.scale }
  return product.scale > SCALE_MAX ? roundDecimal(product, SCALE_MAX) : product
}

/** PostgreSQL's scale of a quotient (select_div_scale in numeric.c): at least 16 significant digits. Throws 22012. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.special === undefined && b.digits === 0n && a.special !== 'NaN')
    throw new SqlError('division_by_zero', 'division by zero')
  if (a.special !== undefined || b.special !== undefined)
    return fromFloat(decimalToNumber(a) / decimalToNumber(b))
  const [weightA, firstA] = base10000(a)
  const [weightB, firstB] = base10000(b)
  let weight = weightA - weightB
  if (firstA <= firstB) weight--
  const scale = Math.min(Math.max(16 - weight * 4, a.scale, b.scale, 0), 1000)
  return { digits: divideRounded(a.digits * pow10(scale + b.scale), b.digits * pow10(a.scale)), scale }
}

/** Remainder with the sign of the dividend. Throws 22012. */
export function remainderDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.special === undefined && b.digits === 0n && a.special !== 'NaN')
    throw new SqlError('division_by_zero', 'division by zero')
  if (a.special !== undefined || b.special !== undefined)
    return a.special === undefined && b.special !== 'NaN' ? a : NAN
  const scale = Math.max(a.scale, b.scale)
  return { digits: (a.digits * pow10(scale - a.scale)) % (b.digits * pow10(scale - b.scale)), scale }
}

/** Rounds half away from zero to `scale` digits after the point (negative: before it). */
export function roundDecimal(a: Decimal, scale: number): Decimal {
  if (a.special !== undefined) return a
  if (scale === a.scale) return a
  if (scale >= a.scale) return { digits: a.digits * pow10(scale - a.scale), scale }
  const digits = divideRounded(a.digits, pow10(a.scale - scale))
  return scale >= 0 ? { digits, scale } : { digits: digits * pow10(-scale), scale: 0 }
}

/** Cuts towards zero. */
export function truncateDecimal(a: Decimal, scale: number): Decimal {
  if (a.special !== undefined || scale >= a.scale) return roundDecimal(a, scale)
  const digits = a.digits / pow10(a.scale - scale)
  return scale >= 0 ? { digits, scale } : { digits: digits * pow10(-scale), scale: 0 }
}

function divideRounded(a: bigint, b: bigint): bigint {
  const quotient = a / b
  const rest = a % b
  const twice = (rest < 0n ? -rest : rest) * 2n
  if (twice < (b < 0n ? -b : b)) return quotient
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n
}

/** Weight and value of the first base-10000 digit, as numeric.c keeps them. */
function base10000(d: Decimal): [number, number] {
  if (d.digits === 0n) return [0, 0]
  const text = (d.digits < 0n ? -d.digits : d.digits).toString()
  const exponent = text.length - d.scale - 1 // power of ten of the first digit
  const weight = Math.floor(exponent / 4)
  const take = exponent - weight * 4 + 1
  return [weight, Number(text.slice(0, take).padEnd(take, '0'))]
}

/** Without zeros at the end of its fraction. */
export function trimDecimal(a: Decimal): Decimal {
  let { digits, scale } = a
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale--
  }
  return scale === a.scale ? a : { ...a, digits, scale }
}

/** All the digits of a double. */
export function exactDecimal(value: number): Decimal {
  if (!Number.isFinite(value)) return fromFloat(value)
  let scale = 0
  let scaled = value
  while (!Number.isInteger(scaled)) {
    scaled *= 2
    scale++
  }
  return { digits: BigInt(scaled) * 5n ** BigInt(scale), scale }
}

function fromFloat(value: number): Decimal {
  if (Number.isNaN(value)) return NAN
  return value > 0 ? INFINITY : value < 0 ? MINUS_INFINITY : { digits: 0n, scale: 0 }
}
