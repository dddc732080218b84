import type { Expression } from '../../types/job.ts'
import type { BindContext } from '../contract.ts'
import { call } from '../expressions.ts'
import { dialectOf } from './coerce.ts'

/** What stands for a group or a distinct row: of equal numerics the shortest one, where the dialect has it so. */
export function groupKey(e: Expression, context: BindContext): Expression {
  if (e.type.name !== 'numeric' || !dialectOf(context).shortGroupKeys) return e
  return call('trim_scale(numeric) -> numeric', [e], e.type)
}
