import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, keyAndValue, mapOf, type Type } from '../../types/type.ts'
import { checkedKey } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { call, literal } from '../expressions.ts'
import { as, list, names } from './ast.ts'
import { callFunction, coerce, unify } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'

/** MAP {k: v, …}, which the parser hands over as a call of keys and values in turn. */
export function bindMap(args: readonly PgNode[], env: Environment, position: number | undefined): Expression {
  if (args.length === 0)
    throw new SqlError('indeterminate_datatype', 'cannot determine type of empty map', {
      position,
      hint: 'Explicitly cast to the desired type, for example MAP{}::map(int,int).',
    })
  const all = args.map(arg => bindExpression(arg, env))
  const every = (odd: number) =>
    unify(
      all.filter((_, i) => i % 2 === odd),
      'MAP',
      env.context,
      position,
    )
  const [keys, values] = [every(0), every(1)]
  const type = mapOf(checkedKey(keys[0]!.type), values[0]!.type)
  const lists = [keys, values].map(parts => call('array', parts, arrayOf(parts[0]!.type)))
  return { ...callFunction('map_from_key_values', lists, env.context, position), type }
}

/** `MAP {}` under a cast: the one map without entries. */
export function bindEmptyMap(node: PgNode, type: Type): Expression | undefined {
  const fields = as(node, 'FuncCall')
  const empty = names(fields?.['funcname']).at(-1) === '$map' && list(fields?.['args']).length === 0
  return empty && type.name === 'map' ? literal([], type) : undefined
}

/** `m[key]`. */
export function bindMapAccess(map: Expression, key: Expression, env: Environment): Expression {
  const [type] = keyAndValue(map.type)
  const typed = coerce(key, type, 'assignment', env.context, undefined)
  return callFunction('map_access', [map, typed], env.context, undefined)
}
