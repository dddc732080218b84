import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Decimal } from '../../types/value.ts'
import type { Accumulator } from './contract.ts'
import { divideDecimals } from './numeric.ts'

/** Values that are no numbers are counted, in this order, in columns of their own. */
const SPECIALS = ['NaN', 'Infinity', '-Infinity'] as const
type Special = (typeof SPECIALS)[number]

/** Place of such a value among the counts. */
export const specialIndex = (special: Special): number => SPECIALS.indexOf(special)

export const specialDecimal = (special: Special): Decimal => ({ digits: 0n, scale: 0, special })

/** The sum when it is no number; the counts are the columns from `first` on. */
export function specialSum(state: readonly ColumnBuffer[], id: number, first: number): Special | undefined {
  const nan = state[first]!.f64[id]! > 0
  const up = state[first + 1]!.f64[id]! > 0
  const down = state[first + 2]!.f64[id]! > 0
  return nan || (up && down) ? 'NaN' : up ? 'Infinity' : down ? '-Infinity' : undefined
}

/** Writes sum or avg of numerics whose rows are counted in column 0, and what is no number from column `specials` on. */
export function decimalOutput(
  average: boolean,
  specials: number,
  sumOf: (state: readonly ColumnBuffer[], id: number) => Decimal,
): Accumulator['output'] {
  return (state, id, out, at) => {
    const n = state[0]!.f64[id]!
    if (n === 0) return out.setNull(at)
    const special = specialSum(state, id, specials)
    if (special !== undefined) return out.set(at, specialDecimal(special))
    const sum = sumOf(state, id)
    out.set(at, average ? divideDecimals(sum, { digits: BigInt(n), scale: 0 }) : sum)
  }
}
