import type { StateTable } from '../../storage/state-table.ts'
import { idsOf } from '../../types/row-id.ts'
import { INT8 } from '../../types/type.ts'
import type { OperatorContext } from '../contract.ts'
import { keptValues } from './kept-values.ts'

/** Numbers of rows, which tell when they were given. Invariant: they rise and none is given twice, also over restarts. */
export interface RowNumbers {
  readonly table: StateTable
  /** The first of `count` numbers. */
  take(count: number): bigint
  /** That number is a row's: later ones are greater. */
  passed(number: bigint): void
  /** At the barrier: the last number is state of the epoch. */
  keep(): void
  restored(): void
}

export function rowNumbers(context: Pick<OperatorContext, 'table' | 'now'>): RowNumbers {
  const last = keptValues(context, 'last', 'id', { name: 'row_id', type: INT8 })
  let next = 0n
  let changed = false
  return {
    table: last.table,
    take(count) {
      const now = idsOf(context.now())
      if (now > next) next = now
      const first = next
      next += BigInt(count)
      changed = true
      return first
    },
    passed(number) {
      if (number >= next) next = number + 1n
      changed = true
    },
    keep() {
      if (changed) last.set(0, next)
      changed = false
    },
    restored() {
      next = (last.get(0) as bigint | undefined) ?? 0n
    },
  }
}
