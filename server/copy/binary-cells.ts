import { KnownDecimals } from '../../types/known-decimals.ts'
import { physical, type Type } from '../../types/type.ts'
import { decodeParameter } from '../protocol/values.ts'
import type { SetCell } from './cells.ts'
import { requireText } from './text-rows.ts'

const DAYS_2000 = 10_957
const POWERS = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]

/** Writes values in binary format: what is usual straight from the bytes, all else as a parameter's value is read. */
export function setBinaryOf(type: Type, zone: string): SetCell {
  const any: SetCell = (column, row, bytes, from, to) =>
    column.set(row, decodeParameter(type, bytes.subarray(from, to), 1, zone))
  switch (type.name) {
    case 'text':
      return (column, row, bytes, from, to) => {
        let at = from
        while (at < to && bytes[at]! > 0 && bytes[at]! < 128) at++
        if (at < to) requireText(bytes.subarray(from, to))
        if (column.nulls !== null) column.nulls[row] = 0
        column.setBytes(row, bytes, from, to)
      }
    case 'int4':
    case 'date': {
      const shift = type.name === 'date' ? DAYS_2000 : 0
      return (column, row, bytes, from, to) => {
        if (to - from === 4) column.set(row, bytes.readInt32BE(from) + shift)
        else any(column, row, bytes, from, to)
      }
    }
    case 'int8':
      return (column, row, bytes, from, to) => {
        if (to - from === 8) column.set(row, bytes.readBigInt64BE(from))
        else any(column, row, bytes, from, to)
      }
    case 'float8':
      return (column, row, bytes, from, to) => {
        if (to - from === 8) column.set(row, bytes.readDoubleBE(from))
        else any(column, row, bytes, from, to)
      }
    case 'numeric': {
      if (physical(type) !== 'values') return any
      const known = new KnownDecimals()
      return (column, row, bytes, from, to) => {
        const scale = bytes.readUInt16BE(from + 6)
        const digits = to - from < 8 ? undefined : shortNumeric(bytes, from, to, scale)
        if (digits === undefined) any(column, row, bytes, from, to)
        else column.set(row, known.decimal(digits, scale))
      }
    }
    default:
      return any
  }
}

/** The digits of a numeric of at most three groups of four; undefined: it has more, or is no number. */
function shortNumeric(bytes: Buffer, from: number, to: number, scale: number): number | undefined {
  const count = bytes.readInt16BE(from)
  const sign = bytes.readUInt16BE(from + 4)
  if (count > 3 || count < 0 || to - from !== 8 + 2 * count || (sign !== 0 && sign !== 0x4000))
    return undefined
  let digits = 0
  for (let i = 0; i < count; i++) digits = digits * 10_000 + bytes.readInt16BE(from + 8 + 2 * i)
  if (digits === 0) return scale < 16 ? 0 : undefined
  const shift = (bytes.readInt16BE(from + 2) - count + 1) * 4 + scale
  if (shift > 3 || shift < -7) return undefined
  if (shift >= 0) digits *= POWERS[shift]!
  else if (digits % POWERS[-shift]! === 0) digits /= POWERS[-shift]!
  else return undefined
  return sign === 0 ? digits : -digits
}
