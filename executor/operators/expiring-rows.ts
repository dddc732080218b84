import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { TableSpec } from '../../storage/contract.ts'
import type { StateTable } from '../../storage/state-table.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Expiry } from '../../types/job.ts'
import { type Schema, TIMESTAMPTZ } from '../../types/type.ts'
import type { Emit, OperatorContext } from '../contract.ts'
import { type Marks, NO_MARKS } from '../watermarks/marks.ts'

/** Rows of a table that expire: in a table of state, in the order in which they do. */
export interface ExpiringRows {
  readonly rows: StateTable
  /** The chunk with what the table of state has besides. */
  kept(chunk: Chunk): Chunk
  /** Of the rows that stay. */
  marks(inputs: readonly Marks[]): Marks
  /** Takes the rows away whose time is over, and says which. */
  expire(emit: Emit): void
}

/**
 * By 'watermark': rows below the mark of the input's column. By 'age': rows that came so long ago; the time of their coming is a
 * column more. NULL is never over.
 */
export function expiringRows(
  context: OperatorContext,
  schema: Schema,
  expiry: Expiry,
  spec: Pick<TableSpec, 'mode' | 'key' | 'shard'>,
): ExpiringRows {
  const aging = expiry.by === 'age'
  const column = aging ? schema.length : expiry.column
  const content = schema.map((_, i) => i)
  const order = [{ column, descending: false, nullsFirst: false }]
  const rows = context.table('rows', {
    ...spec,
    schema: aging ? [...schema, { name: 'came', type: TIMESTAMPTZ }] : schema,
    indexes: [
      { kind: 'ordered', prefix: [], order },
      ...(aging && spec.mode === 'bag' ? [{ kind: 'hash' as const, columns: content }] : []),
    ],
  })
  const none = chunkOf([], [[]])
  const out = new ChunkBuilder(schema.map(field => field.type))
  let mark: bigint | number | undefined

  const bound = () => (aging ? BigInt(context.now() - expiry.ms) * 1000n : mark)

  return {
    rows,
    kept(chunk) {
      if (!aging) return chunk
      const now = BigInt(context.now()) * 1000n
      const came = new BigInt64Array(chunk.length).fill(now)
      return { ...chunk, columns: [...chunk.columns, { type: TIMESTAMPTZ, data: came, nulls: null }] }
    },
    marks([marks]) {
      if (aging) return NO_MARKS
      mark = marks![column] ?? mark
      return schema.map((_, i) => (i === column ? mark : undefined))
    },
    expire(emit) {
      const by = bound()
      if (by === undefined) return
      const over: number[] = []
      rows
        .orderedIndex(0)
        .rows(none, 0, [])
        ?.walk(id => {
          const time = cellValue(rows.columns[column]!, id) as bigint | number | null
          if (time === null || time >= by) return false
          over.push(id)
          return true
        })
      for (const id of over) {
        out.copyRow(0, rows.columns.slice(0, schema.length), id)
        out.push(-rows.weights[id]!)
        rows.remove(id)
      }
      const chunk = out.take()
      if (chunk !== undefined) emit(chunk)
    },
  }
}
