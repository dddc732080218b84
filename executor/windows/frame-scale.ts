import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import type { Decimal, Value } from '../../types/value.ts'

/** Of a sum over frames that move: how many digits after the point the rows of the present frame have at most. */
export interface FrameScale {
  reset(): void
  /** The rows [from, to) of the argument come (or leave: negative weights). */
  count(argument: Column, from: number, to: number, weights: Int32Array): void
  /** Cuts the zeros of rows that have left off a sum. */
  settle(out: ColumnBuffer, at: number): void
}

/** PostgreSQL's sum(numeric) over a frame has the scale of the rows in it, not of those it has passed. */
export function frameScale(): FrameScale {
  const rows: number[] = []
  return {
    reset() {
      rows.length = 0
    },
    count(argument, from, to, weights) {
      const values = argument.data as readonly Value[]
      for (let row = from; row < to; row++) {
        if (weights[row] === 0 || (argument.nulls !== null && argument.nulls[row] === 1)) continue
        const { scale, special } = values[row] as Decimal
        if (special === undefined) rows[scale] = (rows[scale] ?? 0) + weights[row]!
      }
    },
    settle(out, at) {
      if (out.nulls?.[at] === 1) return
      const sum = out.values[at] as Decimal
      if (sum.special !== undefined) return
      let scale = Math.min(rows.length - 1, sum.scale)
      while (scale > 0 && !rows[scale]) scale--
      if (scale < sum.scale)
        out.set(at, {
          digits: sum.digits / 10n ** BigInt(sum.scale - Math.max(scale, 0)),
          scale: Math.max(scale, 0),
        })
    },
  }
}
