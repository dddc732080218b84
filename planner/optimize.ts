import { foldConstants } from '../executor/expression/compile.ts'
import { Estimates, type Sampler } from './estimate.ts'
import { inputs, mapExpressions, type Plan, rewrite } from './plan.ts'
import { compareDates } from './rules/compare-dates.ts'
import { fuse } from './rules/fuse.ts'
import { readJoinIndexes } from './rules/join-indexes.ts'
import { orderJoins } from './rules/join-order.ts'
import { narrowScan } from './rules/narrow-scan.ts'
import { panes } from './rules/panes.ts'
import { prune } from './rules/prune.ts'
import { pushDown } from './rules/push-down.ts'
import { rankLimit } from './rules/rank-limit.ts'
import { useIndex } from './rules/use-index.ts'

/** Applies every rule, in the one order that lets each see what it needs. With a sampler, of a query, joins are ordered. */
export function optimize(plan: Plan, sampler?: Sampler): Plan {
  const folded = rewrite(plan, p => mapExpressions(p, e => compareDates(foldConstants(e))))
  const pushed = rewrite(pushDown(folded, []), rankLimit)
  const ordered =
    sampler !== undefined && hasJoin(pushed) ? orderJoins(pushed, new Estimates(sampler)) : pushed
  const fused = rewrite(rewrite(prune(ordered), fuse), panes)
  // Queries have indexes, views those of joins: never both.
  return rewrite(rewrite(fused, narrowScan), p => readJoinIndexes(useIndex(p)))
}

function hasJoin(plan: Plan): boolean {
  return plan.op === 'join' || inputs(plan).some(hasJoin)
}
