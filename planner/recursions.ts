import { notSupported } from '../types/error.ts'
import type { Job, Recursion } from '../types/job.ts'
import { lower } from './lower.ts'
import { optimize } from './optimize.ts'
import { inputs, type Plan, type PlannedRecursion } from './plan.ts'

/** A query's job: its nodes, and before them the recursive queries that it reads. The plan is optimised. */
export function batchJob(plan: Plan, settle: (plan: Plan) => Plan): Job {
  const recursions: Recursion[] = []
  const done = new Set<number>()
  const visit = (p: Plan, around: readonly number[]): void => {
    for (const input of inputs(p)) visit(input, around)
    if (p.op !== 'scan' || p.recursion === undefined || done.has(p.relation)) return
    done.add(p.relation)
    const { work, base, step, all } = p.recursion
    if (around.some(outer => reads(base, outer) || reads(step, outer)))
      throw notSupported('a recursive query that another one reads in each of its steps')
    const [first, next] = [settle(optimize(base)), settle(optimize(step))]
    visit(first, [...around, work])
    visit(next, [...around, work])
    const wanted = rowsWanted(plan, p.relation)
    recursions.push({
      relation: p.relation,
      work,
      base: lower(first),
      step: lower(next),
      all,
      schema: p.schema,
      ...(wanted !== undefined && { wanted }),
    })
  }
  visit(plan, [])
  const job = { relation: 0, nodes: lower(plan) }
  return recursions.length === 0 ? job : { ...job, recursions }
}

/** The recursions of a plan, mapped; their plans may hold others. */
export function mapRecursion(plan: Plan, map: (plan: Plan) => Plan): Plan {
  if (plan.op !== 'scan' || plan.recursion === undefined) return plan
  const { base, step, ...rest } = plan.recursion
  const recursion: PlannedRecursion = { ...rest, base: map(base), step: map(step) }
  return { ...plan, recursion }
}

function reads(plan: Plan, relation: number): boolean {
  if (plan.op === 'scan') {
    const { recursion } = plan
    return (
      plan.relation === relation ||
      (recursion !== undefined && (reads(recursion.base, relation) || reads(recursion.step, relation)))
    )
  }
  return inputs(plan).some(input => reads(input, relation))
}

/** Rows after which nobody asks for more: a LIMIT without an order, straight over the recursive query. */
function rowsWanted(plan: Plan, relation: number): number | undefined {
  const orderless = (plan.op === 'sort' || plan.op === 'top-n') && plan.order.length === 0
  if (
    orderless &&
    plan.limit !== undefined &&
    !plan.withTies &&
    (plan.op === 'sort' || plan.partition.length === 0)
  ) {
    let below: Plan = plan.input
    while (below.op === 'project' && below.predicate === undefined) below = below.input
    if (below.op === 'scan' && below.relation === relation) return plan.offset + plan.limit
  }
  return plan.op === 'project' || (plan.op === 'sort' && plan.limit === undefined && plan.order.length === 0)
    ? rowsWanted(plan.input, relation)
    : undefined
}
