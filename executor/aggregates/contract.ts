import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/** Aggregate that keeps a few typed columns per group. `weights[i]` 0: row i does not count (NULL, filter, duplicate). */
export interface Accumulator {
  readonly kind: 'accumulator'
  /** Rows with a NULL first argument are folded too. */
  readonly keepsNulls?: boolean
  /** State columns with their value in a new group. */
  readonly state: readonly { readonly type: Type; readonly initial: Value }[]
  /** Folds rows 0 .. length - 1 into the groups `ids[i]`. Accumulators with one `update` have equal state. */
  update(
    state: readonly ColumnBuffer[],
    ids: Int32Array,
    args: readonly Column[],
    weights: Int32Array,
    length: number,
  ): void
  output(state: readonly ColumnBuffer[], id: number, out: ColumnBuffer, at: number): void
}

/** Rows by id. */
export interface ValuesById {
  valueAt(id: number, column: number): Value
}

/** Aggregate over the ordered rows of a group, kept in a bag of arguments. */
export interface Multiset {
  readonly kind: 'multiset'
  /** Order when the call has none: by the argument (min, max) or none. */
  readonly descending: boolean
  /** The argument whose order counts when the call has none; default: the first. */
  readonly orderedBy?: number
  /** Rows with a NULL first argument are kept. */
  readonly keepsNulls: boolean
  /** Rows needed: the first one is enough. */
  readonly firstOnly: boolean
  /** `args[k]` are columns of `table`; ids in order, each `times[i]` times. Undefined ids: no row. */
  output(table: ValuesById, args: readonly number[], ids: readonly number[], times: readonly number[]): Value
  /** The same with pauses, where a value is made of all rows. */
  outputInPieces?(...of: Parameters<Multiset['output']>): Generator<void, Value>
}

export type Aggregate = Accumulator | Multiset
