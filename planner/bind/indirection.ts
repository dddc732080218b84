import { leafOf } from '../../executor/functions/registry.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, dimensionsOf, INT4, TEXT, type Type } from '../../types/type.ts'
import { firstSubscript } from '../../types/type-labels.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { call, literal } from '../expressions.ts'
import { as, type Body, list, str } from './ast.ts'
import { callFunction, coerce, isUnknown, settle, tryCoerce } from './coerce.ts'
import type { Environment } from './environment.ts'
import { at, bindExpression } from './expression.ts'
import { bindMapAccess } from './map.ts'
import { requireRecord } from './row.ts'

const DIMENSIONS_MAX = 6

/** `value.field`, `value[1]`, `value[1:2][3]`, `document['key']`, one after the other. */
export function bindIndirection(fields: Body, env: Environment): Expression {
  const steps = list(fields['indirection'])
  const arg = fields['arg'] as PgNode
  let value = bindExpression(arg, env)
  for (let i = 0; i < steps.length; i++) {
    const field = as(steps[i], 'String')
    const subscript = as(steps[i], 'A_Indices')
    if (field !== undefined) value = fieldOf(value, str(field['sval']))
    // Where a value is wanted, `(record).*` is the record, as `t.*` is the row.
    else if (subscript === undefined) requireRecord(value, at(arg, env))
    else if (value.type.name === 'map' || value.type.name === 'jsonb')
      value = elementOf(value, subscript, env)
    else {
      const subscripts = subscriptsOf(value.type, steps.slice(i))
      value = subscripted(value, subscripts, env, at(arg, env))
      i += subscripts.length - 1
    }
  }
  return value
}

/** The subscripts that come next and are those of the array itself. */
function subscriptsOf(type: Type, steps: readonly PgNode[]): readonly Body[] {
  const subscripts: Body[] = []
  for (const step of steps) {
    const subscript = as(step, 'A_Indices')
    if (subscript === undefined || !inside(type, subscripts.length)) break
    subscripts.push(subscript)
  }
  return subscripts
}

/** Whether another subscript after `count` of them still is one of the array. */
function inside(type: Type, count: number): boolean {
  let inner: Type = type
  for (let i = 0; i < count && inner.name === 'array'; i++) inner = inner.element!
  return inner.name !== 'map' && inner.name !== 'jsonb'
}

function elementOf(value: Expression, subscript: Body, env: Environment): Expression {
  rejectSlice(subscript, value.type, env)
  if (value.type.name === 'map')
    return bindMapAccess(value, bindExpression(subscript['uidx'] as PgNode, env), env)
  const key = textOf(documentKey(subscript, env))
  return call('#>(jsonb, text[]) -> jsonb', [value, call('array', [key], arrayOf(TEXT))], value.type)
}

/** Throws 42804 for `[1:2]` of a value that has no slices. */
export function rejectSlice(subscript: Body, type: Type, env: Environment): void {
  if (subscript['is_slice'] !== true) return
  const message = `${typeName(type)} subscript does not support slices`
  throw new SqlError('datatype_mismatch', message, { position: positionOf(subscript, env) })
}

/** Where a subscript's number, or the last of its bounds, stands. */
function positionOf(subscript: Body, env: Environment): number | undefined {
  return at((subscript['uidx'] ?? subscript['lidx'] ?? {}) as PgNode, env)
}

function subscripted(
  value: Expression,
  subscripts: readonly Body[],
  env: Environment,
  position: number | undefined,
): Expression {
  const { type } = value
  if (type.name !== 'array') throw subscriptError(type, position)
  if (subscripts.length > DIMENSIONS_MAX) {
    const message = `number of array dimensions (${subscripts.length}) exceeds the maximum allowed (${DIMENSIONS_MAX})`
    throw new SqlError('program_limit_exceeded', message)
  }
  const shift = 1 - firstSubscript(type)
  const bound = (n: unknown): Expression => {
    const own = coerce(bindExpression(n as PgNode, env), INT4, 'assignment', env.context, undefined)
    return shift === 0 ? own : callFunction('+', [own, literal(shift, INT4)], env.context, undefined)
  }
  const depth = type.label === undefined ? dimensionsOf(type) : 1
  const slices = subscripts.some(s => s['is_slice'] === true)
  // No array of this type has so many dimensions.
  if (!slices && subscripts.length > depth) return literal(null, leafOf(type))
  // As in RisingWave one after the other: a slice of slices, an element of a slice.
  return subscripts.reduce((e: Expression, s) => {
    if (s['is_slice'] !== true)
      return callFunction('subscript', [e, bound(s['uidx'])], env.context, undefined)
    const low = s['lidx'] === undefined ? literal(1, INT4) : bound(s['lidx'])
    const high = s['uidx'] === undefined ? literal(2147483647, INT4) : bound(s['uidx'])
    return callFunction('array_slice', [e, low, high], env.context, undefined)
  }, value)
}

/** A value of the type has no subscripts. */
export function subscriptError(type: Type, position: number | undefined): SqlError {
  const message = `cannot subscript type ${typeName(type)} because it does not support subscripting`
  return new SqlError('datatype_mismatch', message, { position })
}

/** A subscript of a document: an integer or a text. Throws 42804. */
export function documentKey(subscript: Body, env: Environment): Expression {
  const index = bindExpression(subscript['uidx'] as PgNode, env)
  if (isUnknown(index)) return settle(index, TEXT, env.context, undefined)
  if (index.type.name === 'text') return index
  const done = tryCoerce(index, INT4, 'implicit', env.context, undefined)
  if (done !== undefined) return done
  const message = `subscript type ${typeName(index.type)} is not supported`
  const hint = 'jsonb subscript must be coercible to either integer or text.'
  throw new SqlError('datatype_mismatch', message, { position: positionOf(subscript, env), hint })
}

/** The key as the text that a path has. */
export function textOf(key: Expression): Expression {
  return key.type.name === 'text' ? key : call('cast', [key], TEXT)
}

/** A field of a record. Throws 42703. */
function fieldOf(value: Expression, name: string): Expression {
  const position = value.type.fields?.findIndex(f => f.name === name) ?? -1
  if (position === -1) {
    const message =
      value.type.user === undefined
        ? `could not identify column "${name}" in record data type`
        : `column "${name}" not found in data type ${typeName(value.type)}`
    throw new SqlError('undefined_column', message)
  }
  return call('field', [value, literal(position, INT4)], value.type.fields![position]!.type)
}
