import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import { KnownDecimals } from '../../types/known-decimals.ts'
import { parseText } from '../../types/text-io.ts'
import { daysFromCivil } from '../../types/time/datetime.ts'
import type { Type } from '../../types/type.ts'
import { limitsOf, limitValue, type Modifier } from '../../types/type-modifier.ts'

/** Writes the text bytes[from .. to) as a value of the column's type. Throws as the type's input function does. */
export type SetCell = (column: ColumnBuffer, row: number, bytes: Buffer, from: number, to: number) => void

const BLANK = 0x20
const MINUS = 0x2d
const POINT = 0x2e
const ZERO = 0x30
const COLON = 0x3a

/** Digits whose number a double has exactly. */
export const DIGITS_MAX = 15

/** What is usual is read straight from the bytes, all else by the type's input function. */
export function setCellOf(type: Type, zone: string, modifier?: Modifier): SetCell {
  const any: SetCell = (column, row, bytes, from, to) => {
    const value = parseText(type, bytes.toString('utf8', from, to), zone)
    column.set(row, modifier === undefined ? value : limitValue(type, value, modifier, false))
  }
  if (modifier !== undefined) return limitedCell(type, modifier, any) ?? any
  switch (type.name) {
    case 'text':
      return (column, row, bytes, from, to) => {
        if (column.nulls !== null) column.nulls[row] = 0
        column.setBytes(row, bytes, from, to)
      }
    case 'int2':
    case 'int4':
    case 'int8': {
      const most = type.name === 'int2' ? 4 : type.name === 'int4' ? 9 : DIGITS_MAX
      const big = type.name === 'int8'
      return (column, row, bytes, from, to) => {
        const negative = bytes[from] === MINUS
        const value = digitsOf(bytes, negative ? from + 1 : from, to, most)
        if (value === -1) any(column, row, bytes, from, to)
        else {
          const signed = negative && value > 0 ? -value : value
          column.set(row, big ? BigInt(signed) : signed)
        }
      }
    }
    case 'numeric':
      return numericCell(any)
    case 'date':
      return (column, row, bytes, from, to) => {
        const days = to - from === 10 ? isoDate(bytes, from) : undefined
        if (days === undefined) any(column, row, bytes, from, to)
        else column.set(row, days)
      }
    case 'timestamp':
      return (column, row, bytes, from, to) => {
        const days = isoDate(bytes, from)
        const clock = days === undefined ? undefined : isoClock(bytes, from + 10, to)
        if (clock === undefined) any(column, row, bytes, from, to)
        else column.set(row, BigInt(days! * DAY_MICROS + clock))
      }
    default:
      return any
  }
}

/** `fits`: whether a number of so many digits needs no further care. */
function numericCell(any: SetCell, fits?: (digits: number, scale: number) => boolean): SetCell {
  const known = new KnownDecimals()
  return (column, row, bytes, from, to) => {
    const negative = bytes[from] === MINUS
    const start = negative ? from + 1 : from
    let point = start
    while (point < to && bytes[point] !== POINT) point++
    const whole = digitsOf(bytes, start, point, DIGITS_MAX)
    const scale = point === to ? 0 : to - point - 1
    const fraction = scale === 0 ? 0 : digitsOf(bytes, point + 1, to, DIGITS_MAX - (point - start))
    if (whole === -1 || fraction === -1 || point === to - 1) {
      any(column, row, bytes, from, to)
      return
    }
    const digits = whole * 10 ** scale + fraction
    if (fits?.(digits, scale) === false) any(column, row, bytes, from, to)
    else column.set(row, known.decimal(negative && digits > 0 ? -digits : digits, scale))
  }
}

/** Values within the limits of a type such as varchar(10) or numeric(15,2) are read from the bytes too; undefined: not of this type. */
function limitedCell(type: Type, modifier: Modifier, any: SetCell): SetCell | undefined {
  const { name, first, second } = limitsOf(modifier)
  if (type.name === 'numeric') {
    const bound = 10 ** first
    return numericCell(any, (digits, scale) => scale === second && digits < bound)
  }
  if (type.name !== 'text' || name === 'letter') return undefined
  const padded = name === 'char'
  return (column, row, bytes, from, to) => {
    let end = to
    if (padded) while (end > from && bytes[end - 1] === BLANK) end--
    // No text has more characters than bytes.
    if (end - from > first) any(column, row, bytes, from, to)
    else {
      if (column.nulls !== null) column.nulls[row] = 0
      column.setBytes(row, bytes, from, end)
    }
  }
}

/** The number that the digits bytes[from .. to) write; -1: there are none, too many, or something else. */
export function digitsOf(bytes: Buffer, from: number, to: number, most: number): number {
  if (to <= from || to - from > most) return -1
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const MONTH_DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days since 1970 of YYYY-MM-DD; undefined: it is not one. */
export function isoDate(bytes: Buffer, from: number): number | undefined {
  if (bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS) return undefined
  const year = digitsOf(bytes, from, from + 4, 4)
  const month = digitsOf(bytes, from + 5, from + 7, 2)
  const day = digitsOf(bytes, from + 8, from + 10, 2)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > MONTH_DAYS[month]!) return undefined
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)))
    return undefined
  return daysFromCivil(year, month, day)
}

export const DAY_MICROS = 86_400_000_000

/** Microseconds since midnight of ` HH:MM:SS[.FFFFFF]`, or with a T; undefined: it is not one. */
export function isoClock(bytes: Buffer, from: number, to: number): number | undefined {
  if (to - from < 9 || to - from > 16 || (bytes[from] !== 0x20 && bytes[from] !== 0x54)) return undefined
  if (bytes[from + 3] !== COLON || bytes[from + 6] !== COLON) return undefined
  const hour = digitsOf(bytes, from + 1, from + 3, 2)
  const minute = digitsOf(bytes, from + 4, from + 6, 2)
  const second = digitsOf(bytes, from + 7, from + 9, 2)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined
  let micros = 0
  if (to - from > 9) {
    const places = to - from - 10
    micros = digitsOf(bytes, from + 10, to, 6)
    if (bytes[from + 9] !== POINT || micros === -1) return undefined
    micros *= 10 ** (6 - places)
  }
  return (hour * 3600 + minute * 60 + second) * 1_000_000 + micros
}
