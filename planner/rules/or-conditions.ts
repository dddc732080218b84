import type { Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import { call, conjunction, conjuncts, equal } from '../expressions.ts'

/** What every arm of an OR asks stands beside it: (a AND x) OR (a AND y) is a AND (x OR y). */
export function factored(e: Expression): readonly Expression[] {
  if (e.kind !== 'call' || e.fn !== 'or') return [e]
  const arms = armsOf(e).map(conjuncts)
  const common = arms[0]!.filter(c => arms.every(arm => arm.some(other => equal(c, other))))
  if (common.length === 0) return [e]
  const rest = arms.map(arm => conjunction(arm.filter(c => !common.some(other => equal(c, other)))))
  return rest.includes(undefined) ? common : [...common, call('or', rest as Expression[], BOOL)]
}

/** What an OR implies for rows of which only some columns are known; undefined: nothing. */
export function implied(e: Expression, known: (c: Expression) => boolean): Expression | undefined {
  if (e.kind !== 'call' || e.fn !== 'or') return undefined
  const arms = armsOf(e).map(arm => conjunction(conjuncts(arm).filter(known)))
  return arms.includes(undefined) ? undefined : call('or', arms as Expression[], BOOL)
}

function armsOf(e: Expression): readonly Expression[] {
  return e.kind === 'call' && e.fn === 'or' ? e.args.flatMap(armsOf) : [e]
}
