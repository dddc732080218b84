import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { TIMESTAMPTZ } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { keptValues, rowsByTime } from './kept-values.ts'

/**
 * Rows whose time compares with a bound that rises with the clock. Kept are the rows beyond the bound: at the barrier at which it
 * has passed them they leave (`>`, `>=`) or come (`<`, `<=`), and are forgotten. The bound never goes back.
 */
export const temporalFilter: OperatorKind<'temporal-filter'> = {
  kind: 'temporal-filter',
  create({ column, comparison, bound }, context) {
    const schema = context.inputs[0]!
    const { type } = schema[column]!
    const leaves = comparison === '>' || comparison === '>='
    const atOnce = comparison === '>' || comparison === '<='
    const rows = rowsByTime(context, schema, column)
    const reached = keptValues(context, 'reached', 'one', { name: 'bound', type })
    const ordered = rows.orderedIndex(0)
    const compute = context.compile([bound], [{ name: 'now', type: TIMESTAMPTZ }])
    const none = chunkOf([], [[]])
    const out = new ChunkBuilder(schema.map(field => field.type))
    let current: bigint | number | undefined
    /** Rows were judged by a bound that is not kept yet. */
    let judged = false

    const advance = (): bigint | number | undefined => {
      current ??= reached.get(1) as bigint | number | undefined
      const [now] = compute(chunkOf([TIMESTAMPTZ], [[BigInt(context.now()) * 1000n]]))!.columns
      const next = cellValue(now!, 0) as bigint | number | null
      if (next !== null && (current === undefined || next > current)) current = next
      return current
    }
    const past = (time: bigint | number, by: bigint | number): boolean => (atOnce ? time <= by : time < by)
    const copy = (chunk: Pick<Chunk, 'columns'>, row: number, weight: number): void => {
      out.copyRow(0, chunk.columns, row)
      out.push(weight)
    }
    const flush = (emit: Emit): void => {
      const chunk = out.take()
      if (chunk !== undefined) emit(chunk)
    }

    return {
      tables: [rows, reached.table],

      push(_port, chunk, emit) {
        const by = current ?? advance()
        if (by === undefined) return
        judged = true
        const times = chunk.columns[column]!
        for (let row = 0; row < chunk.length; row++) {
          const time = cellValue(times, row) as bigint | number | null
          if (time === null) continue
          const gone = past(time, by)
          if (!gone) rows.add(chunk, row, chunk.weights[row]!)
          if (gone !== leaves) copy(chunk, row, chunk.weights[row]!)
        }
        flush(emit)
      },

      barrier(emit) {
        const by = advance()
        if (by === undefined) return
        const ids: number[] = []
        ordered.rows(none, 0, [])?.walk(id => {
          const gone = past(rows.valueAt(id, column) as bigint | number, by)
          if (gone) ids.push(id)
          return gone
        })
        for (const id of ids) {
          const weight = rows.weights[id]!
          copy(rows, id, leaves ? -weight : weight)
          rows.remove(id)
        }
        if (judged || ids.length > 0) reached.set(1, by)
        judged = false
        flush(emit)
      },
    }
  },
}
