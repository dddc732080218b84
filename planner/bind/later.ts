import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { TEXT } from '../../types/type.ts'
import type { PgNode } from '../contract.ts'
import { literal } from '../expressions.ts'
import { as, body, str } from './ast.ts'
import { castCall } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { bindType } from './type.ts'

/** A value that may not be needed: a constant that its type does not take fails when it is, as in RisingWave. */
export function bindLater(node: PgNode, env: Environment): Expression {
  try {
    return bindExpression(node, env)
  } catch (error) {
    const cast = as(node, 'TypeCast')
    const constant = cast && as(cast['arg'], 'A_Const')
    if (!(error instanceof SqlError) || constant?.['sval'] === undefined) throw error
    const text = literal(str(body(constant['sval'])['sval']), TEXT)
    return castCall(text, bindType(body(cast!['typeName']), env), env.context)
  }
}
