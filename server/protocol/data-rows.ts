import { cellValue } from '../../storage/column-buffer.ts'
import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import { formatText, showsMemberNames } from '../../types/text-io.ts'
import { isPlainStyle } from '../../types/time/time-style.ts'
import { physical, type Schema, type Type } from '../../types/type.ts'
import { isRegistered } from '../../types/type-labels.ts'
import type { Decimal, Value } from '../../types/value.ts'
import type { Messages } from './frames.ts'
import { formatOf, type ShowObject } from './replies.ts'
import { encodeBinary } from './values.ts'

/** Writes a cell that is not NULL: its length, then its bytes. */
export type Cell = (out: Messages, column: Column, row: number) => void

/** Writes a row of a chunk. */
export type Row = (out: Messages, chunk: Chunk, row: number) => void

/** Writes rows of one result as DataRow messages, straight from their columns. */
export function dataRows(schema: Schema, formats: readonly number[], zone: string, show?: ShowObject): Row {
  return rowMessage('D', cellsOf(schema, formats, zone, show))
}

/** Writes a row as one message of this type: the number of cells, then each, or -1 for NULL. */
export function rowMessage(type: 'D' | 'd', cells: readonly Cell[]): Row {
  return (out, { columns }, row) => {
    out.begin(type).int16(cells.length)
    for (let i = 0; i < cells.length; i++) {
      const column = columns[i]!
      if (column.nulls !== null && column.nulls[row] === 1) out.int32(-1)
      else cells[i]!(out, column, row)
    }
    out.end()
  }
}

/** What writes the cells of a row. */
export function cellsOf(
  schema: Schema,
  formats: readonly number[],
  zone: string,
  show?: ShowObject,
): readonly Cell[] {
  return schema.map(({ type }, i) => cellOf(type, formatOf(formats, i), zone, show))
}

function cellOf(type: Type, format: number, zone: string, show: ShowObject | undefined): Cell {
  if (format !== 0) return binaryCell(type)
  if (show !== undefined && isRegistered(type))
    return (out, column, row) => out.sizedText(show(cellValue(column, row) as number, type.label!))
  const written: Cell = (out, column, row) => out.sizedText(formatText(type, notNull(column, row), zone))
  switch (type.name) {
    case 'jsonb':
      return showsMemberNames(zone) ? written : bytesCell
    case 'text':
    case 'uuid':
    case 'bit':
    case 'varbit':
    case 'json':
      return bytesCell
    case 'int2':
    case 'int4':
      return (out, column, row) => out.sizedWhole((column.data as Int32Array)[row]!)
    case 'int8':
      return wholeCell
    case 'numeric':
      return numericCell
    case 'bool':
      return (out, column, row) => out.sizedText((column.data as Uint8Array)[row] === 1 ? 't' : 'f')
    case 'date':
    case 'timestamp':
      return isPlainStyle(zone) ? rememberedCell(type, zone) : written
    default:
      return written
  }
}

function binaryCell(type: Type): Cell {
  if (type.name === 'text') return bytesCell
  if (type.name === 'int4') return (out, column, row) => out.int32(4).int32((column.data as Int32Array)[row]!)
  if (type.name === 'numeric') return binaryNumericCell
  return (out, column, row) => {
    const bytes = encodeBinary(type, notNull(column, row))
    out.int32(bytes.length).bytes(bytes)
  }
}

function notNull(column: Column, row: number): Exclude<Value, null> {
  return cellValue(column, row) as Exclude<Value, null>
}

/** Groups of four digits on both sides of the point, without zeros at the ends. */
const binaryNumericCell: Cell = (out, column, row) => {
  const value = (column.data as readonly Value[])[row] as Decimal
  const number = Math.abs(Number(value.digits))
  // So many zeros complete the last group.
  const zeros = (4 - (value.scale % 4)) % 4
  let rest = number * POWERS[zeros]!
  if (value.special !== undefined || value.scale > 1000 || rest > Number.MAX_SAFE_INTEGER) {
    const bytes = encodeBinary(column.type, value)
    out.int32(bytes.length).bytes(bytes)
    return
  }
  let exponent = -(value.scale + zeros) / 4
  let count = 0
  while (rest > 0) {
    const next = Math.floor(rest / 10_000)
    const group = rest - next * 10_000
    if (count === 0 && group === 0) exponent++
    else groups[count++] = group
    rest = next
  }
  const weight = count === 0 ? 0 : exponent + count - 1
  out
    .int32(8 + 2 * count)
    .int16(count)
    .int16(weight)
    .int16(value.digits < 0n ? 0x4000 : 0)
    .int16(value.scale)
  while (count > 0) out.int16(groups[--count]!)
}
const groups = new Int32Array(8)
const POWERS = [1, 10, 100, 1000]

/** Texts are UTF-8 already. */
const bytesCell: Cell = (out, column, row) => {
  const { bytes, starts, ends } = column.data as Bytes
  out.sizedBytes(bytes, starts[row]!, ends[row]!)
}

const wholeCell: Cell = (out, column, row) => {
  const value = (column.data as BigInt64Array)[row]!
  const number = Number(value)
  if (Number.isSafeInteger(number)) out.sizedWhole(number)
  else out.sizedText(String(value))
}

const numericCell: Cell = (out, column, row) => {
  const value = (column.data as readonly Value[])[row] as Decimal
  const number = Number(value.digits)
  if (value.special === undefined && Number.isSafeInteger(number) && value.scale <= 15)
    out.sizedWhole(number, value.scale)
  else out.sizedText(formatText(column.type, value))
}

/** Days and seconds come again in the rows that follow each other: the last text of a day is kept. */
function rememberedCell(type: Type, zone: string): Cell {
  if (physical(type) === 'i32') {
    let last: number | undefined
    let text = ''
    return (out, column, row) => {
      const value = (column.data as Int32Array)[row]!
      if (value !== last) {
        last = value
        text = formatText(type, value, zone)
      }
      out.sizedText(text)
    }
  }
  const DAY = 86_400_000_000
  let day = Number.NaN
  let date = ''
  return (out, column, row) => {
    const micros = Number((column.data as BigInt64Array)[row]!)
    const own = Math.floor(micros / DAY)
    if (!Number.isSafeInteger(micros)) return out.sizedText(formatText(type, notNull(column, row), zone))
    if (own !== day) {
      day = own
      date = formatText(type, BigInt(own) * BigInt(DAY), zone).slice(0, -8)
    }
    if (date.length !== 11) return out.sizedText(formatText(type, notNull(column, row), zone))
    out.sizedClock(date, micros - own * DAY)
  }
}
