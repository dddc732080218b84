import type { Value } from '../../types/value.ts'
import { addVectors, vectorInRange } from '../functions/vectors.ts'
import type { Multiset } from './contract.ts'
import { eachRow, listed } from './listed.ts'

/** sum and avg of vectors, element by element; made of all rows anew, so that a retraction leaves no rounding behind. */
export function vectorSum(average: boolean): Multiset {
  return listed(false, function* (table, [value], ids, times) {
    let sum: readonly number[] = []
    let count = 0
    yield* eachRow(ids, times, id => {
      const next = table.valueAt(id, value!) as readonly number[]
      sum = count++ === 0 ? next : addVectors(sum, next)
    })
    return vectorInRange(average ? sum.map(item => item / count) : sum) as Value
  })
}
