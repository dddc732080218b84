import { toJson } from '../../types/json.ts'
import { inputs, type Plan, schemaOf, withInputs } from '../plan.ts'

/** The plan with equal subplans as one object. */
export function share(plan: Plan): Plan {
  const known = new Map<string, Plan>()
  const ids = new Map<Plan, number>()
  const visit = (p: Plan): Plan => {
    const next = inputs(p).map(visit)
    const nothing: Plan = { op: 'values', schema: [], rows: [] }
    const own = withInputs(
      p,
      next.map(() => nothing),
    )
    const name = toJson([own, next.map(input => ids.get(input)), schemaOf(p)])
    const same = known.get(name)
    if (same !== undefined) return same
    const shared = withInputs(p, next)
    known.set(name, shared)
    ids.set(shared, ids.size)
    return shared
  }
  return visit(plan)
}
