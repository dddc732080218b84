import type { OwnRows } from '../contract.ts'
import { literal } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'

/** A table's rows as a transaction block has them: those that it has not touched, and its own. */
export function withOwnRows(plan: Plan, { key, touched, rows }: OwnRows): Plan {
  const schema = schemaOf(plan)
  const keys = key.map(i => schema[i]!)
  const others: Plan = {
    op: 'join',
    type: 'anti',
    left: plan,
    right: {
      op: 'values',
      schema: keys,
      rows: touched.map(values => values.map((value, i) => literal(value, keys[i]!.type))),
    },
    leftKeys: key,
    rightKeys: keys.map((_, i) => i),
    nullSafe: keys.map((_, i) => touched.some(values => values[i] === null)),
  }
  const own: Plan = {
    op: 'values',
    schema,
    // The time of a write, where it is read, is not known yet.
    rows: rows.map(row => schema.map(({ type }, i) => literal(row[i] ?? null, type))),
  }
  return { op: 'union', inputs: touched.length === 0 ? [plan, own] : [others, own] }
}
