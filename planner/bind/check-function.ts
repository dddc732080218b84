import { notSupported, SqlError } from '../../types/error.ts'
import { sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { BindContext } from '../contract.ts'
import { column } from '../expressions.ts'
import type { FunctionDef } from '../function-def.ts'
import { parseStatements, parseStoredExpression } from '../parse/index.ts'
import { schemaOf } from '../plan.ts'
import { dialectOf, tryCoerce } from './coerce.ts'
import { bindExpression } from './expression.ts'
import { argumentScope, bodyQuery } from './function-body.ts'
import { asResult, bodyContext, mismatch } from './inline-function.ts'
import { bindTree, visible } from './query.ts'
import { scalarEnvironment } from './scalar.ts'

/** Throws what is wrong with a function's defaults and, in SQL, its body. */
export function checkFunction(def: FunctionDef, context: BindContext): void {
  for (const arg of def.args) {
    if (arg.default === undefined) continue
    const env = scalarEnvironment([], context, 'DEFAULT')
    const value = bindExpression(parseStoredExpression(arg.default), env)
    if (tryCoerce(value, arg.type, 'assignment', context, undefined) === undefined) {
      const message = `argument of DEFAULT must be type ${typeName(arg.type)}, not type ${typeName(value.type)}`
      throw new SqlError('datatype_mismatch', message)
    }
  }
  if (def.language === 'sql') checkQuery(def, context)
}

function checkQuery(def: FunctionDef, context: BindContext): void {
  if (parseStatements(def.body).length > 1) throw notSupported('a function in SQL of several statements')
  const inner = bodyContext(def, context, undefined)
  const select = bodyQuery(def, inner)
  if (select === undefined) throw notSupported('a function in SQL that is not a query')
  const scope = argumentScope(def)
  const bound = bindTree(select, inner, {
    ctes: new Map(),
    dependsOn: new Set(),
    depth: 0,
    ...(scope.columns.length > 0 && { scope }),
  })
  const schema = schemaOf(visible(bound).plan)
  const wanted = def.set && def.result.name === 'struct' ? def.result.fields! : [{ type: def.result }]
  if (schema.length !== wanted.length) {
    const detail = `Final statement returns too ${schema.length > wanted.length ? 'many' : 'few'} columns.`
    throw new SqlError(
      'invalid_function_definition',
      `return type mismatch in function declared to return ${typeName(def.result)}`,
      { detail: wanted.length === 1 ? 'Final statement must return exactly one column.' : detail },
    )
  }
  wanted.forEach(({ type }, i) => {
    const made = schema[i]!.type
    if (dialectOf(context).exactReturns && !sameType(made, type))
      throw mismatch(def, `Actual return type is ${typeName(made)}.`)
    asResult(column(i, schema[i]!.type), { ...def, result: type }, context)
  })
}
