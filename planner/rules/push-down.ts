import { isVolatile } from '../../executor/functions/index.ts'
import type { Expression } from '../../types/job.ts'
import { columnsOf, conjunction, conjuncts, remap, substitute } from '../expressions.ts'
import { joinOn, side } from '../join-on.ts'
import { inputs, type Plan, schemaOf, withInputs } from '../plan.ts'
import { factored, implied } from './or-conditions.ts'

/**
 * Moves conditions (over the plan's columns) as deep as they can go; equalities over an inner join become its keys. What is
 * volatile is computed once for each row that is there: it stays where it stands, and what is asked of the rows is asked above, even of
 * their other columns: a query that WITH names stays the same in all places that read it, and is run once (share.ts).
 */
export function pushDown(plan: Plan, conditions: readonly Expression[]): Plan {
  const fixed = volatileParts(plan)
  if (fixed.length > 0) return filtered(aroundVolatile(plan, fixed), conditions)
  switch (plan.op) {
    case 'filter':
      return pushDown(plan.input, [...conjuncts(plan.predicate).flatMap(factored), ...conditions])
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
    case 'aggregate':
      // With no groups there is a row for no input too, so nothing may pass.
      return pushColumns(plan, conditions, new Map(plan.groups.map((g, i) => [i, g])))
    case 'top-n':
    case 'window':
      // A whole partition goes or stays.
      return pushColumns(plan, conditions, new Map(plan.partition.map(i => [i, i])))
    case 'single-row':
      return pushColumns(plan, conditions, new Map(plan.group.map(i => [i, i])))
    case 'sort':
      return pushColumns(plan, conditions, plan.limit === undefined && plan.offset === 0 ? below(plan) : NONE)
    case 'hop':
    case 'project-set':
      return pushColumns(plan, conditions, below(plan))
    case 'set-operation':
      return withInputs(
        plan,
        inputs(plan).map(input => pushDown(input, conditions)),
      )
    default: {
      const next = inputs(plan).map(input => pushDown(input, []))
      return filtered(next.length === 0 ? plan : withInputs(plan, next), conditions)
    }
  }
}

function volatileParts(plan: Plan): readonly Expression[] {
  switch (plan.op) {
    case 'filter':
      return conjuncts(plan.predicate).filter(isVolatile)
    case 'project':
      return [...plan.columns, ...conjuncts(plan.predicate)].filter(isVolatile)
    case 'join':
      return conjuncts(plan.residual).filter(isVolatile)
    case 'project-set':
      return plan.calls.flatMap(c => (c.kind === 'call' ? c.args : [])).filter(isVolatile)
    default:
      return []
  }
}

/** Without the conditions that stay, a filter and an inner join move the others all the same. */
function aroundVolatile(plan: Plan, fixed: readonly Expression[]): Plan {
  const moving = (e: Expression | undefined) => conjuncts(e).filter(c => !fixed.includes(c))
  if (plan.op === 'filter') return filtered(pushDown(filtered(plan.input, moving(plan.predicate)), []), fixed)
  if (plan.op === 'join' && plan.type === 'inner') {
    const { residual, ...bare } = plan
    return filtered(pushDown(filtered(bare, moving(residual)), []), fixed)
  }
  return withInputs(
    plan,
    inputs(plan).map(input => pushDown(input, [])),
  )
}

const NONE: ReadonlyMap<number, number> = new Map()

/** Columns of the input, at the same places in the output. */
function below(plan: Plan): ReadonlyMap<number, number> {
  return new Map([...schemaOf(inputs(plan)[0]!).keys()].map(i => [i, i]))
}

/** Conditions on nothing but the columns that `at` maps go below the plan. */
function pushColumns(plan: Plan, conditions: readonly Expression[], at: ReadonlyMap<number, number>): Plan {
  const passes = (c: Expression): boolean => {
    const used = [...columnsOf(c)]
    return used.length > 0 && used.every(i => at.has(i))
  }
  const inner = conditions.filter(passes).map(c => remap(c, i => at.get(i)!))
  const input = pushDown(inputs(plan)[0]!, inner)
  return filtered(
    withInputs(plan, [input]),
    conditions.filter(c => !passes(c)),
  )
}

function filtered(plan: Plan, conditions: readonly Expression[]): Plan {
  const predicate = conjunction(conditions)
  return predicate === undefined ? plan : { op: 'filter', input: plan, predicate }
}

/** Joins that never show a row of that side alone. */
const ONE_SIDE_RIGHT: ReadonlySet<string> = new Set(['left', 'semi', 'anti'])
const ONE_SIDE_LEFT: ReadonlySet<string> = new Set(['right', 'semi'])

type Join = Extract<Plan, { op: 'join' }>

function pushThroughJoin(plan: Join, conditions: readonly Expression[]): Plan {
  const width = schemaOf(plan.left).length
  const leftKept =
    plan.type === 'inner' || plan.type === 'left' || plan.type === 'semi' || plan.type === 'anti'
  const rightKept = plan.type === 'inner' || plan.type === 'right'
  const inner = plan.type === 'inner'
  const pool = inner ? [...conditions, ...conjuncts(plan.residual).flatMap(factored)] : conditions
  const both = pool.filter(c => side(c, width) === undefined)
  const ofLeft = [...pool, ...impliedBy(both, c => side(c, width) === 'left')]
  const ofRight = [...pool, ...impliedBy(both, c => side(c, width) === 'right')]
  const toLeft = ofLeft.filter(c => leftKept && side(c, width) === 'left')
  const toRight = ofRight.filter(c => rightKept && side(c, width) === 'right')
  const rest = pool.filter(c => !toLeft.includes(c) && !toRight.includes(c))
  // What ON asks of the side whose rows may go unmatched selects them beforehand.
  const on = inner ? [] : conjuncts(plan.residual)
  const onRight = on.filter(c => ONE_SIDE_RIGHT.has(plan.type) && side(c, width) === 'right')
  const onLeft = on.filter(c => ONE_SIDE_LEFT.has(plan.type) && side(c, width) === 'left')
  const left = pushDown(plan.left, [...toLeft, ...onLeft])
  const right = pushDown(
    plan.right,
    [...toRight, ...onRight].map(c => remap(c, i => i - width)),
  )
  const { residual: _, ...bare } = plan
  if (!inner) {
    const residual = conjunction(on.filter(c => !onRight.includes(c) && !onLeft.includes(c)))
    return filtered({ ...bare, left, right, ...(residual === undefined ? {} : { residual }) }, rest)
  }
  if (plan.leftKeys.length > 0) return withKeys({ ...bare, left, right }, rest)
  return joinOn('inner', left, right, conjunction(rest), plan.temporal)
}

function impliedBy(
  conditions: readonly Expression[],
  known: (c: Expression) => boolean,
): readonly Expression[] {
  return conditions.flatMap(c => implied(c, known) ?? [])
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
