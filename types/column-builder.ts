import type { Bytes, Chunk, Column, ColumnData } from './chunk.ts'
import { insertions } from './chunk.ts'
import { physical, type Schema, type Type } from './type.ts'
import type { Value } from './value.ts'

/** Collects values of one type into a column. */
export class ColumnBuilder {
  readonly #type: Type
  readonly #values: Value[] = []

  constructor(type: Type) {
    this.#type = type
  }

  push(value: Value): void {
    this.#values.push(value)
  }

  finish(): Column {
    const values = this.#values
    const nulls = values.includes(null) ? Uint8Array.from(values, v => (v === null ? 1 : 0)) : null
    return { type: this.#type, data: dataOf(this.#type, values), nulls }
  }
}

/** A chunk of these rows; weights default to insertions. */
export function chunkFromRows(
  types: Schema | readonly Type[],
  rows: readonly (readonly Value[])[],
  weights?: readonly number[],
): Chunk {
  const columns = types.map((entry, i) => {
    const builder = new ColumnBuilder('type' in entry ? entry.type : entry)
    for (const row of rows) builder.push(row[i]!)
    return builder.finish()
  })
  const length = rows.length
  return { columns, length, weights: weights ? Int32Array.from(weights) : insertions(length) }
}

export function valueAt(column: Column, row: number): Value {
  if (column.nulls !== null && column.nulls[row] === 1) return null
  switch (physical(column.type)) {
    case 'u8':
      return (column.data as Uint8Array)[row] === 1
    case 'bytes': {
      const { bytes, starts, ends } = column.data as Bytes
      const view = bytes.subarray(starts[row]!, ends[row]!)
      if (column.type.name === 'bytea') return view.slice()
      return Buffer.from(view.buffer, view.byteOffset, view.length).toString()
    }
    default:
      return (column.data as Value[])[row]!
  }
}

export function rowsOf(chunk: Chunk): Value[][] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.columns.map(c => valueAt(c, row)))
}

function dataOf(type: Type, values: readonly Value[]): ColumnData {
  switch (physical(type)) {
    case 'u8':
      return Uint8Array.from(values, v => (v === true ? 1 : 0))
    case 'i32':
      return Int32Array.from(values, v => (v as number | null) ?? 0)
    case 'i64':
      return BigInt64Array.from(values, v => (v as bigint | null) ?? 0n)
    case 'f64':
      return Float64Array.from(values, v => (v as number | null) ?? 0)
    case 'bytes':
      return bytesOf(values)
    case 'values':
      return [...values]
  }
}

function bytesOf(values: readonly Value[]): Bytes {
  const parts = values.map(v =>
    v === null ? Buffer.alloc(0) : typeof v === 'string' ? Buffer.from(v) : (v as Uint8Array),
  )
  const starts = new Int32Array(parts.length)
  const ends = new Int32Array(parts.length)
  let at = 0
  parts.forEach((part, i) => {
    starts[i] = at
    ends[i] = at += part.length
  })
  return { bytes: new Uint8Array(Buffer.concat(parts)), starts, ends }
}
