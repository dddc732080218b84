import type { Expression } from '../../types/job.ts'
import type { BindContext } from '../contract.ts'
import { call } from '../expressions.ts'
import { dialectOf } from './coerce.ts'

/** What stands for a group or a distinct row: of equal numerics the shortest, of equal intervals the justified one, where the dialect has it so. */
export function groupKey(e: Expression, context: BindContext): Expression {
  const { shortGroupKeys, justifiedGroupKeys } = dialectOf(context)
  if (e.type.name === 'numeric' && shortGroupKeys) return call('trim_scale(numeric) -> numeric', [e], e.type)
  if (e.type.name !== 'interval' || !justifiedGroupKeys) return e
  return call('$justified(interval) -> interval', [e], e.type)
}
