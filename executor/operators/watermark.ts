import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import type { Column } from '../../types/chunk.ts'
import { INT4 } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'

/**
 * Rows that are not late. The watermark is the greatest value `expression` had in the chunks before (state, so that a
 * restart goes on with it); a row whose `column` lies below it is dropped, one whose `column` is NULL is not.
 */
export const watermark: OperatorKind<'watermark'> = {
  kind: 'watermark',
  create({ column, expression }, context) {
    const input = context.inputs[0]!
    const { type } = input[column]!
    const state = context.table('watermark', {
      schema: [
        { name: 'id', type: INT4 },
        { name: 'watermark', type },
      ],
      mode: 'keyed',
      key: [0],
      shard: [],
      indexes: [],
    })
    const probe = chunkOf([INT4], [[0]])
    const mark = state.columns[1]!
    const compute = context.compile([expression], input)
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder(
      input.map(field => field.type),
      chunk => emitTo(chunk),
    )

    const advance = (values: Column, length: number): void => {
      let greatest = -1
      for (let row = 0; row < length; row++) {
        if (values.nulls !== null && values.nulls[row] === 1) continue
        if (greatest === -1 || compareCells(values, row, values, greatest) > 0) greatest = row
      }
      if (greatest === -1) return
      const id = state.find(probe, 0, [0])
      if (id !== -1 && compareCells(values, greatest, mark, id) <= 0) return
      state.insert(chunkOf([INT4, type], [[0, cellValue(values, greatest)]]), 0)
    }

    return {
      tables: [state],
      push(_port, chunk, emit) {
        const id = state.find(probe, 0, [0])
        const time = chunk.columns[column]!
        const late = (row: number): boolean =>
          id !== -1 && (time.nulls === null || time.nulls[row] === 0) && compareCells(time, row, mark, id) < 0
        let first = 0
        while (first < chunk.length && !late(first)) first++
        if (first === chunk.length) emit(chunk)
        else {
          emitTo = emit
          for (let row = 0; row < chunk.length; row++) {
            if (late(row)) continue
            out.copyRow(0, chunk.columns, row)
            out.push(chunk.weights[row]!)
          }
          out.flush()
        }
        const values = compute(chunk)
        if (values !== undefined) advance(values.columns[0]!, values.length)
      },
    }
  },
}
