import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, INT4 } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { call, literal } from '../expressions.ts'
import { as, type Body, body, list, names, str } from './ast.ts'
import { settleText } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'

/** array_transform(array, |x| body), whose lambda the parser hands over as a call; undefined: another call. */
export function bindTransform(
  name: string,
  args: readonly PgNode[],
  env: Environment,
  position: number | undefined,
): Expression | undefined {
  const lambda = name === 'array_transform' && args.length === 2 ? lambdaOf(args[1]!) : undefined
  if (lambda === undefined) return undefined
  const array = bindExpression(args[0]!, env)
  if (array.type.name !== 'array')
    throw new SqlError('datatype_mismatch', 'array_transform: the first argument is an array', { position })
  const outside = env.lambdas?.scope === env.scope ? env.lambdas.variables : new Map<string, Expression>()
  const depth = literal(outside.size, INT4)
  const variable = call('$variable', [depth], array.type.element!)
  const inner: Environment = {
    ...env,
    allow: { aggregates: false, windows: false, sets: false },
    clause: 'lambda expressions',
    lambdas: { scope: env.scope, variables: new Map([...outside, [lambda.name, variable]]) },
  }
  const value = settleText(bindExpression(lambda.body, inner), env.context)
  return call('array_transform', [array, value, depth], arrayOf(value.type))
}

function lambdaOf(node: PgNode): { readonly name: string; readonly body: PgNode } | undefined {
  const fields: Body | undefined = as(node, 'FuncCall')
  if (fields === undefined || names(fields['funcname']).at(-1) !== '$lambda') return undefined
  const [name, inside] = list(fields['args'])
  return { name: str(body(as(name, 'A_Const')?.['sval'])['sval']), body: inside! }
}
