import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Bound } from '../../storage/row-bounds.ts'
import { StateTable } from '../../storage/state-table.ts'
import { assert } from '../../types/error.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { DAY_MICROS, roundedTimes } from './rounded-times.ts'

/** Rows kept before they are passed on, barrier or not. */
const ROWS_MAX = 1 << 14

/**
 * Rounds the time down to its pane and adds equal rows up: windows whose bounds are bounds of panes count the same rows
 * (Li et al., "No pane, no gain", SIGMOD Record 34(1), 2005). A row is its weight, so nothing else changes. Holds rows
 * until the barrier only.
 */
export const panes: OperatorKind<'panes'> = {
  kind: 'panes',
  create(spec, context) {
    const input = context.inputs[0]!
    const unit = input[spec.time]!.type.name === 'date' ? BigInt(DAY_MICROS) : 1n
    assert(spec.width > 0n && spec.width % unit === 0n, 'panes: the planner checks the width')
    const all = input.map((_, i) => i)
    const types = input.map(field => field.type)
    const rows = (): StateTable =>
      new StateTable({ id: 'panes', schema: input, mode: 'keyed', key: all, shard: [], indexes: [] }, false)
    let kept = rows()
    let sums = new Float64Array(1024)
    let ids = new Int32Array(0)

    const passOn = (emit: Emit): void => {
      if (kept.size === 0) return
      const out = new ChunkBuilder(types, emit)
      kept.forEachRow(id => {
        if (sums[id] === 0) return
        out.copyRow(0, kept.columns, id)
        out.push(sums[id]!)
      })
      out.flush()
      kept = rows()
    }

    return {
      tables: [],
      push(_port, chunk, emit) {
        if (ids.length < chunk.length) ids = new Int32Array(chunk.length)
        const columns = chunk.columns.with(
          spec.time,
          roundedTimes(chunk.columns[spec.time]!, chunk.length, spec.width, spec.offset),
        )
        kept.findOrAdd({ ...chunk, columns }, all, ids, id => {
          if (id >= sums.length) {
            const wider = new Float64Array(sums.length * 2)
            wider.set(sums)
            sums = wider
          }
          sums[id] = 0
        })
        for (let row = 0; row < chunk.length; row++) sums[ids[row]!] = sums[ids[row]!]! + chunk.weights[row]!
        if (kept.size > ROWS_MAX) passOn(emit)
      },
      barrier: passOn,
      marks([marks]) {
        const mark = marks![spec.time]
        if (mark === undefined) return marks!
        const column = chunkOf([types[spec.time]!], [[mark]]).columns[0]!
        const rounded = cellValue(roundedTimes(column, 1, spec.width, spec.offset), 0) as Bound
        return all.map(i => (i === spec.time ? rounded : marks![i]))
      },
    }
  },
}
