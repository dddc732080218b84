import { compareOrder } from '../../storage/ordered-index.ts'
import type { Column } from '../../types/chunk.ts'
import type { Order } from '../../types/job.ts'
import { endsPiece } from '../operators/in-pieces.ts'

/** The rows of one partition in order, each as often as it occurs. */
export interface Partition {
  readonly length: number
  /** Input columns, row by row in order. */
  readonly columns: readonly Column[]
  /** Row ids in the table that keeps the rows. */
  readonly ids: Int32Array
  readonly order: readonly Order[]
  /** Number of each row's group of peers, from 0. */
  readonly groupOf: Int32Array
  /** First row of each group; one more: the length. */
  readonly groupStarts: readonly number[]
}

/** Finds the groups of peers of rows in order. */
export function* partitionOf(
  columns: readonly Column[],
  ids: Int32Array,
  order: readonly Order[],
): Generator<void, Partition> {
  const { length } = ids
  const groupOf = new Int32Array(length)
  const groupStarts: number[] = []
  for (let i = 0; i < length; i++) {
    if (i === 0 || compareOrder(order, columns, i - 1, columns, i) !== 0) groupStarts.push(i)
    groupOf[i] = groupStarts.length - 1
    if (endsPiece(i)) yield
  }
  groupStarts.push(length)
  return { length, columns, ids, order, groupOf, groupStarts }
}
