import { hypotheticalAggregate } from '../../executor/aggregates/index.ts'
import { assert, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { TEXT, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { literal } from '../expressions.ts'
import { isUnknown, unify } from './coerce.ts'
import type { Environment, PendingOrder } from './environment.ts'

/** rank(1, 'a') WITHIN GROUP (ORDER BY x, y) and its kin: each given value is of the type of what it is compared with. */
export function bindHypothetical(
  name: string,
  order: readonly PendingOrder[],
  direct: readonly Expression[],
  env: Environment,
  position: number | undefined,
): { readonly fn: string; readonly args: readonly Expression[]; readonly type: Type } {
  if (order.length !== direct.length) {
    const shown = [...direct, ...order.map(o => o.by)].map(e => (isUnknown(e) ? 'unknown' : typeName(e.type)))
    const hint =
      `To use the hypothetical-set aggregate ${name}, the number of hypothetical direct arguments (here ` +
      `${direct.length}) must match the number of ordering columns (here ${order.length}).`
    const message = `function ${name}(${shown.join(', ')}) does not exist`
    throw new SqlError('undefined_function', message, { position, hint })
  }
  const pairs = order.map(({ by }, i) => unify([by, direct[i]!], 'WITHIN GROUP', env.context, position))
  const flags = order.map(o => `${o.descending ? 'd' : 'a'}${o.nullsFirst ? 'f' : 'l'}`).join('')
  const args = [...pairs.map(p => p[0]!), ...pairs.map(p => p[1]!), literal(flags, TEXT)]
  const resolved = hypotheticalAggregate(
    name,
    args.map(arg => arg.type),
  )
  assert(!('error' in resolved), 'a hypothetical-set aggregate takes any types')
  return { fn: resolved.fn, args, type: resolved.type }
}
