import { conjunction, conjuncts, substitute } from '../expressions.ts'
import type { Plan } from '../plan.ts'

/** A projection takes the filter or the projection below it into its one loop. */
export function fuse(plan: Plan): Plan {
  if (plan.op !== 'project') return plan
  const { input } = plan
  if (input.op === 'filter') {
    const predicate = conjunction([...conjuncts(input.predicate), ...conjuncts(plan.predicate)])
    return fuse({ ...plan, input: input.input, ...(predicate === undefined ? {} : { predicate }) })
  }
  if (input.op !== 'project') return plan
  // Only plain columns below: nothing is computed twice, and a condition never runs before the one that guards it.
  if (!input.columns.every(c => c.kind === 'column' || c.kind === 'literal')) return plan
  const predicate = conjunction([
    ...conjuncts(input.predicate),
    ...conjuncts(plan.predicate).map(c => substitute(c, input.columns)),
  ])
  const columns = plan.columns.map(c => substitute(c, input.columns))
  const { predicate: _, ...bare } = plan
  return fuse({ ...bare, input: input.input, columns, ...(predicate === undefined ? {} : { predicate }) })
}
