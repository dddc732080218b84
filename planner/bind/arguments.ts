import { isFunction, namedFunction } from '../../executor/functions/index.ts'
import { leafOf } from '../../executor/functions/registry.ts'
import { leaves } from '../../executor/functions/variadic.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { literal } from '../expressions.ts'
import { as, str } from './ast.ts'
import { isUnknown } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'

interface Called {
  readonly name: string
  readonly args: readonly Expression[]
}

/** The arguments of a call in order: named ones at their places, and those of VARIADIC one by one, or as an array to a function that takes it. */
export function bindArguments(
  name: string,
  args: readonly PgNode[],
  variadic: boolean,
  env: Environment,
  position: number | undefined,
): Called {
  if (args.some(arg => as(arg, 'NamedArgExpr') !== undefined))
    return { name, args: bindNamed(name, args, env, position) }
  const bound = args.map(arg => bindExpression(arg, env))
  if (!variadic) return { name, args: bound }
  const array = bound.at(-1)!
  const elements = elementsOf(array, position)
  if (elements !== undefined && elements.length > 0)
    return { name, args: [...bound.slice(0, -1), ...elements] }
  const whole = `$variadic_${name}`
  if (isFunction(whole)) return { name: whole, args: bound }
  if (elements !== undefined) return { name, args: bound.slice(0, -1) }
  throw notSupported('VARIADIC of an array that is not constant', { position })
}

/** undefined: only the value will tell. */
function elementsOf(array: Expression, position: number | undefined): readonly Expression[] | undefined {
  if (array.type.name !== 'array')
    throw new SqlError('datatype_mismatch', 'VARIADIC argument must be an array', { position })
  const leaf = leafOf(array.type)
  if (array.kind === 'literal' && Array.isArray(array.value))
    return leaves(array.type, array.value).map(value => literal(value, leaf))
  if (array.kind === 'call' && array.fn === 'array' && array.type.element!.name !== 'array') return array.args
  return undefined
}

function bindNamed(
  name: string,
  args: readonly PgNode[],
  env: Environment,
  position: number | undefined,
): readonly Expression[] {
  const given = args.map(arg => {
    const named = as(arg, 'NamedArgExpr')
    if (named === undefined) return { name: undefined, value: bindExpression(arg, env) }
    return { name: str(named['name']), value: bindExpression(named['arg'] as PgNode, env) }
  })
  const missing = (): SqlError => {
    const shown = given.map(({ name: own, value }) => {
      const type = isUnknown(value) ? 'unknown' : typeName(value.type)
      return own === undefined ? type : `${own} => ${type}`
    })
    return new SqlError('undefined_function', `function ${name}(${shown.join(', ')}) does not exist`, {
      position,
      hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
    })
  }
  const entry = namedFunction(name)
  if (entry?.parameters === undefined) throw missing()
  const parameters = entry.parameters.split(' ')
  const defaults = entry.defaults ?? []
  const first = given.filter(arg => arg.name === undefined).length
  if (
    first > parameters.length ||
    given.some(arg => arg.name !== undefined && !parameters.includes(arg.name))
  )
    throw missing()
  return parameters.map((parameter, i) => {
    if (i < first) return given[i]!.value
    const own = given.find(arg => arg.name === parameter)
    if (own !== undefined) return own.value
    const at = i - (parameters.length - defaults.length)
    if (at < 0) throw missing()
    return literal(defaults[at]!, entry.args[i] as Type)
  })
}
