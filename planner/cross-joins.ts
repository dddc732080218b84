import { notSupported } from '../types/error.ts'
import { inputs, type Plan } from './plan.ts'

/** Throws 0A000 for an inner join that pairs every row of one side with every row of the other. */
export function refuseCrossJoins(plan: Plan): void {
  inputs(plan).forEach(refuseCrossJoins)
  if (plan.op !== 'join' || plan.type !== 'inner' || plan.temporal === true) return
  const free = plan.leftKeys.length === 0 && plan.residual === undefined
  if (free && !isOneRow(plan.left) && !isOneRow(plan.right))
    throw notSupported('a join without a condition in a materialized view or sink')
}

/** Whether the plan never has two rows. */
function isOneRow(plan: Plan): boolean {
  switch (plan.op) {
    case 'aggregate':
      return plan.groups.length === 0
    case 'values':
      return plan.rows.length <= 1
    case 'top-n':
      return plan.partition.length === 0 && plan.limit === 1
    case 'filter':
    case 'project':
      return isOneRow(plan.input)
    default:
      return false
  }
}
