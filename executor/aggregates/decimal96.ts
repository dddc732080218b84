import { roundDecimal } from '../../types/decimal.ts'
import * as d from '../../types/decimal96.ts'
import { sqrt96 } from '../../types/decimal96-math.ts'
import { NUMERIC, type Type } from '../../types/type.ts'
import type { Decimal } from '../../types/value.ts'
import { DECIMALS, numericSum, SPECIALS_AT, type Spread, sumDecimals, sumInt8 } from './accumulators.ts'
import type { Accumulator } from './contract.ts'
import { specialDecimal, specialSum } from './decimal-results.ts'
import { decimalSum } from './decimal-sums.ts'
import { ZERO } from './numeric.ts'
import { presentScaleSum, presentSum } from './present-scale.ts'

/**
 * sum and avg as numerics of 96 bits: the exact sum of the rows that are there, with their largest scale, is made to fit when it is asked for,
 * so that the order of the rows and those that have left do not count.
 */
export function sum96(type: Type, average: boolean, appendOnly: boolean, batch: boolean): Accumulator {
  const sum = type.name === 'numeric' ? exactSum(appendOnly, batch) : sumInt8
  return {
    ...sum,
    output(state, id, out, at) {
      sum.output(state, id, out, at)
      if (out.isNull(at)) return
      const total = d.fit(out.values[at] as Decimal)
      out.set(at, average ? d.divide(total, whole(state[0]!.f64[id]!)) : total)
    },
  }
}

function exactSum(appendOnly: boolean, batch: boolean): Accumulator {
  if (batch) return decimalSum(false)
  return appendOnly ? numericSum(false) : presentScaleSum(false)
}

/** Variance and deviation: squares, sum and count are exact, then every step of the formula is rounded. */
export function spread96(type: Type, { sample, root }: Spread): Accumulator {
  const sum = type.name === 'numeric' ? presentScaleSum(false) : { ...numericSum(false), state: DECIMALS }
  const at = sum.state.length
  const squares = sumDecimals(2, at)
  return {
    kind: 'accumulator',
    state: [...sum.state, { type: NUMERIC, initial: ZERO }],
    update(...args) {
      sum.update(...args)
      squares(...args)
    },
    output(state, id, out, row) {
      const n = state[0]!.f64[id]!
      if (n === 0 || (sample && n === 1)) return out.setNull(row)
      if (specialSum(state, id, SPECIALS_AT) !== undefined) return out.set(row, specialDecimal('NaN'))
      const exact = type.name === 'numeric' ? presentSum(state, id) : (state[1]!.values[id] as Decimal)
      const total = d.fit(exact)
      const square = d.fit(roundDecimal(state[at]!.values[id] as Decimal, exact.scale * 2))
      const over = d.subtract(square, d.divide(d.multiply(total, total), whole(n)))
      const variance = d.divide(over.digits < 0n ? d.ZERO : over, whole(sample ? n - 1 : n))
      out.set(row, root ? sqrt96(variance) : variance)
    },
  }
}

const whole = (n: number): Decimal => ({ digits: BigInt(n), scale: 0 })
