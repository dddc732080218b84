import { isVolatile } from '../../executor/functions/index.ts'
import { ROWS_A_KEY } from '../../executor/table-scan.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import type { Estimates } from '../estimate.ts'
import {
  call,
  column,
  columnsOf,
  conjunction,
  conjuncts,
  functionName,
  remap,
  substitute,
} from '../expressions.ts'
import { joinOn } from '../join-on.ts'
import { inputs, type Plan, schemaOf, withInputs } from '../plan.ts'

type Join = Extract<Plan, { op: 'join' }>

/**
 * Inner joins of a query side by side: the pair that yields the fewest rows is joined first, and what it yields is one relation
 * more. Then every join gathers its smaller side.
 */
export function orderJoins(plan: Plan, estimates: Estimates): Plan {
  if (!isInner(plan) && !semiOnLeaf(plan, estimates)) {
    const next = inputs(plan).map(input => orderJoins(input, estimates))
    const same = withInputs(plan, next)
    return same.op === 'join' && same.temporal !== true ? gathered(same, estimates) : same
  }
  const flat: Flat = { leaves: [], width: 0, conditions: [], estimates }
  const output = flatten(plan, flat)
  const parts = flat.leaves.map(({ plan: leaf, from }): Part => {
    const own = orderJoins(leaf, estimates)
    return { plan: own, columns: schemaOf(own).map((_, i) => from + i) }
  })
  const joined = joinAll(parts, flat.conditions, estimates)
  const at = (i: number): number => joined.columns.indexOf(i)
  const columns = output.map(e => remap(e, at))
  const names = schemaOf(plan).map(field => field.name)
  return { op: 'project', input: joined.plan, columns, names }
}

function isInner(plan: Plan): plan is Join & { readonly type: 'inner' } {
  return plan.op === 'join' && plan.type === 'inner' && plan.temporal !== true
}

/** Relations joined, in one row of columns side by side, and all conditions on that row. */
interface Flat {
  readonly leaves: { plan: Plan; readonly from: number }[]
  width: number
  readonly conditions: Expression[]
  readonly estimates: Estimates
}

/** Adds the plan's relations; returns its columns in terms of the one row. */
function flatten(plan: Plan, flat: Flat): readonly Expression[] {
  if (isInner(plan)) {
    const output = [...flatten(plan.left, flat), ...flatten(plan.right, flat)]
    const width = schemaOf(plan.left).length
    plan.leftKeys.forEach((key, i) => {
      const pair = [output[key]!, output[width + plan.rightKeys[i]!]!]
      flat.conditions.push(call(plan.nullSafe[i] ? 'is not distinct from' : '=', pair, BOOL))
    })
    flat.conditions.push(...conjuncts(plan.residual).map(c => substitute(c, output)))
    return output
  }
  // A value that is another one each time is computed where it stands, once.
  if (plan.op === 'project' && overInner(plan.input) && !plan.columns.some(isVolatile)) {
    const below = flatten(plan.input, flat)
    flat.conditions.push(...conjuncts(plan.predicate).map(c => substitute(c, below)))
    return plan.columns.map(c => substitute(c, below))
  }
  if (plan.op === 'filter' && overInner(plan.input)) {
    const below = flatten(plan.input, flat)
    flat.conditions.push(...conjuncts(plan.predicate).map(c => substitute(c, below)))
    return below
  }
  if (plan.op === 'join' && semiOnLeaf(plan, flat.estimates)) {
    const first = flat.leaves.length
    const output = flatten(plan.left, flat)
    const keys = plan.leftKeys.map(key => (output[key] as Column).index)
    const leaf = flat.leaves.slice(first).find(one => isOf(one, keys))!
    leaf.plan = { ...plan, left: leaf.plan, leftKeys: keys.map(key => key - leaf.from) }
    return output
  }
  const from = flat.width
  const schema = schemaOf(plan)
  flat.leaves.push({ plan, from })
  flat.width += schema.length
  return schema.map((field, i) => column(from + i, field.type))
}

function overInner(plan: Plan): boolean {
  if (isInner(plan)) return true
  return (plan.op === 'project' || plan.op === 'filter') && overInner(plan.input)
}

type Column = Extract<Expression, { kind: 'column' }>

function isOf({ plan, from }: Flat['leaves'][0], columns: readonly number[]): boolean {
  return columns.every(i => i >= from && i < from + schemaOf(plan).length)
}

/** A semi join that drops most rows of one relation of the joins below it, before they are joined. */
function semiOnLeaf(plan: Plan, estimates: Estimates): boolean {
  if (plan.op !== 'join' || plan.type !== 'semi' || plan.residual !== undefined) return false
  if (plan.leftKeys.length === 0 || !overInner(plan.left)) return false
  const flat: Flat = { leaves: [], width: 0, conditions: [], estimates }
  const output = flatten(plan.left, flat)
  const keys = plan.leftKeys.map(key => output[key]!)
  if (!keys.every(e => e.kind === 'column')) return false
  const places = keys.map(e => (e as Column).index)
  const leaf = flat.leaves.find(one => isOf(one, places))
  if (leaf === undefined) return false
  const pairs = places.map((key, i) => [key - leaf.from, plan.rightKeys[i]!] as const)
  return estimates.semiShare(leaf.plan, plan.right, pairs) < WORTH_SHARE
}

/** A semi join that keeps less goes below the joins. */
const WORTH_SHARE = 0.5

/** Relations joined so far, and which columns of the one row its columns are. */
interface Part {
  readonly plan: Plan
  readonly columns: readonly number[]
}

function joinAll(start: readonly Part[], conditions: readonly Expression[], estimates: Estimates): Part {
  let parts = [...start]
  let left = [...conditions]
  while (parts.length > 1) {
    let best:
      | { readonly a: Part; readonly b: Part; readonly rows: number; readonly linked: boolean }
      | undefined
    for (const [i, a] of parts.entries())
      for (const b of parts.slice(i + 1)) {
        const keys = keysBetween(a, b, left)
        const rows = estimates.joined(a.plan, b.plan, keys)
        const linked = keys.length > 0
        const better = best === undefined || (linked !== best.linked ? linked : rows < best.rows)
        if (better) best = { a, b, rows, linked }
      }
    const { a, b } = best!
    const columns = [...a.columns, ...b.columns]
    const own = left.filter(c => [...columnsOf(c)].every(i => columns.includes(i)))
    left = left.filter(c => !own.includes(c))
    const condition = conjunction(own.map(c => remap(c, i => columns.indexOf(i))))
    const plan = withBuild(joinOn('inner', a.plan, b.plan, condition), estimates)
    parts = [...parts.filter(part => part !== a && part !== b), { plan, columns }]
  }
  const [only] = parts
  const rest = conjunction(left.map(c => remap(c, i => only!.columns.indexOf(i))))
  return rest === undefined ? only! : { ...only!, plan: { op: 'filter', input: only!.plan, predicate: rest } }
}

/** Pairs of columns of both parts that a condition says are equal. */
function keysBetween(
  a: Part,
  b: Part,
  conditions: readonly Expression[],
): readonly (readonly [number, number])[] {
  return conditions.flatMap(c => {
    if (c.kind !== 'call' || c.args.length !== 2) return []
    const name = functionName(c.fn)
    const [x, y] = c.args as [Expression, Expression]
    if ((name !== '=' && name !== 'is not distinct from') || x.kind !== 'column' || y.kind !== 'column')
      return []
    const [xa, yb] = [a.columns.indexOf(x.index), b.columns.indexOf(y.index)]
    if (xa !== -1 && yb !== -1) return [[xa, yb] as const]
    const [ya, xb] = [a.columns.indexOf(y.index), b.columns.indexOf(x.index)]
    return ya !== -1 && xb !== -1 ? [[ya, xb] as const] : []
  })
}

function withBuild(plan: Plan, estimates: Estimates): Plan {
  if (plan.op === 'project') return { ...plan, input: withBuild(plan.input, estimates) }
  return plan.op === 'join' ? gathered(plan, estimates) : plan
}

/** The join with its smaller side gathered. */
function gathered(plan: Join, estimates: Estimates): Join {
  const build = estimates.rows(plan.left) < estimates.rows(plan.right) ? 'left' : 'right'
  const [gathers, other] = build === 'left' ? [plan.left, plan.right] : [plan.right, plan.left]
  const few = plan.leftKeys.length > 0 && estimates.rows(gathers) * ROWS_A_KEY <= estimates.scanned(other)
  return { ...plan, build, few }
}
