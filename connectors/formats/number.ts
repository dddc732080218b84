import { SqlError } from '../../types/error.ts'
import type { Decimal } from '../../types/value.ts'

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/

export function parseDecimal(text: string): Decimal {
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text)
  if (special !== null) {
    const name = special[2]!.toLowerCase() === 'nan' ? 'NaN' : special[1] === '-' ? '-Infinity' : 'Infinity'
    return { digits: 0n, scale: 0, special: name }
  }
  const found = NUMBER.exec(text)
  const [, sign, whole = '', fraction = '', exponent = '0'] = found ?? []
  if (found === null || whole + fraction === '') {
    throw new SqlError('invalid_text_representation', `invalid input syntax for type numeric: "${text}"`)
  }
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n)
  const scale = fraction.length - Number(exponent)
  if (scale > 16383 || scale < -131072) {
    throw new SqlError('numeric_value_out_of_range', 'value overflows numeric format')
  }
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}

export function decimalText(value: Decimal): string {
  if (value.special !== undefined) return value.special
  const negative = value.digits < 0n
  const digits = String(negative ? -value.digits : value.digits).padStart(value.scale + 1, '0')
  const at = digits.length - value.scale
  const text = value.scale === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`
  return negative ? `-${text}` : text
}
