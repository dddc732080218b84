import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { PackedDecimals } from '../../types/packed-decimals.ts'
import { FLOAT8, INT4, NUMERIC } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import type { Accumulator } from './contract.ts'
import { decimalOutput, specialIndex } from './decimal-results.ts'
import { addDecimals, ZERO } from './numeric.ts'

const MAX = Number.MAX_SAFE_INTEGER
const COUNT = { type: FLOAT8, initial: 0 } as const
/** Column of the first count of what is no number. */
const SPECIALS_AT = 4

/**
 * sum and avg of numeric in a query: what has one scale and fits a double exactly is added there; the rest, and what grew too
 * large, goes to an exact sum. Columns: rows, sum in the double, its scale, exact sum, counts of NaN, Infinity, -Infinity.
 */
export function decimalSum(average: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: [COUNT, COUNT, { type: INT4, initial: 0 }, { type: NUMERIC, initial: ZERO }, COUNT, COUNT, COUNT],
    update: addAll,
    output: decimalOutput(average, SPECIALS_AT, (state, id) => {
      spill(state, id)
      return state[3]!.values[id] as Decimal
    }),
  }
}

/** One for sum and avg, so that a query that wants both adds once. */
const addAll: Accumulator['update'] = (state, ids, [arg], weights, length) => {
  const counts = state[0]!.f64
  const sums = state[1]!.f64
  const scales = state[2]!.i32
  const { packed } = arg!
  if (packed !== undefined) {
    addPacked(state, ids, packed, weights, length)
    return
  }
  const data = arg!.data as readonly Value[]
  for (let i = 0; i < length; i++) {
    const w = weights[i]!
    if (w === 0) continue
    const id = ids[i]!
    const value = data[i] as Decimal
    counts[id] = counts[id]! + w
    const term = Number(value.digits) * w
    const sum = sums[id]! + term
    const fits = sum <= MAX && sum >= -MAX && term <= MAX && term >= -MAX
    if (fits && scales[id] === value.scale && value.special === undefined) sums[id] = sum
    else addRare(state, id, value, w)
  }
}

function addPacked(
  state: readonly ColumnBuffer[],
  ids: Int32Array,
  { digits, scales }: PackedDecimals,
  weights: Int32Array,
  length: number,
): void {
  const counts = state[0]!.f64
  const sums = state[1]!.f64
  const own = state[2]!.i32
  for (let i = 0; i < length; i++) {
    const w = weights[i]!
    if (w === 0) continue
    const id = ids[i]!
    counts[id] = counts[id]! + w
    const term = digits[i]! * w
    const sum = sums[id]! + term
    const fits = sum <= MAX && sum >= -MAX && term <= MAX && term >= -MAX
    if (fits && own[id] === scales[i]) sums[id] = sum
    else addRare(state, id, { digits: BigInt(digits[i]!), scale: scales[i]! }, w)
  }
}

function addRare(state: readonly ColumnBuffer[], id: number, value: Decimal, w: number): void {
  if (value.special !== undefined) {
    const counts = state[SPECIALS_AT + specialIndex(value.special)]!.f64
    counts[id] = counts[id]! + w
    return
  }
  spill(state, id)
  const term = Number(value.digits) * w
  state[2]!.i32[id] = value.scale
  if (term <= MAX && term >= -MAX) {
    state[1]!.f64[id] = term
    return
  }
  state[3]!.values[id] = addDecimals(state[3]!.values[id] as Decimal, {
    digits: value.digits * BigInt(w),
    scale: value.scale,
  })
}

/** Moves what is in the double to the exact sum. */
function spill(state: readonly ColumnBuffer[], id: number): void {
  const part = { digits: BigInt(state[1]!.f64[id]!), scale: state[2]!.i32[id]! }
  state[3]!.values[id] = addDecimals(state[3]!.values[id] as Decimal, part)
  state[1]!.f64[id] = 0
}
