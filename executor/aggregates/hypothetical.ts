import { compareValues } from '../../types/compare.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Multiset } from './contract.ts'

/** Aggregates that tell where a row would stand among those of the group (PostgreSQL, table 9.65). */
export const HYPOTHETICAL: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'percent_rank', 'cume_dist'])

/**
 * Arguments: the sorted values, those of the row in question, and text that tells each column's order: `d` descending, `a` not,
 * then `f` or `l` for where NULLs stand.
 */
export function hypothetical(name: string, types: readonly Type[]): Multiset {
  const width = (types.length - 1) / 2
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: true,
    firstOnly: false,
    output(table, args, ids, times) {
      const [first] = ids
      if (first === undefined) return result(name, 0, 0, 0, 0)
      const flags = table.valueAt(first, args.at(-1)!) as string
      const given = Array.from({ length: width }, (_, i) => table.valueAt(first, args[width + i]!))
      let [before, same, distinct, count] = [0, 0, 0, 0]
      let last: number | undefined
      for (const [i, id] of ids.entries()) {
        count += times[i]!
        const order = compareRows((n: number) => table.valueAt(id, args[n]!), given, flags, types)
        if (order === 0) same += times[i]!
        if (order >= 0) continue
        before += times[i]!
        const at = last
        const known =
          at !== undefined &&
          compareRows(
            n => table.valueAt(id, args[n]!),
            given.map((_, n) => table.valueAt(at, args[n]!)),
            flags,
            types,
          ) === 0
        if (!known) distinct++
        last = id
      }
      return result(name, before, same, distinct, count)
    },
  }
}

function result(name: string, before: number, same: number, distinct: number, count: number): Value {
  if (name === 'rank') return BigInt(before + 1)
  if (name === 'dense_rank') return BigInt(distinct + 1)
  if (name === 'percent_rank') return count === 0 ? 0 : before / count
  return (before + same + 1) / (count + 1)
}

function compareRows(
  row: (column: number) => Value,
  given: readonly Value[],
  flags: string,
  types: readonly Type[],
): number {
  for (const [n, other] of given.entries()) {
    const value = row(n)
    const nulls = flags[2 * n + 1] === 'f' ? -1 : 1
    if (value === null && other === null) continue
    if (value === null) return nulls
    if (other === null) return -nulls
    const order = compareValues(types[n]!, value, other)
    if (order !== 0) return flags[2 * n] === 'd' ? -order : order
  }
  return 0
}
