import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, INT4, keyAndValue } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { call, literal, readsRow } from '../expressions.ts'
import { as, type Body, body, list, names, str } from './ast.ts'
import { dialectOf, settleText } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindCondition, bindExpression } from './expression.ts'

/** array_transform(array, |x| body) and map_filter(map, |k, v| body), whose lambda the parser hands over as a call; undefined: another call. */
export function bindTransform(
  name: string,
  args: readonly PgNode[],
  env: Environment,
  position: number | undefined,
): Expression | undefined {
  const takes = name === 'array_transform' || name === 'map_filter'
  const lambda = takes && args.length === 2 ? lambdaOf(args[1]!) : undefined
  if (lambda === undefined) return undefined
  const filter = name === 'map_filter'
  const input = bindExpression(args[0]!, env)
  if (input.type.name !== (filter ? 'map' : 'array')) {
    const message = `${name}: the first argument is ${filter ? 'a map' : 'an array'}`
    throw new SqlError('datatype_mismatch', message, { position })
  }
  const types = filter ? keyAndValue(input.type) : [input.type.element!]
  if (lambda.names.length !== types.length) {
    const message = `${name}: the lambda has ${types.length} parameter${filter ? 's' : ''}, not ${lambda.names.length}`
    throw new SqlError('datatype_mismatch', message, { position })
  }
  const outside = env.lambdas?.scope === env.scope ? env.lambdas.variables : new Map<string, Expression>()
  const numbers = types.map((_, i) => literal(outside.size + i, INT4))
  const own = types.map((type, i): [string, Expression] => [
    lambda.names[i]!,
    call('$variable', [numbers[i]!], type),
  ])
  const inner: Environment = {
    ...env,
    allow: { aggregates: false, windows: false, sets: false },
    clause: 'lambda expressions',
    lambdas: { scope: env.scope, variables: new Map([...outside, ...own]) },
  }
  if (filter) {
    const kept = closed(bindCondition(lambda.body, { ...inner, clause: 'map_filter' }), env, position)
    return call('map_filter', [input, kept, ...numbers], input.type)
  }
  const value = closed(settleText(bindExpression(lambda.body, inner), env.context), env, position)
  return call('array_transform', [input, value, ...numbers], arrayOf(value.type))
}

/** The body of a lambda. Throws 0A000 where the dialect lets it read its variables only. */
function closed(value: Expression, env: Environment, position: number | undefined): Expression {
  if (dialectOf(env.context).closedLambdas && readsRow(value))
    throw notSupported('a column in a lambda', { position })
  return value
}

function lambdaOf(node: PgNode): { readonly names: readonly string[]; readonly body: PgNode } | undefined {
  const fields: Body | undefined = as(node, 'FuncCall')
  if (fields === undefined || names(fields['funcname']).at(-1) !== '$lambda') return undefined
  const args = list(fields['args'])
  const parameters = args.slice(0, -1).map(name => str(body(as(name, 'A_Const')?.['sval'])['sval']))
  return { names: parameters, body: args.at(-1)! }
}
