import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import { physical } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/** The rows of a chunk as values; weights are left out. */
export function rowsOf(chunk: Chunk): Value[][] {
  return Array.from({ length: chunk.length }, (_, row) => chunk.columns.map(column => valueAt(column, row)))
}

function valueAt(column: Column, row: number): Value {
  if (column.nulls !== null && column.nulls[row] === 1) return null
  switch (physical(column.type)) {
    case 'u8':
      return (column.data as Uint8Array)[row] === 1
    case 'bytes': {
      const { bytes, starts, ends } = column.data as Bytes
      const view = bytes.slice(starts[row], ends[row])
      return column.type.name === 'bytea' ? new Uint8Array(view) : Buffer.from(view).toString()
    }
    default:
      return (column.data as Value[])[row]!
  }
}
