import type { Expression } from '../../types/job.ts'
import { equal, TRUE } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import { type Pending, placeholder, placeholderIndex, replaceCalls } from './environment.ts'
import { replaceAll, type Step } from './window-plan.ts'

/** The set-returning calls at these places: those of one depth run side by side, above those that are their arguments. */
export function setPlan(
  input: Plan,
  expressions: readonly Expression[],
  { sets }: Pending,
  which: readonly number[],
): Step {
  const depths = sets.map(s => depthOf(s, sets))
  let plan = input
  const at: number[] = []
  const deepest = Math.max(0, ...which.map(i => depths[i]!))
  for (let depth = 1; depth <= deepest; depth++) {
    const level = which.filter(i => depths[i] === depth)
    if (level.length === 0) continue
    const calls = replaceAll(
      level.map(i => sets[i]!),
      '$set',
      at,
    )
    const width = schemaOf(plan).length
    for (const [n, i] of level.entries()) at[i] = width + n
    const names = calls.map(() => 'value')
    plan = { op: 'project-set', input: plan, calls, names, ordinality: false, outer: false }
  }
  return { plan, expressions: replaceAll(expressions, '$set', at) }
}

/** The places of the set-returning calls in these expressions, and of those in their arguments. */
export function setsWithin(expressions: readonly Expression[], { sets }: Pending): readonly number[] {
  const found = new Set<number>()
  const visit = (e: Expression): void => {
    replaceCalls(e, inner => {
      const index = placeholderIndex(inner, '$set')
      if (index === undefined || found.has(index)) return undefined
      found.add(index)
      visit(sets[index]!)
      return undefined
    })
  }
  expressions.forEach(visit)
  return [...found].sort((a, b) => a - b)
}

/** Set-returning calls that are grouped by run below the groups; those equal to one of them are it. */
export function setsOfGroups(
  input: Plan,
  groups: readonly (readonly Expression[])[],
  expressions: readonly Expression[],
  pending: Pending,
): { plan: Plan; groups: readonly (readonly Expression[])[]; expressions: readonly Expression[] } {
  const shared = (e: Expression): Expression =>
    replaceCalls(e, inner => {
      const index = placeholderIndex(inner, '$set')
      if (index === undefined) return undefined
      const first = pending.sets.findIndex(s => equal(s, pending.sets[index]!))
      return placeholder('$set', first, inner.type)
    })
  const keys = groups.map(set => set.map(shared))
  const which = setsWithin(keys.flat(), pending)
  const attached = attach(input, pending.sets, pending)
  pending.sets.splice(0, pending.sets.length, ...attached.expressions)
  const all = [...keys.flat(), ...expressions.map(shared)]
  const done = setPlan(attached.plan, all, pending, which)
  for (const i of which) pending.sets[i] = TRUE
  let next = 0
  const placed = keys.map(set => set.map(() => done.expressions[next++]!))
  return { plan: done.plan, groups: placed, expressions: done.expressions.slice(next) }
}

function depthOf(set: Expression, sets: readonly Expression[]): number {
  let below = 0
  replaceCalls(set, e => {
    const index = placeholderIndex(e, '$set')
    if (index !== undefined) below = Math.max(below, depthOf(sets[index]!, sets))
    return undefined
  })
  return below + 1
}
