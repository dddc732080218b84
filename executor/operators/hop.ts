import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { assert } from '../../types/error.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { DAY_MICROS, hasNoPlace, laterTimes, roundedTimes } from './rounded-times.ts'

const LAST = 0x7fffffffffffffffn

/** Rows in each window [start, start + size) that contains their time; NULL and infinite times are in none. */
export const hop: OperatorKind<'hop'> = {
  kind: 'hop',
  create(spec, context) {
    const { slide, size, offset } = spec
    assert(slide > 0n && size > 0n, 'hop: the planner checks slide and size')
    const input = context.inputs[0]!
    const time = input[spec.time]!.type
    /** Every row has one window: it stays as it is and gets two columns more. */
    const unit = time.name === 'date' ? BigInt(DAY_MICROS) : 1n
    const tumbles = slide === size && slide % unit === 0n && offset % unit === 0n
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder([...input.map(field => field.type), time, time], chunk => emitTo(chunk))
    return {
      tables: [],
      push(_port, chunk, emit) {
        if (tumbles && !hasNoPlace(chunk.columns[spec.time]!, chunk.length)) {
          const start = roundedTimes(chunk.columns[spec.time]!, chunk.length, slide, offset)
          emit({ ...chunk, columns: [...chunk.columns, start, laterTimes(start, chunk.length, size)] })
          return
        }
        emitTo = emit
        const { data, nulls } = chunk.columns[spec.time]!
        const date = data instanceof Int32Array
        for (let row = 0; row < chunk.length; row++) {
          if (nulls !== null && nulls[row] === 1) continue
          const at = date ? BigInt(data[row]!) * 86_400_000_000n : (data as BigInt64Array)[row]!
          if (at === LAST || at === -LAST - 1n) continue
          const since = (((at - offset) % slide) + slide) % slide
          let start = at - since
          while (start - slide > at - size) start -= slide
          for (; start <= at; start += slide) {
            if (start + size <= at) continue
            out.copyRow(0, chunk.columns, row)
            out.columns[input.length]!.set(out.length, date ? Number(start / 86_400_000_000n) : start)
            out.columns[input.length + 1]!.set(
              out.length,
              date ? Number((start + size) / 86_400_000_000n) : start + size,
            )
            out.push(chunk.weights[row]!)
          }
        }
        out.flush()
      },
    }
  },
}
