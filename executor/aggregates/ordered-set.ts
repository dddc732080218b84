import { compareValues } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import { addIntervals, negateInterval, scaleInterval } from '../../types/time/interval.ts'
import type { Type } from '../../types/type.ts'
import type { Interval, Value } from '../../types/value.ts'
import type { Multiset } from './contract.ts'

/** Value at a position from 0 among the sorted values. */
type At = (position: number) => Value

function orderedSet(output: Multiset['output']): Multiset {
  return { kind: 'multiset', descending: false, keepsNulls: false, firstOnly: false, output }
}

/** Arguments: the sorted value, the fraction (or an array of them, which gives an array). */
function percentile(of: (at: At, count: number, fraction: number) => Value): Multiset {
  return orderedSet((table, [value, fraction], ids, times) => {
    if (ids.length === 0) return null
    const ends: number[] = []
    let count = 0
    for (const n of times) ends.push((count += n))
    const at = (position: number): Value => {
      let low = 0
      let high = ids.length - 1
      while (low < high) {
        const middle = (low + high) >> 1
        if (ends[middle]! > position) high = middle
        else low = middle + 1
      }
      return table.valueAt(ids[low]!, value!)
    }
    const one = (f: Value): Value => {
      if (f === null) return null
      const p = f as number
      if (Array.isArray(f)) return f.map(one)
      if (!(p >= 0 && p <= 1)) {
        const message = `percentile value ${p} is not between 0 and 1`
        throw new SqlError('numeric_value_out_of_range', message)
      }
      return of(at, count, p)
    }
    return one(table.valueAt(ids[0]!, fraction!))
  })
}

/** The first value whose share of rows before and with it reaches the fraction. */
export const percentileDisc: Multiset = percentile((at, count, fraction) =>
  at(Math.max(1, Math.ceil(fraction * count)) - 1),
)

/** Between the two nearest values, in proportion. */
export function percentileCont(type: Type): Multiset {
  return percentile((at, count, fraction) => {
    const place = fraction * (count - 1)
    const [low, high] = [at(Math.floor(place)), at(Math.ceil(place))]
    const share = place - Math.floor(place)
    if (share === 0) return low
    if (type.name !== 'interval') return (low as number) + share * ((high as number) - (low as number))
    const span = addIntervals(high as Interval, negateInterval(low as Interval))
    return addIntervals(low as Interval, scaleInterval(span, share))
  })
}

/** The most frequent value, of several the first. */
export function mode(type: Type): Multiset {
  return orderedSet((table, [value], ids, times) => {
    let best: Value = null
    let most = 0
    let run = 0
    let last: Value = null
    for (const [i, id] of ids.entries()) {
      const here = table.valueAt(id, value!)
      run = i > 0 && compareValues(type, last, here) === 0 ? run + times[i]! : times[i]!
      if (run === times[i]) last = here
      if (run > most) {
        most = run
        best = last
      }
    }
    return best
  })
}
