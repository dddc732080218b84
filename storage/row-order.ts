import type { Bytes, Column } from '../types/chunk.ts'
import type { Order } from '../types/job.ts'
import { compareParsed } from '../types/json-order.ts'
import { type Json, parseJson } from '../types/json-text.ts'
import { physical } from '../types/type.ts'
import { cellValue } from './column-buffer.ts'
import { compareCells, equalBytes } from './compare-cells.ts'

type Compare = (a: number, b: number) => number

/** Compares rows of columns that stay as they are; as compareOrder does, but each document is parsed once. */
export function rowOrder(order: readonly Order[], columns: readonly Column[]): Compare {
  const parts = order.map(by => columnOrder(by, columns[by.column]!))
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return (a, b) => {
    for (let k = 0; k < parts.length; k++) {
      const sign = parts[k]!(a, b)
      if (sign !== 0) return sign
    }
    return 0
  }
}

function columnOrder({ descending, nullsFirst }: Order, column: Column): Compare {
  const compare = cellOrder(column)
  const { nulls } = column
  const sign = descending ? -1 : 1
  if (nulls === null) return descending ? (a, b) => -compare(a, b) : compare
  return (a, b) => {
    if (nulls[a] !== nulls[b]) return (nulls[a] === 1) === nullsFirst ? -1 : 1
    return nulls[a] === 1 ? 0 : sign * compare(a, b)
  }
}

function cellOrder({ type, data, nulls }: Column): Compare {
  const column = { type, data, nulls }
  switch (physical(type)) {
    case 'i32': {
      const numbers = data as Int32Array
      return (a, b) => numbers[a]! - numbers[b]!
    }
    case 'i64': {
      const numbers = data as BigInt64Array
      return (a, b) => (numbers[a]! < numbers[b]! ? -1 : numbers[a]! > numbers[b]! ? 1 : 0)
    }
    case 'bytes':
      return type.name === 'jsonb' ? documentOrder(column) : (a, b) => compareCells(column, a, column, b)
    default:
      return (a, b) => compareCells(column, a, column, b)
  }
}

function documentOrder(column: Column): Compare {
  const bytes = column.data as Bytes
  const parsed = new Array<Json | undefined>(bytes.starts.length)
  const at = (row: number): Json => {
    const known = parsed[row]
    return known === undefined ? (parsed[row] = parseJson(cellValue(column, row) as string)) : known
  }
  return (a, b) => (equalBytes(bytes, a, bytes, b) ? 0 : compareParsed(at(a), at(b)))
}
