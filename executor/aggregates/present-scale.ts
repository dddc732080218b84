import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import { arrayOf, FLOAT8, INT8 } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { DECIMALS, SPECIALS_AT } from './accumulators.ts'
import type { Accumulator } from './contract.ts'
import { decimalOutput, specialIndex } from './decimal-results.ts'
import { addDecimals } from './numeric.ts'

/** Columns behind those of any sum of decimals: rows that have the sum's scale, and rows of each lower one, where there are any. */
const TOP = DECIMALS.length
const LOWER = TOP + 1
const NONE: readonly bigint[] = []

/**
 * sum and avg of numeric over rows that come and go: the result has the scale of the rows that are there, as PostgreSQL's of a
 * query. Rows of one scale, as a column with a declared one has, cost one more addition each.
 */
export function presentScaleSum(average: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: [...DECIMALS, { type: FLOAT8, initial: 0 }, { type: arrayOf(INT8), initial: NONE }],
    update,
    output: decimalOutput(average, SPECIALS_AT, presentSum),
  }
}

/** One for both, so that a view that has both adds once. */
const update: Accumulator['update'] = (state, ids, [arg], weights, length) => {
  const counts = state[0]!.f64
  const sums = state[1]!.values
  const tops = state[TOP]!.f64
  const data = arg!.data as readonly Value[]
  for (let i = 0; i < length; i++) {
    const w = weights[i]!
    if (w === 0) continue
    const id = ids[i]!
    const value = data[i] as Decimal
    counts[id] = counts[id]! + w
    if (value.special !== undefined) {
      const column = state[SPECIALS_AT + specialIndex(value.special)]!
      column.f64[id] = column.f64[id]! + w
      continue
    }
    const sum = sums[id] as Decimal
    sums[id] = addDecimals(sum, { digits: value.digits * BigInt(w), scale: value.scale })
    if (value.scale === sum.scale) tops[id] = tops[id]! + w
    else countOther(state, id, value.scale, w, sum.scale)
  }
}

/** A row of another scale than the sum's until then. */
function countOther(
  state: readonly ColumnBuffer[],
  id: number,
  scale: number,
  w: number,
  before: number,
): void {
  const tops = state[TOP]!.f64
  const lower = [...(state[LOWER]!.values[id] as readonly bigint[])]
  const add = (at: number, rows: number): void => {
    while (lower.length <= at) lower.push(0n)
    lower[at] = lower[at]! + BigInt(rows)
  }
  if (scale > before) {
    add(before, tops[id]!)
    tops[id] = w
  } else add(scale, w)
  state[LOWER]!.set(id, lower)
}

/** The sum without the zeros of rows that have left. */
export function presentSum(state: readonly ColumnBuffer[], id: number): Decimal {
  let { digits, scale } = state[1]!.values[id] as Decimal
  if (state[TOP]!.f64[id]! > 0) return { digits, scale }
  const lower = state[LOWER]!.values[id] as readonly bigint[]
  const kept = lower.findLastIndex(rows => rows > 0n)
  // Equal values of several scales are one for DISTINCT: what is no zero stays in any case.
  for (; scale > Math.max(kept, 0) && digits % 10n === 0n; scale--) digits /= 10n
  return { digits, scale }
}
