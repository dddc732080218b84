import { isDeepStrictEqual } from 'node:util'
import { toJson } from '../../types/json.ts'
import { inputs, type Plan, schemaOf, withInputs } from '../plan.ts'

/** The plan with equal subplans as one object. */
export function share(plan: Plan): Plan {
  /** Plans by kind, size and inputs; those of one list may be equal. */
  const known = new Map<string, { readonly own: Plan; readonly shared: Plan }[]>()
  const ids = new Map<Plan, number>()
  const done = new Map<Plan, Plan>()
  const visit = (p: Plan): Plan => {
    const found = done.get(p) ?? standIn(p)
    done.set(p, found)
    return found
  }
  const standIn = (p: Plan): Plan => {
    const next = inputs(p).map(visit)
    const nothing: Plan = { op: 'values', schema: [], rows: [] }
    const own = withInputs(
      p,
      next.map(() => nothing),
    )
    const size = p.op === 'values' ? `${p.rows.length} ${p.schema.length}` : ''
    const key = `${p.op} ${size} ${next.map(input => ids.get(input))}`
    const alike = known.get(key) ?? []
    const text = alike.length === 0 || p.op === 'values' ? '' : toJson([own, schemaOf(p)])
    // A transaction block's own rows may be many thousands, and mostly are the same objects: no texts of them.
    const same = alike.find(other =>
      p.op === 'values'
        ? isDeepStrictEqual(other.own, own)
        : toJson([other.own, schemaOf(other.shared)]) === text,
    )
    if (same !== undefined) return same.shared
    const shared = withInputs(p, next)
    known.set(key, [...alike, { own, shared }])
    ids.set(shared, ids.size)
    return shared
  }
  return visit(plan)
}
