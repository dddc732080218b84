import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

/**
 * What approx_percentile keeps of a value: the middle of the logarithmic bucket that it is in (Masson, Rim, Lee: DDSketch, VLDB
 * 2019), which is within the relative error. Buckets keep the order of values, and there are few of them.
 */
fn('$relative_bucket(float8, float8) -> float8', {
  help: 'value of the bucket of a relative error',
  call: (value: number, error: number) => {
    if (!(error > 0 && error < 1))
      throw new SqlError(
        'numeric_value_out_of_range',
        `relative_error=${error} does not satisfy 0.0 < relative_error < 1.0`,
      )
    if (value === 0 || !Number.isFinite(value)) return value
    const base = (1 + error) / (1 - error)
    const bucket = Math.ceil(Math.log(Math.abs(value)) / Math.log(base))
    return (Math.sign(value) * 2 * wholePower(base, bucket)) / (base + 1)
  },
})

/** By repeated squaring, so that the last digits are those of RisingWave. */
function wholePower(base: number, exponent: number): number {
  let result = 1
  let factor = base
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= factor
    factor *= factor
  }
  return exponent < 0 ? 1 / result : result
}
