import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, TEXT } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { literal } from '../expressions.ts'
import { type Body, str } from './ast.ts'
import { callFunction, coerce, isUnknown } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'

/** `x IS JSON OBJECT WITH UNIQUE KEYS` of a text, a json, a jsonb, or bytes of a text. Throws 42804 for anything else. */
export function bindIsJson(fields: Body, env: Environment, position: number | undefined): Expression {
  const tested = bindExpression(fields['expr'] as PgNode, env)
  const kind = str(fields['item_type']).replace('JS_TYPE_ANY', 'VALUE').replace('JS_TYPE_', '')
  const unique = literal(fields['unique_keys'] === true, BOOL)
  const args = [asText(tested, env, position), literal(kind, TEXT), unique]
  return callFunction('is_json', args, env.context, position)
}

function asText(e: Expression, env: Environment, position: number | undefined): Expression {
  const { name } = e.type
  if (!isUnknown(e) && name === 'bytea')
    return callFunction('convert_from', [e, literal('UTF8', TEXT)], env.context, position)
  if (isUnknown(e) || ['text', 'json', 'jsonb'].includes(name))
    return coerce(e, TEXT, 'assignment', env.context, position)
  throw new SqlError('datatype_mismatch', `cannot use type ${typeName(e.type)} in IS JSON predicate`, {
    position,
  })
}
