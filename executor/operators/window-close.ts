import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import { assert } from '../../types/error.ts'
import type { OperatorKind } from '../contract.ts'
import { keptValues, rowsByTime } from './kept-values.ts'

/**
 * EMIT ON WINDOW CLOSE. Port 0 brings rows, the other ports bring watermarks: a row goes on, for good, at the barrier after
 * which every port's greatest watermark has reached the row's time and `after` microseconds. What comes later than that is dropped.
 */
export const windowClose: OperatorKind<'window-close'> = {
  kind: 'window-close',
  create({ column, after }, context) {
    const [schema, ...marked] = context.inputs
    assert(schema !== undefined && marked.length > 0, 'window-close: rows and watermarks')
    const { type } = schema[column]!
    const rows = rowsByTime(context, schema, column)
    // Port 0: up to where rows have been let go.
    const marks = keptValues(context, 'marks', 'port', { name: 'mark', type })
    const ordered = rows.orderedIndex(0)
    const none = chunkOf([], [[]])
    const out = new ChunkBuilder(schema.map(field => field.type))

    const markOf = (port: number): bigint | undefined => marks.get(port) as bigint | undefined

    return {
      tables: [rows, marks.table],

      push(port, chunk) {
        if (port > 0) {
          const [values] = chunk.columns
          let greatest = -1
          for (let row = 0; row < chunk.length; row++) {
            if (values!.nulls !== null && values!.nulls[row] === 1) continue
            if (greatest === -1 || compareCells(values!, row, values!, greatest) > 0) greatest = row
          }
          if (greatest === -1) return
          const value = cellValue(values!, greatest) as bigint
          const before = markOf(port)
          if (before === undefined || value > before) marks.set(port, value)
          return
        }
        const closed = markOf(0)
        const time = chunk.columns[column]!
        for (let row = 0; row < chunk.length; row++) {
          if (time.nulls !== null && time.nulls[row] === 1) continue
          if (closed !== undefined && (cellValue(time, row) as bigint) + after <= closed) continue
          rows.add(chunk, row, chunk.weights[row]!)
        }
      },

      barrier(emit) {
        if (context.backfilling()) return
        let closed: bigint | undefined
        for (let port = 1; port <= marked.length; port++) {
          const mark = markOf(port)
          if (mark === undefined) return
          if (closed === undefined || mark < closed) closed = mark
        }
        const before = markOf(0)
        if (closed === undefined || (before !== undefined && closed <= before)) return
        const until = closed
        const ids: number[] = []
        ordered.rows(none, 0, [])?.walk(id => {
          const due = (rows.valueAt(id, column) as bigint) + after <= until
          if (due) ids.push(id)
          return due
        })
        for (const id of ids) {
          out.copyRow(0, rows.columns, id)
          out.push(rows.weights[id]!)
          rows.remove(id)
        }
        marks.set(0, until)
        const chunk = out.take()
        if (chunk !== undefined) emit(chunk)
      },
    }
  },
}
