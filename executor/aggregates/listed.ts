import { atOnce, endsPiece } from '../operators/in-pieces.ts'
import type { Multiset } from './contract.ts'

/** A multiset whose value is made of all its rows, with pauses when there are many; without rows it is NULL. */
export function listed(
  keepsNulls: boolean,
  outputInPieces: NonNullable<Multiset['outputInPieces']>,
): Multiset {
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls,
    firstOnly: false,
    output: (table, args, ids, times) =>
      ids.length === 0 ? null : atOnce(outputInPieces(table, args, ids, times)),
    outputInPieces,
  }
}

/** Visits the rows in order, each as often as it counts. */
export function* eachRow(
  ids: readonly number[],
  times: readonly number[],
  visit: (id: number) => void,
): Generator<void> {
  let seen = 0
  for (let i = 0; i < ids.length; i++)
    for (let n = times[i]!; n > 0; n--) {
      visit(ids[i]!)
      if (endsPiece(seen++)) yield
    }
}
