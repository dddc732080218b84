import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { arrayOf, BOOL, INT4, TEXT, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { as, type Body, str } from '../bind/ast.ts'
import { limited, tryCoerce } from '../bind/coerce.ts'
import type { Environment } from '../bind/environment.ts'
import { at, bindExpression } from '../bind/expression.ts'
import { documentKey, rejectSlice, subscriptError, textOf } from '../bind/indirection.ts'
import type { PgNode } from '../contract.ts'
import { call, literal } from '../expressions.ts'
import { assignable } from './assign.ts'

/** What is assigned: the value, and what errors call the column or the field that gets it. */
export interface Assignment {
  readonly name: string
  readonly value: PgNode
  readonly env: Environment
}

/** The value of a column after `SET column[1].field = value`: `old` with a part of it replaced. */
export function assignPart(old: Expression, steps: readonly PgNode[], assignment: Assignment): Expression {
  const [first, ...rest] = steps
  if (first === undefined) throw notSupported('an assignment to no part')
  const field = as(first, 'String')
  if (field !== undefined) return inField(old, str(field['sval']), rest, assignment)
  if (old.type.name === 'jsonb') return inDocument(old, steps, assignment)
  return inArray(old, steps, assignment)
}

/** The value itself, as the part holds it. Throws 42804, which `takes` begins. */
function whole(type: Type, { value, env }: Assignment, takes: string): Expression {
  return assignable(bindExpression(value, env), type, env.context, at(value, env), takes)
}

function subscripted(type: Type, assignment: Assignment): Expression {
  return whole(type, assignment, `subscripted assignment to "${assignment.name}" requires`)
}

function inField(
  old: Expression,
  field: string,
  rest: readonly PgNode[],
  { name, ...assigned }: Assignment,
): Expression {
  const fields = old.type.fields
  if (old.type.name !== 'struct' || fields === undefined) {
    const message = `cannot assign to field "${field}" of column "${name}" because its type ${typeName(old.type)} is not a composite type`
    throw new SqlError('datatype_mismatch', message)
  }
  const place = fields.findIndex(f => f.name === field)
  if (place === -1) {
    const message = `cannot assign to field "${field}" of column "${name}" because there is no such column in data type ${typeName(old.type)}`
    throw new SqlError('undefined_column', message)
  }
  const inner = { name: field, ...assigned }
  const values = fields.map(({ type, modifier }, i) => {
    const own = call('field', [old, literal(i, INT4)], type)
    if (i !== place) return own
    const value =
      rest.length > 0 ? assignPart(own, rest, inner) : whole(type, inner, `subfield "${field}" is of`)
    return limited(value, modifier, false)
  })
  return call('row', values, old.type)
}

function inDocument(old: Expression, steps: readonly PgNode[], assignment: Assignment): Expression {
  const { env } = assignment
  const keys = steps.map(step => {
    const subscript = as(step, 'A_Indices')
    if (subscript === undefined) throw notSupported('a field of a document')
    rejectSlice(subscript, old.type, env)
    return documentKey(subscript, env)
  })
  const value = subscripted(old.type, assignment)
  const numbers = literal(keys[0]!.type.name !== 'text', BOOL)
  const path = call('array', keys.map(textOf), arrayOf(TEXT))
  return call('$jsonb_assign(jsonb, text[], jsonb, bool) -> jsonb', [old, path, value, numbers], old.type)
}

function inArray(old: Expression, steps: readonly PgNode[], assignment: Assignment): Expression {
  const { type } = old
  const { env } = assignment
  if (type.name !== 'array' || type.label !== undefined) throw subscriptError(type, undefined)
  let part: Type = type
  const subscripts: Body[] = []
  while (part.name === 'array') {
    const subscript = as(steps[subscripts.length], 'A_Indices')
    if (subscript === undefined) break
    subscripts.push(subscript)
    part = part.element!
  }
  const rest = steps.slice(subscripts.length)
  if (as(rest[0], 'A_Indices') !== undefined && part.name !== 'jsonb')
    throw new SqlError('array_subscript_error', 'wrong number of array subscripts')
  const bound = (n: unknown): Expression =>
    n === undefined
      ? literal(OPEN, INT4)
      : (tryCoerce(bindExpression(n as PgNode, env), INT4, 'assignment', env.context, undefined) ??
        literal(null, INT4))
  if (subscripts.some(s => s['is_slice'] === true)) {
    if (rest.length > 0) throw notSupported('an assignment to a part of a slice')
    const bounds = subscripts.flatMap(s => [
      s['is_slice'] === true ? bound(s['lidx']) : literal(1, INT4),
      bound(s['uidx']),
    ])
    const source = subscripted(type, assignment)
    const limits = call('array', bounds, arrayOf(INT4))
    return call('$array_set_slice(anyarray, int4[], anyarray) -> anyarray', [old, limits, source], type)
  }
  const indexes = subscripts.map(s => bound(s['uidx']))
  const element =
    rest.length > 0 ? assignPart(elementAt(old, indexes), rest, assignment) : subscripted(part, assignment)
  const path = call('array', indexes, arrayOf(INT4))
  return call('$array_set(anyarray, int4[], any) -> anyarray', [old, path, element], type)
}

function elementAt(array: Expression, indexes: readonly Expression[]): Expression {
  return indexes.reduce(
    (e, index) => call('subscript(anyarray, int4) -> anyelement', [e, index], e.type.element!),
    array,
  )
}

/** A bound of a slice that was left out. */
const OPEN = -2147483648
