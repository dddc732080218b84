import type { AggregateCall, Order } from '../../types/job.ts'
import type { Multiset } from '../aggregates/contract.ts'

/** How rows of a call are ordered whose arguments are columns from `at` on, and then the columns of its ORDER BY. */
export function callOrder(call: AggregateCall, multiset: Multiset | undefined, at: number): readonly Order[] {
  const { order: sorted = [] } = call
  const own: Order = {
    column: at + (multiset?.orderedBy ?? 0),
    descending: multiset?.descending ?? false,
    nullsFirst: false,
  }
  // What orders the rows by itself comes before ORDER BY, which only decides between equals then.
  const first = sorted.length === 0 || multiset?.orderedBy !== undefined ? [own] : []
  return [...first, ...sorted.map((order, i) => ({ ...order, column: at + call.args.length + i }))]
}
