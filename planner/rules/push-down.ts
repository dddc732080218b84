import type { Expression } from '../../types/job.ts'
import { columnsOf, conjunction, conjuncts, remap, substitute } from '../expressions.ts'
import { joinOn, side } from '../join-on.ts'
import { inputs, type Plan, schemaOf, withInputs } from '../plan.ts'

/** Moves conditions (over the plan's columns) as deep as they can go; equalities over an inner join become its keys. */
export function pushDown(plan: Plan, conditions: readonly Expression[]): Plan {
  switch (plan.op) {
    case 'filter':
      return pushDown(plan.input, [...conjuncts(plan.predicate), ...conditions])
    case 'project': {
      const through = conditions.map(c => substitute(c, plan.columns))
      return { ...plan, input: pushDown(plan.input, [...conjuncts(plan.predicate), ...through]) }
    }
    case 'union':
      return withInputs(
        plan,
        plan.inputs.map(input => pushDown(input, conditions)),
      )
    case 'join':
      return pushThroughJoin(plan, conditions)
    case 'aggregate': {
      const groups = plan.groups
      // With no groups there is a row for no input too, so nothing may pass.
      const passes = (c: Expression): boolean => {
        const used = [...columnsOf(c)]
        return groups.length > 0 && used.length > 0 && used.every(i => i < groups.length)
      }
      const inner = conditions.filter(passes).map(c => remap(c, i => groups[i]!))
      const input = pushDown(plan.input, inner)
      return filtered(
        { ...plan, input },
        conditions.filter(c => !passes(c)),
      )
    }
    default: {
      const next = inputs(plan).map(input => pushDown(input, []))
      return filtered(next.length === 0 ? plan : withInputs(plan, next), conditions)
    }
  }
}

function filtered(plan: Plan, conditions: readonly Expression[]): Plan {
  const predicate = conjunction(conditions)
  return predicate === undefined ? plan : { op: 'filter', input: plan, predicate }
}

type Join = Extract<Plan, { op: 'join' }>

function pushThroughJoin(plan: Join, conditions: readonly Expression[]): Plan {
  const width = schemaOf(plan.left).length
  const leftKept =
    plan.type === 'inner' || plan.type === 'left' || plan.type === 'semi' || plan.type === 'anti'
  const rightKept = plan.type === 'inner' || plan.type === 'right'
  const inner = plan.type === 'inner'
  const pool = inner ? [...conditions, ...conjuncts(plan.residual)] : conditions
  const toLeft = pool.filter(c => leftKept && side(c, width) === 'left')
  const toRight = pool.filter(c => rightKept && side(c, width) === 'right')
  const rest = pool.filter(c => !toLeft.includes(c) && !toRight.includes(c))
  const left = pushDown(plan.left, toLeft)
  const right = pushDown(
    plan.right,
    toRight.map(c => remap(c, i => i - width)),
  )
  if (!inner) return filtered({ ...plan, left, right }, rest)
  const { residual: _, ...bare } = plan
  if (plan.leftKeys.length > 0) return withKeys({ ...bare, left, right }, rest)
  return joinOn('inner', left, right, conjunction(rest))
}

/** An inner join that has keys already takes the plain equalities as further keys. */
function withKeys(plan: Join, rest: readonly Expression[]): Plan {
  const leftKeys = [...plan.leftKeys]
  const rightKeys = [...plan.rightKeys]
  const nullSafe = [...plan.nullSafe]
  const residual: Expression[] = []
  for (const c of rest) {
    const probe = joinOn('inner', plan.left, plan.right, c)
    if (probe.op === 'join' && probe.leftKeys.length === 1) {
      leftKeys.push(probe.leftKeys[0]!)
      rightKeys.push(probe.rightKeys[0]!)
      nullSafe.push(probe.nullSafe[0]!)
    } else residual.push(c)
  }
  const left = conjunction(residual)
  return { ...plan, leftKeys, rightKeys, nullSafe, ...(left === undefined ? {} : { residual: left }) }
}
