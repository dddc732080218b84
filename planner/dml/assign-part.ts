import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, INT4, TEXT, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { as, type Body, str } from '../bind/ast.ts'
import { isUnknown, settle, tryCoerce } from '../bind/coerce.ts'
import type { Environment } from '../bind/environment.ts'
import { at, bindExpression } from '../bind/expression.ts'
import { documentKey, positionOf, textOf } from '../bind/indirection.ts'
import type { PgNode } from '../contract.ts'
import { call, literal } from '../expressions.ts'

/** The value of a column after `SET column[1].field = value`: `old` with a part of it replaced. */
export function assignPart(
  old: Expression,
  steps: readonly PgNode[],
  value: PgNode,
  column: string,
  env: Environment,
): Expression {
  const [first, ...rest] = steps
  if (first === undefined) throw notSupported('an assignment to no part')
  const field = as(first, 'String')
  if (field !== undefined) return inField(old, str(field['sval']), rest, value, column, env)
  if (old.type.name === 'jsonb') return inDocument(old, steps, value, column, env)
  return inArray(old, steps, value, column, env)
}

/** The part itself, or what is left of the way to it. */
function inner(
  part: () => Expression,
  type: Type,
  rest: readonly PgNode[],
  value: PgNode,
  column: string,
  env: Environment,
  what: 'subfield' | 'subscripted assignment to',
): Expression {
  if (rest.length > 0) return assignPart(part(), rest, value, column, env)
  const bound = bindExpression(value, env)
  const position = at(value, env)
  const done = isUnknown(bound)
    ? settle(bound, type, env.context, position)
    : tryCoerce(bound, type, 'assignment', env.context, position)
  if (done !== undefined) return done
  const message =
    what === 'subfield'
      ? `subfield "${column}" is of type ${typeName(type)} but expression is of type ${typeName(bound.type)}`
      : `subscripted assignment to "${column}" requires type ${typeName(type)} but expression is of type ${typeName(bound.type)}`
  const hint = 'You will need to rewrite or cast the expression.'
  throw new SqlError('datatype_mismatch', message, { position, hint })
}

function inField(
  old: Expression,
  name: string,
  rest: readonly PgNode[],
  value: PgNode,
  column: string,
  env: Environment,
): Expression {
  const fields = old.type.fields
  if (old.type.name !== 'struct' || fields === undefined) {
    const message = `cannot assign to field "${name}" of column "${column}" because its type ${typeName(old.type)} is not a composite type`
    throw new SqlError('datatype_mismatch', message)
  }
  const place = fields.findIndex(f => f.name === name)
  if (place === -1) {
    const message = `cannot assign to field "${name}" of column "${column}" because there is no such column in data type ${typeName(old.type)}`
    throw new SqlError('undefined_column', message)
  }
  const values = fields.map(({ type }, i) => {
    const own = (): Expression => call('field', [old, literal(i, INT4)], type)
    return i === place ? inner(own, type, rest, value, name, env, 'subfield') : own()
  })
  return call('row', values, old.type)
}

function inDocument(
  old: Expression,
  steps: readonly PgNode[],
  value: PgNode,
  column: string,
  env: Environment,
): Expression {
  const keys = steps.map(step => {
    const subscript = as(step, 'A_Indices')
    if (subscript === undefined) throw notSupported('a field of a document')
    if (subscript['is_slice'] === true)
      throw new SqlError('datatype_mismatch', 'jsonb subscript does not support slices', {
        position: positionOf(subscript, env),
      })
    const index = bindExpression(subscript['uidx'] as PgNode, env)
    return documentKey(index, positionOf(subscript, env), env)
  })
  const last = inner(() => old, old.type, [], value, column, env, 'subscripted assignment to')
  const numbers = literal(keys[0]!.type.name !== 'text', { name: 'bool' })
  const path = call(
    'array',
    keys.map(key => textOf(key)),
    arrayOf(TEXT),
  )
  return call('$jsonb_assign(jsonb, text[], jsonb, bool) -> jsonb', [old, path, last, numbers], old.type)
}

function inArray(
  old: Expression,
  steps: readonly PgNode[],
  value: PgNode,
  column: string,
  env: Environment,
): Expression {
  const { type } = old
  if (type.name !== 'array' || type.label !== undefined) {
    const message = `cannot subscript type ${typeName(type)} because it does not support subscripting`
    throw new SqlError('datatype_mismatch', message)
  }
  let count = 0
  let part: Type = type
  const subscripts: Body[] = []
  for (; part.name === 'array' && as(steps[count] ?? {}, 'A_Indices') !== undefined; count++) {
    subscripts.push(as(steps[count]!, 'A_Indices')!)
    part = part.element!
  }
  const rest = steps.slice(count)
  if (as(rest[0] ?? {}, 'A_Indices') !== undefined && part.name !== 'jsonb')
    throw new SqlError('array_subscript_error', 'wrong number of array subscripts')
  const bound = (n: unknown, otherwise: number): Expression =>
    n === undefined
      ? literal(otherwise, INT4)
      : (tryCoerce(bindExpression(n as PgNode, env), INT4, 'assignment', env.context, undefined) ??
        literal(null, INT4))
  if (subscripts.some(s => s['is_slice'] === true)) {
    if (rest.length > 0) throw notSupported('an assignment to a part of a slice')
    const bounds = subscripts.flatMap(s =>
      s['is_slice'] === true
        ? [bound(s['lidx'], OPEN), bound(s['uidx'], OPEN)]
        : [literal(1, INT4), bound(s['uidx'], OPEN)],
    )
    const source = inner(() => old, type, [], value, column, env, 'subscripted assignment to')
    const limits = call('array', bounds, arrayOf(INT4))
    return call('$array_set_slice(anyarray, int4[], anyarray) -> anyarray', [old, limits, source], type)
  }
  const indexes = subscripts.map(s => bound(s['uidx'], OPEN))
  const own = (): Expression =>
    indexes.reduce(
      (e, index) => call('subscript(anyarray, int4) -> anyelement', [e, index], e.type.element!),
      old,
    )
  const element = inner(own, part, rest, value, column, env, 'subscripted assignment to')
  const path = call('array', indexes, arrayOf(INT4))
  return call('$array_set(anyarray, int4[], any) -> anyarray', [old, path, element], type)
}

/** A bound of a slice that was left out. */
const OPEN = -2147483648
