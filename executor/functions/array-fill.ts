import { compareValues } from '../../types/compare.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { dimensionsOf, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

type Sizes = readonly (number | null)[] | null

/** Elements an array may have, as in PostgreSQL. */
export const ELEMENTS_MAX = 134217727

// How many dimensions the result has is in its type, which the planner knows where their array is written out.
for (const bounds of ['', ', int4[]'])
  fn(`array_fill(anyelement, int4[]${bounds}) -> anyarray`, {
    help: 'array of equal elements',
    strict: false,
    make: (types, result) => {
      const depth = dimensionsOf(result) - dimensionsOf(types[0]!)
      return (value: Value, dimensions: Sizes, low?: Sizes) => filled(value, dimensions, low, depth)
    },
  })

function filled(value: Value, dimensions: Sizes, low: Sizes | undefined, depth: number): Value {
  if (dimensions === null || low === null)
    throw new SqlError('null_value_not_allowed', 'dimension array or low bound array cannot be null')
  if (dimensions.includes(null) || low?.includes(null))
    throw new SqlError('null_value_not_allowed', 'dimension values cannot be null')
  if (low !== undefined && low.length !== dimensions.length)
    throw new SqlError('array_subscript_error', 'wrong number of array subscripts', {
      detail: 'Low bound array has different size than dimensions array.',
    })
  const sizes = dimensions as readonly number[]
  const count = sizes.reduce((product, size) => product * size, 1)
  if (sizes.some(size => size < 0) || count > ELEMENTS_MAX) throw tooManyElements()
  if (count === 0 || sizes.length === 0) return []
  if (sizes.length !== depth) throw notSupported('array_fill whose number of dimensions is not constant')
  if (low?.some(bound => bound !== 1)) throw notSupported('an array whose subscripts do not begin at 1')
  return sizes.reduceRight((inner: Value, size) => Array.from({ length: size }, () => inner), value)
}

export function tooManyElements(): SqlError {
  return new SqlError('program_limit_exceeded', `array size exceeds the maximum allowed (${ELEMENTS_MAX})`)
}

fn('width_bucket(anyelement, anyarray) -> int4', {
  help: 'number of the bucket between thresholds',
  make:
    ([type]) =>
    (value: Value, thresholds: readonly Value[]) => {
      if (thresholds.includes(null))
        throw new SqlError('null_value_not_allowed', 'thresholds array must not contain NULLs')
      return bucketOf(type!, value, thresholds)
    },
})

function bucketOf(type: Type, value: Value, thresholds: readonly Value[]): number {
  let [low, high] = [0, thresholds.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareValues(type, value, thresholds[middle]!) < 0) high = middle
    else low = middle + 1
  }
  return low
}
