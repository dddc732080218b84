import { ChunkBuilder, chunkOf } from '../storage/chunk-builder.ts'
import { compareOrder } from '../storage/ordered-index.ts'
import type { StateTable } from '../storage/state-table.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Order, Scan } from '../types/job.ts'
import type { Value } from '../types/value.ts'

const CHUNK_ROWS = 4096

/** Rows that an order of the whole table finds by equal leading columns and a range of the next; undefined: it has none. */
export function readOrdered(table: StateTable, scan: Scan): readonly Chunk[] | undefined {
  const at = table.spec.indexes.findIndex(index => index.kind === 'ordered' && index.prefix.length === 0)
  if (at === -1) return undefined
  const index = table.orderedIndex(at)
  const wanted = [...scan.columns, ...(scan.range === undefined ? [] : [scan.range.column])]
  if (!wanted.every((column, i) => index.order[i]?.column === column)) return undefined
  const rows = index.rows(NO_ROW, 0, [])
  if (rows === undefined) return []
  const { descending } = index.order[wanted.length - 1]!
  const { from, to } = scan.range ?? {}
  const before = probe(table, scan, descending ? to : from, index.order)
  const after = probe(table, scan, descending ? from : to, index.order)
  const found: Chunk[] = []
  const builder = new ChunkBuilder(table.columns.map(column => column.type))
  rows.between(before, after, id => {
    builder.copyRow(0, table.columns, id)
    builder.push(table.weights[id]!)
    if (builder.length === CHUNK_ROWS) found.push(builder.take()!)
  })
  const rest = builder.take()
  return rest === undefined ? found : [...found, rest]
}

const NO_ROW: Chunk = { columns: [], weights: new Int32Array(1), length: 1 }

/** Order of a row relative to the values looked for, by as many columns as there are values. */
function probe(
  table: StateTable,
  { columns, equals, range }: Scan,
  bound: Value | undefined,
  order: readonly Order[],
): (id: number) => number {
  const bounded = range !== undefined && bound !== undefined
  const values = new Map<number, Value>(columns.map((column, i) => [column, equals[i]!]))
  if (bounded) values.set(range.column, bound)
  const row = chunkOf(
    table.columns.map(column => column.type),
    [table.columns.map((_, i) => values.get(i) ?? null)],
  )
  const by = order.slice(0, columns.length + (bounded ? 1 : 0))
  return id => compareOrder(by, table.columns, id, row.columns, 0)
}
