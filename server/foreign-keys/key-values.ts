import { cellValue } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import { trimDecimal } from '../../types/decimal.ts'
import { toJson } from '../../types/json.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

export type Row = readonly Value[]

/** Equal for equal keys, of different whole number types too; it is what a Map tells keys apart by. */
export type KeyText = string | number | bigint | boolean

/** Undefined: one of the values is NULL, so the key is no other row's. */
export function keyOf(row: Row, columns: readonly number[]): KeyText | undefined {
  if (columns.length === 1) {
    const value = row[columns[0]!] ?? null
    return value === null ? undefined : plain(value)
  }
  let text = ''
  for (const c of columns) {
    const value = row[c] ?? null
    if (value === null) return undefined
    const part = String(plain(value))
    text += `${part.length}:${part}`
  }
  return text
}

/** The same of a row of columns: those of the key, in its order. */
export function cellKey(columns: readonly Column[], at: number): KeyText | undefined {
  const [only] = columns
  if (columns.length === 1) {
    const value = cellValue(only!, at)
    return value === null ? undefined : plain(value)
  }
  const values = columns.map(column => cellValue(column, at))
  return keyOf(
    values,
    values.map((_, i) => i),
  )
}

/** Whether they are the same to the last zero: keys may be equal that are not. */
export function sameValues(a: Row, b: Row, columns: readonly number[]): boolean {
  return columns.every(c => {
    const [left, right] = [a[c] ?? null, b[c] ?? null]
    const isPlain = left === null || right === null || typeof left !== 'object'
    return isPlain ? Object.is(left, right) : toJson(left) === toJson(right)
  })
}

function plain(value: Exclude<Value, null>): KeyText {
  if (typeof value === 'bigint') return smaller(value)
  // Among floats a whole number this large is told as those of the other types are.
  if (typeof value === 'number' && Math.abs(value) >= 2 ** 52 && Number.isFinite(value))
    return smaller(BigInt(value))
  if (typeof value !== 'object') return value
  if (!('digits' in value)) return toJson(value)
  if (value.special !== undefined) return value.special
  const { digits, scale } = trimDecimal(value)
  return scale === 0 ? smaller(digits) : `${digits}e-${scale}`
}

function smaller(value: bigint): number | bigint {
  return BigInt.asIntN(53, value) === value ? Number(value) : value
}

const WHOLE_MAX: Readonly<Record<string, bigint>> = { int2: 1n << 15n, int4: 1n << 31n, int8: 1n << 63n }

/** Whether the type is of whole numbers, whose values are compared whatever their widths. */
export function isWhole({ name }: Type): boolean {
  return WHOLE_MAX[name] !== undefined
}

/** The value as one of the type, which is of numbers; undefined: the type has none that is equal. */
export function asType(value: Exclude<Value, null>, type: Type): Value | undefined {
  const max = WHOLE_MAX[type.name]
  if (max === undefined) {
    if (type.name.startsWith('float')) return Number(value)
    if (type.name !== 'numeric' || typeof value === 'object') return value
    return { digits: BigInt(value as number | bigint), scale: 0 }
  }
  const whole = wholeOf(value)
  if (whole === undefined || whole >= max || whole < -max) return undefined
  return type.name === 'int8' ? whole : Number(whole)
}

function wholeOf(value: Exclude<Value, null>): bigint | undefined {
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined
  if (typeof value !== 'object') return BigInt(value as number | bigint)
  if (!('digits' in value) || value.special !== undefined) return undefined
  const { digits, scale } = trimDecimal(value)
  return scale === 0 ? digits : undefined
}
