import { BOOL, INT4 } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { OwnRows } from '../contract.ts'
import { call, column, literal } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'

/** A table's rows as a transaction block has them: those that it has not touched, and its own. */
export function withOwnRows(plan: Plan, relation: number, own: OwnRows): Plan {
  const schema = schemaOf(plan)
  const { key } = own
  const mine: Plan = { op: 'scan', relation, schema, key, appendOnly: false, own }
  if (own.touched === 0) return { op: 'union', inputs: [plan, mine] }
  // The function (executor/functions/own-rows.ts) asks the object itself; plans with it are never written down.
  const handle = literal(own as unknown as Value, INT4)
  const columns = key.map(i => column(i, schema[i]!.type))
  const predicate = call('$untouched(int4, any, ...any) -> bool', [handle, ...columns], BOOL)
  return { op: 'union', inputs: [{ op: 'filter', input: plan, predicate }, mine] }
}
