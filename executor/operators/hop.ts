import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { Bound } from '../../storage/row-bounds.ts'
import { assert } from '../../types/error.ts'
import type { OperatorSpec } from '../../types/job.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { DAY_MICROS, hasNoPlace, laterTimes, roundedTimes } from './rounded-times.ts'

const LAST = 0x7fffffffffffffffn
const DAY = BigInt(DAY_MICROS)

type Spec = Extract<OperatorSpec, { kind: 'hop' }>

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
    const date = time.name === 'date'
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
        for (let row = 0; row < chunk.length; row++) {
          if (nulls !== null && nulls[row] === 1) continue
          const at = date ? BigInt((data as Int32Array)[row]!) * DAY : (data as BigInt64Array)[row]!
          if (at === LAST || at === -LAST - 1n) continue
          for (let start = firstStart(at, spec); start <= at; start += slide) {
            out.copyRow(0, chunk.columns, row)
            out.columns[input.length]!.set(out.length, date ? Number(start / DAY) : start)
            out.columns[input.length + 1]!.set(out.length, date ? Number((start + size) / DAY) : start + size)
            out.push(chunk.weights[row]!)
          }
        }
        out.flush()
      },

      marks([marks]) {
        const mark = marks![spec.time]
        if (mark === undefined) return marks!
        const start = firstStart(date ? BigInt(mark) * DAY : BigInt(mark), spec)
        const own = (at: bigint): Bound => (date ? Number(at / DAY) : at)
        const shown = [...input.map((_, i) => marks![i]), own(start), own(start + size)]
        return start < -LAST / 2n ? marks! : shown
      },
    }
  },
}

/** Start of the first window that contains the time or, where windows leave gaps, begins after it. */
function firstStart(at: bigint, { slide, size, offset }: Pick<Spec, 'slide' | 'size' | 'offset'>): bigint {
  let start = at - ((((at - offset) % slide) + slide) % slide)
  if (start + size <= at) return start + slide
  while (start - slide > at - size) start -= slide
  return start
}
