import { foldConstants } from '../executor/expression/compile.ts'
import { mapExpressions, type Plan, rewrite } from './plan.ts'
import { fuse } from './rules/fuse.ts'
import { narrowScan } from './rules/narrow-scan.ts'
import { panes } from './rules/panes.ts'
import { prune } from './rules/prune.ts'
import { pushDown } from './rules/push-down.ts'
import { rankLimit } from './rules/rank-limit.ts'
import { useIndex } from './rules/use-index.ts'

/** Applies every rule, in the one order that lets each see what it needs. */
export function optimize(plan: Plan): Plan {
  const folded = rewrite(plan, p => mapExpressions(p, foldConstants))
  const pushed = rewrite(pushDown(folded, []), rankLimit)
  const fused = rewrite(rewrite(prune(pushed), fuse), panes)
  return rewrite(rewrite(fused, narrowScan), useIndex)
}
