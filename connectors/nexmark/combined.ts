import type { Column } from '../../types/chunk.ts'
import type { Value } from '../../types/value.ts'
import { BLOCK } from './events.ts'
import type { Rows } from './generator.ts'
import { type NexmarkTable, streamSchema } from './schema.ts'

/** In the order of event_type. */
const TABLES: readonly NexmarkTable[] = ['person', 'auction', 'bid']

/** Events of all tables: the table's own rows, each as a struct in the column of its table. */
export function combinedRows(
  own: Readonly<Record<NexmarkTable, Rows>>,
  ranges: Readonly<Record<NexmarkTable, readonly [number, number]>>,
): Rows {
  let types = new BigInt64Array(0)
  let structs: Value[][] = []

  const fillTable = (e: number, count: number, row: number, eventsPerSecond: number, code: number): void => {
    const rows = own[TABLES[code]!]
    rows.reserve(count)
    rows.fill(e, count, 0, eventsPerSecond)
    const columns = rows.columns()
    for (let i = 0; i < count; i++) {
      types[row + i] = BigInt(code)
      for (const [other, values] of structs.entries())
        values[row + i] = other === code ? columns.map(column => cellOf(column, i)) : null
    }
  }

  return {
    reserve(limit) {
      types = new BigInt64Array(limit)
      structs = TABLES.map(() => new Array<Value>(limit).fill(null))
    },

    fill(e, count, row, eventsPerSecond) {
      for (let done = 0; done < count; ) {
        const inBlock = (e + done) % BLOCK
        const code = TABLES.findIndex(table => inBlock >= ranges[table][0] && inBlock < ranges[table][1])
        const part = Math.min(count - done, ranges[TABLES[code]!][1] - inBlock)
        fillTable(e + done, part, row + done, eventsPerSecond, code)
        done += part
      }
    },

    columns: () =>
      streamSchema('combined').map(({ type }, i): Column => {
        if (i === 0) return { type, data: types, nulls: null }
        const data = structs[i - 1]!
        return { type, data, nulls: Uint8Array.from(data, value => (value === null ? 1 : 0)) }
      }),
  }
}

/** Nexmark's columns are 64-bit integers and texts. */
function cellOf({ data }: Column, row: number): Value {
  if (data instanceof BigInt64Array) return data[row]!
  const { bytes, starts, ends } = data as { bytes: Uint8Array; starts: Int32Array; ends: Int32Array }
  return Buffer.from(bytes.buffer, bytes.byteOffset + starts[row]!, ends[row]! - starts[row]!).toString()
}
