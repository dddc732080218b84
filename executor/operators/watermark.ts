import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import { ownedRows } from '../../storage/gather.ts'
import { type Bound, greatestRow, isBounded, keepRows } from '../../storage/row-bounds.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { NO_MARKS } from '../watermarks/marks.ts'
import { risingColumn } from '../watermarks/monotone.ts'
import { keptValues } from './kept-values.ts'

/**
 * Rows that are not late. The watermark is the greatest value `expression` had in the chunks before (state, so that a
 * restart goes on with it); a row whose `column` lies below it is dropped, one whose `column` is NULL is not.
 */
export const watermark: OperatorKind<'watermark'> = {
  kind: 'watermark',
  create({ column, expression, expires }, context) {
    const input = context.inputs[0]!
    const { type } = input[column]!
    const state = keptValues(context, 'watermark', 'id', { name: 'watermark', type })
    const mark = state.table.columns[1]!
    const compute = context.compile([expression], input)
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder(
      input.map(field => field.type),
      chunk => emitTo(chunk),
    )

    /** The greatest value of an expression that rises with the column is that of the column's greatest cell. */
    const rises = isBounded(type) && risingColumn(expression) === column
    const whole = new Int32Array(1)

    const advance = (values: Column, row: number): void => {
      if (row === -1) return
      const id = state.id(0)
      if (id !== -1 && compareCells(values, row, mark, id) <= 0) return
      state.set(0, cellValue(values, row))
    }
    const advanceBy = (chunk: Chunk): void => {
      if (!rises) {
        const values = compute(chunk)
        if (values !== undefined) advance(values.columns[0]!, greatestCell(values.columns[0]!, values.length))
        return
      }
      whole[0] = greatestRow(chunk.columns[column]!, chunk.length)
      if (whole[0] === -1) return
      const columns = chunk.columns.map(from => ownedRows(from, whole, 1))
      const value = compute({ columns, weights: whole, length: 1 })
      if (value !== undefined) advance(value.columns[0]!, greatestCell(value.columns[0]!, 1))
    }

    return {
      tables: [state.table],
      push(_port, chunk, emit) {
        const id = state.id(0)
        const time = chunk.columns[column]!
        const kept = id === -1 ? undefined : notBelow(time, chunk.length, mark, id)
        if (kept === undefined) emit(chunk)
        else {
          emitTo = emit
          let next = 0
          for (let row = 0; row < chunk.length; row++) {
            const weight = chunk.weights[row]!
            const late = kept[next] !== row
            if (!late) next++
            else if (expires === undefined || (weight > 0 && expires === 'drop')) continue
            out.copyRow(0, chunk.columns, row)
            out.push(late && weight > 0 ? -1 : weight)
          }
          out.flush()
        }
        advanceBy(chunk)
      },

      marks() {
        const id = state.id(0)
        if (id === -1 || !isBounded(type)) return NO_MARKS
        if (expires === undefined && !context.appendOnly(0)) return NO_MARKS
        return input.map((_, i) => (i === column ? (cellValue(mark, id) as Bound) : undefined))
      },
    }
  },
}

/** Rows whose cell is not below cell `id` of `mark`; undefined: all of them. */
function notBelow(time: Column, length: number, mark: Column, id: number): Int32Array | undefined {
  const rows = new Int32Array(length)
  let count = 0
  if (isBounded(time.type)) {
    for (let row = 0; row < length; row++) rows[row] = row
    count = keepRows(time, cellValue(mark, id) as Bound, rows, length)
  } else
    for (let row = 0; row < length; row++)
      if ((time.nulls !== null && time.nulls[row] === 1) || compareCells(time, row, mark, id) >= 0)
        rows[count++] = row
  return count === length ? undefined : rows.subarray(0, count)
}

function greatestCell(values: Column, length: number): number {
  if (isBounded(values.type)) return greatestRow(values, length)
  let greatest = -1
  for (let row = 0; row < length; row++) {
    if (values.nulls !== null && values.nulls[row] === 1) continue
    if (greatest === -1 || compareCells(values, row, values, greatest) > 0) greatest = row
  }
  return greatest
}
