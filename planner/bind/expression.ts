import { leafOf } from '../../executor/functions/registry.ts'
import { dimensionsOfText } from '../../types/array-text.ts'
import { checkCollation } from '../../types/collation.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { isIncomparable } from '../../types/incomparable.ts'
import type { Expression } from '../../types/job.ts'
import { parseText } from '../../types/text-io.ts'
import {
  arrayOf,
  BIT,
  BOOL,
  dimensionsOf,
  INT4,
  INT8,
  NUMERIC,
  sameType,
  TEXT,
  type Type,
} from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { call, column, conjunction, literal, outer } from '../expressions.ts'
import { as, type Body, body, items, list, location, names, open, str } from './ast.ts'
import {
  callFunction,
  coerce,
  dialectOf,
  isUnknown,
  limited,
  settle,
  settleText,
  styleOf,
  tryCoerce,
  UNKNOWN,
  unify,
} from './coerce.ts'
import { requireComparison } from './comparable.ts'
import type { Environment } from './environment.ts'
import { bindFunction } from './function.ts'
import { bindGrouping } from './grouping-sets.ts'
import { bindIndirection } from './indirection.ts'
import { bindIsJson } from './is-json.ts'
import { bindLater } from './later.ts'
import { bindEmptyMap } from './map.ts'
import { withOrigin } from './origin.ts'
import { bindEach, fieldsAsked, isRow, wholeRow } from './row.ts'
import { resolveColumn, type Scope } from './scope.ts'
import { bindSubLink } from './sublink.ts'
import { bindModifier, bindType, intervalFields } from './type.ts'
import { bindValueFunction } from './value-function.ts'

/** Binds a scalar expression; quoted literals may stay untyped (UNKNOWN). */
export function bindExpression(node: PgNode, env: Environment): Expression {
  const [kind, fields] = open(node)
  switch (kind) {
    case 'A_Const':
      return withOrigin(bindConstant(node, fields, env), at(node, env))
    case 'ColumnRef':
      return withOrigin(bindColumn(fields, env), at(node, env))
    case 'ParamRef':
      return withOrigin(bindParameter(fields, env), at(node, env))
    case 'A_Expr':
      return bindOperator(fields, env)
    case 'BoolExpr':
      return bindBoolean(fields, env)
    case 'TypeCast':
      return bindCast(fields, env)
    case 'FuncCall':
      return bindFunction(fields, env)
    case 'NullTest': {
      const arg = settleText(bindExpression(fields['arg'] as PgNode, env), env.context)
      const test = fields['nulltesttype'] === 'IS_NULL' ? 'is null' : 'is not null'
      const fieldList = fieldsAsked(arg)
      if (fieldList === undefined) return call(test, [arg], BOOL)
      // A row is NULL, or is not, when all its fields are.
      const fieldwise = fieldList.map(field => call(test, [field], BOOL))
      return conjunction(fieldwise) ?? literal(true, BOOL)
    }
    case 'BooleanTest':
      return bindBooleanTest(fields, env)
    case 'CaseExpr':
      return bindCase(fields, env)
    case 'CoalesceExpr': {
      const bound = items(fields['args']).map((arg, i) =>
        i === 0 ? bindExpression(arg, env) : bindLater(arg, env),
      )
      const args = unify(bound, 'COALESCE', env.context, at(node, env))
      return call('coalesce', args, args[0]!.type)
    }
    case 'MinMaxExpr': {
      const greatest = fields['op'] === 'IS_GREATEST'
      const args = unify(
        bindList(fields['args'], env),
        greatest ? 'GREATEST' : 'LEAST',
        env.context,
        at(node, env),
      )
      requireComparison(args[0]!.type)
      return extreme(args, greatest ? '>' : '<', env)
    }
    case 'SubLink':
      return bindSubLink(fields, env)
    case 'A_ArrayExpr': {
      if (list(fields['elements']).length === 0)
        throw new SqlError('indeterminate_datatype', 'cannot determine type of empty array', {
          position: at(node, env),
          hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
        })
      const args = unify(bindList(fields['elements'], env), 'ARRAY', env.context, at(node, env))
      return call('array', args, arrayOf(args[0]?.type ?? TEXT))
    }
    case 'RowExpr': {
      // Untyped literals take the type of the field they meet.
      const args = bindEach(list(fields['args']), env).map(arg =>
        arg.kind === 'parameter' ? settleText(arg, env.context) : arg,
      )
      const type: Type = {
        name: 'struct',
        fields: args.map((arg, i) => ({ name: `f${i + 1}`, type: isUnknown(arg) ? TEXT : arg.type })),
      }
      return call('row', args, type)
    }
    case 'A_Indirection':
      return bindIndirection(fields, env)
    case 'JsonIsPredicate':
      return bindIsJson(fields, env, at(node, env))
    case 'GroupingFunc':
      return bindGrouping(fields, env)
    case 'SQLValueFunction':
      return bindValueFunction(fields, env)
    case 'CollateClause': {
      const e = bindExpression(fields['arg'] as PgNode, env)
      checkCollation(names(fields['collname']).at(-1)!, e.type, at(node, env))
      return e
    }
    case 'SetToDefault':
      throw new SqlError('syntax_error', 'DEFAULT is not allowed in this context', {
        position: at(node, env),
      })
    default:
      throw notSupported(kind, { position: at(node, env) })
  }
}

export function at(node: PgNode, env: Environment): number | undefined {
  return env.context.position(location(node))
}

/** Binds and converts to bool. */
export function bindCondition(node: PgNode, env: Environment, clause = env.clause): Expression {
  const e = bindExpression(node, env)
  if (isUnknown(e) || e.type.name === 'bool') return coerce(e, BOOL, 'implicit', env.context, at(node, env))
  const message = `argument of ${clause} must be type boolean, not type ${typeName(e.type)}`
  throw new SqlError('datatype_mismatch', message, { position: at(node, env) })
}

function bindList(value: unknown, env: Environment): readonly Expression[] {
  return items(value).map(n => bindExpression(n, env))
}

const INT4_MAX = 2147483647n
const INT8_MAX = 9223372036854775807n

export function bindConstant(node: PgNode, fields: Body, env: Environment): Expression {
  if (fields['isnull'] === true) return literal(null, UNKNOWN)
  if (fields['ival'] !== undefined)
    return literal((body(fields['ival'])['ival'] as number | undefined) ?? 0, INT4)
  if (fields['boolval'] !== undefined) return literal(body(fields['boolval'])['boolval'] === true, BOOL)
  if (fields['fval'] !== undefined) return numberLiteral(str(body(fields['fval'])['fval']), env)
  if (fields['sval'] !== undefined) return literal(str(body(fields['sval'])['sval']), UNKNOWN)
  return settle(literal(str(body(fields['bsval'])['bsval']), UNKNOWN), BIT, env.context, at(node, env))
}

function numberLiteral(text: string, env: Environment): Expression {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text)
    if (value <= INT4_MAX && value >= -INT4_MAX - 1n) return literal(Number(value), INT4)
    if (value <= INT8_MAX && value >= -INT8_MAX - 1n) return literal(value, INT8)
  }
  return literal(parseText(NUMERIC, text, styleOf(env.context)), NUMERIC)
}

function bindColumn(fields: Body, env: Environment): Expression {
  const path = list(fields['fields'])
  const position = env.context.position(fields['location'] as number | undefined)
  const variable = path.length === 1 && env.lambdas?.scope === env.scope
  const bound = variable ? env.lambdas.variables.get(names(path)[0]!) : undefined
  if (bound !== undefined) return bound
  const star = path.findIndex(p => as(p, 'A_Star') !== undefined)
  const rowOf = star === -1 ? names(path) : names(path.slice(0, star))
  if (star > 0) return wholeRow(rowOf, env) ?? missingTable(rowOf, position)
  if (star === 0) throw notSupported('* in this place', { position })
  const row = rowOf.length === 1 && !reaches(env.scope, rowOf[0]!) ? wholeRow(rowOf, env) : undefined
  if (row !== undefined) return row
  const { column: found, depth } = resolveColumn(env.scope, names(path), position)
  return depth === 0 ? column(found.index, found.type) : outer(found.index, depth, found.type)
}

function missingTable(path: readonly string[], position: number | undefined): never {
  const message = `missing FROM-clause entry for table "${path.at(-1)}"`
  throw new SqlError('undefined_table', message, { position })
}

function reaches(scope: Scope, name: string): boolean {
  if (scope.columns.some(c => c.name === name && !c.merged)) return true
  return scope.parent !== undefined && reaches(scope.parent, name)
}

function bindParameter(fields: Body, env: Environment): Expression {
  const index = ((fields['number'] as number | undefined) ?? 0) - 1
  if (index < 0) throw new SqlError('undefined_parameter', 'there is no parameter $0')
  const type = env.context.parameters[index] ?? env.context.inferred.get(index)
  if (type !== undefined) env.context.inferred.set(index, type)
  return { kind: 'parameter', index, type: type ?? UNKNOWN }
}

function bindBoolean(fields: Body, env: Environment): Expression {
  const op = fields['boolop']
  const inner = { ...env, clause: op === 'AND_EXPR' ? 'AND' : op === 'OR_EXPR' ? 'OR' : 'NOT' }
  const args = list(fields['args']).map(n => bindCondition(n, inner))
  if (op === 'NOT_EXPR') return not(args[0]!, env)
  return call(op === 'AND_EXPR' ? 'and' : 'or', args, BOOL)
}

/** NOT of a bool expression. */
export function not(e: Expression, env: Environment): Expression {
  return callFunction('not', [e], env.context, undefined)
}

function bindBooleanTest(fields: Body, env: Environment): Expression {
  const test = String(fields['booltesttype'])
  const arg = bindCondition(fields['arg'] as PgNode, env, test.replaceAll('_', ' '))
  switch (test) {
    case 'IS_TRUE':
      return call('is not distinct from', [arg, literal(true, BOOL)], BOOL)
    case 'IS_NOT_TRUE':
      return call('is distinct from', [arg, literal(true, BOOL)], BOOL)
    case 'IS_FALSE':
      return call('is not distinct from', [arg, literal(false, BOOL)], BOOL)
    case 'IS_NOT_FALSE':
      return call('is distinct from', [arg, literal(false, BOOL)], BOOL)
    case 'IS_UNKNOWN':
      return call('is null', [arg], BOOL)
    default:
      return call('is not null', [arg], BOOL)
  }
}

function bindOperator(fields: Body, env: Environment): Expression {
  const position = env.context.position(fields['location'] as number | undefined)
  const name = names(fields['name']).at(-1) ?? ''
  const right = fields['rexpr'] as PgNode
  const left = fields['lexpr'] as PgNode | undefined
  if (left === undefined) return bindPrefix(name, right, env, position)
  switch (fields['kind']) {
    case 'AEXPR_IN':
      return bindIn(left, items(right), name === '<>', env, position)
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return bindBetween(str(fields['kind']), left, items(right), env, position)
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL':
      return bindQuantified(name, left, right, fields['kind'] === 'AEXPR_OP_ANY', env, position)
    default:
  }
  const subquery = as(left, 'RowExpr') === undefined ? undefined : as(right, 'SubLink')
  if (subquery?.['subLinkType'] === 'EXPR_SUBLINK') {
    const compared = { subLinkType: 'ROWCOMPARE_SUBLINK', testexpr: left, operName: fields['name'] }
    return bindSubLink({ ...subquery, ...compared }, env)
  }
  const a = bindExpression(left, env)
  const b = bindExpression(right, env)
  switch (fields['kind']) {
    case 'AEXPR_OP':
      return areRows(left, right)
        ? compare(name, a, b, env, position)
        : compareValues(name, a, b, env, position)
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return callFunction(name, [a, b], env.context, position)
    case 'AEXPR_SIMILAR':
      return callFunction(name, [a, b], env.context, position)
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const args = unify([a, b], 'IS DISTINCT FROM', env.context, position)
      requireOperator('=', args[0]!.type, env, position)
      return call(
        fields['kind'] === 'AEXPR_DISTINCT' ? 'is distinct from' : 'is not distinct from',
        args,
        BOOL,
      )
    }
    case 'AEXPR_NULLIF': {
      const equals = compareValues('=', a, b, env, position)
      const value = isUnknown(a) ? settleText(a, env.context) : a
      return call('case', [equals, literal(null, value.type), value], value.type)
    }
    default:
      throw notSupported(str(fields['kind']), { position })
  }
}

function bindPrefix(name: string, right: PgNode, env: Environment, position: number | undefined): Expression {
  const constant = as(right, 'A_Const')
  if (name === '-' && constant?.['fval'] !== undefined)
    return numberLiteral(`-${str(body(constant['fval'])['fval'])}`, env)
  if (name === '-' && constant?.['ival'] !== undefined) {
    return literal(0 - ((body(constant['ival'])['ival'] as number | undefined) ?? 0), INT4)
  }
  return callFunction(name, [bindExpression(right, env)], env.context, position)
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

/** An operator on two bound operands; rows compare field by field. */
export function compare(
  name: string,
  a: Expression,
  b: Expression,
  env: Environment,
  position: number | undefined,
): Expression {
  if (COMPARISONS.has(name) && isRow(a) && isRow(b)) return compareRows(name, a.args, b.args, env, position)
  return compareValues(name, a, b, env, position)
}

/** The same of two values: records are compared as a whole, NULLs in them are equal. */
function compareValues(
  name: string,
  a: Expression,
  b: Expression,
  env: Environment,
  position: number | undefined,
): Expression {
  // Untyped fields of a row take the types of the record it is held against.
  const [row, other] = isRow(a) ? [a, b] : [b, a]
  const typed =
    isRow(row) && !isUnknown(other)
      ? tryCoerce(row, other.type, 'implicit', env.context, position)
      : undefined
  if (typed === undefined) return callFunction(name, [a, b], env.context, position)
  return callFunction(name, isRow(a) ? [typed, b] : [a, typed], env.context, position)
}

/** Both are written as rows, which are compared field by field. */
function areRows(a: PgNode, b: PgNode): boolean {
  return as(a, 'RowExpr') !== undefined && as(b, 'RowExpr') !== undefined
}

function compareRows(
  op: string,
  a: readonly Expression[],
  b: readonly Expression[],
  env: Environment,
  position: number | undefined,
): Expression {
  if (a.length !== b.length)
    throw new SqlError('syntax_error', 'unequal number of entries in row expressions', { position })
  const pair = (name: string, i: number): Expression => compare(name, a[i]!, b[i]!, env, position)
  const all = (name: string): Expression[] => a.map((_, i) => pair(name, i))
  if (op === '=') return call('and', all('='), BOOL)
  if (op === '<>') return call('or', all('<>'), BOOL)
  const strict = op[0]!
  let result = pair(op, a.length - 1)
  for (let i = a.length - 2; i >= 0; i--) {
    result = call('or', [pair(strict, i), call('and', [pair('=', i), result], BOOL)], BOOL)
  }
  return result
}

function bindIn(
  left: PgNode,
  nodes: readonly PgNode[],
  negated: boolean,
  env: Environment,
  position: number | undefined,
): Expression {
  const needle = bindExpression(left, env)
  const values = nodes.map(n => bindExpression(n, env))
  const found = isRow(needle)
    ? call(
        'or',
        values.map(v => compare('=', needle, v, env, position)),
        BOOL,
      )
    : call('in', comparable(unify([needle, ...values], 'IN', env.context, position), env, position), BOOL)
  return negated ? not(found, env) : found
}

function comparable(
  values: readonly Expression[],
  env: Environment,
  position: number | undefined,
): readonly Expression[] {
  requireOperator('=', values[0]!.type, env, position)
  return values
}

/** Throws 42883 where the type's values are not compared. */
function requireOperator(name: string, type: Type, env: Environment, position: number | undefined): void {
  const value = literal(null, type)
  if (isIncomparable(type)) callFunction(name, [value, value], env.context, position)
}

function bindBetween(
  kind: string,
  left: PgNode,
  bounds: readonly PgNode[],
  env: Environment,
  position: number | undefined,
): Expression {
  const value = bindExpression(left, env)
  const [low, high] = bounds.map(n => bindExpression(n, env)) as [Expression, Expression]
  const within = (a: Expression, b: Expression): Expression =>
    call('and', [compare('>=', value, a, env, position), compare('<=', value, b, env, position)], BOOL)
  const inside = kind.endsWith('_SYM')
    ? call('or', [within(low, high), within(high, low)], BOOL)
    : within(low, high)
  return kind.includes('NOT') ? not(inside, env) : inside
}

function bindQuantified(
  name: string,
  left: PgNode,
  right: PgNode,
  any: boolean,
  env: Environment,
  position: number | undefined,
): Expression {
  const needle = bindExpression(left, env)
  let array = bindExpression(right, env)
  if (isUnknown(array)) {
    array = coerce(array, arrayOf(isUnknown(needle) ? TEXT : needle.type), 'implicit', env.context, position)
  }
  if (array.type.name !== 'array') {
    throw new SqlError('wrong_object_type', `op ANY/ALL (array) requires array on right side`, { position })
  }
  const element = array.type.element!
  if (COMPARISONS.has(name)) requireOperator(name, element, env, position)
  const elements =
    array.kind === 'call' && array.fn === 'array'
      ? array.args
      : array.kind === 'literal' && Array.isArray(array.value)
        ? array.value.map(v => literal(v, element))
        : undefined
  if (elements !== undefined) {
    const tests = elements.map(e => compareValues(name, needle, e, env, position))
    return tests.length === 0 ? literal(!any, BOOL) : call(any ? 'or' : 'and', tests, BOOL)
  }
  const typed = isUnknown(needle) ? coerce(needle, element, 'implicit', env.context, position) : needle
  if (['=', '<>', '<', '<=', '>', '>='].includes(name))
    return callFunction(`${any ? 'any' : 'all'}_${name}`, [array, typed], env.context, position)
  // Any other operator: an array of its answers, of which any or all are true.
  const outside = env.lambdas?.scope === env.scope ? env.lambdas.variables.size : 0
  const depth = literal(outside, INT4)
  const test = compare(name, typed, call('$variable', [depth], element), env, position)
  const tests = call('array_transform', [array, test, depth], arrayOf(BOOL))
  return callFunction(`${any ? 'any' : 'all'}_=`, [tests, literal(true, BOOL)], env.context, position)
}

function extreme(args: readonly Expression[], op: string, env: Environment): Expression {
  // NULLs are ignored: the winner so far stays unless the next value beats it or it is NULL.
  return args.reduce((best, next) => {
    const wins = call('or', [call('is null', [best], BOOL), compare(op, next, best, env, undefined)], BOOL)
    return call('case', [call('is null', [next], BOOL), best, wins, next, best], best.type)
  })
}

function bindCase(fields: Body, env: Environment): Expression {
  const position = env.context.position(fields['location'] as number | undefined)
  const subject = fields['arg'] === undefined ? undefined : bindExpression(fields['arg'] as PgNode, env)
  const whens = list(fields['args']).map(n => as(n, 'CaseWhen')!)
  const tests = whens.map(when => {
    const test = when['expr'] as PgNode
    if (subject === undefined) return bindCondition(test, { ...env, clause: 'CASE/WHEN' })
    return compareValues('=', subject, bindExpression(test, env), env, position)
  })
  const results = whens.map(when => bindExpression(when['result'] as PgNode, env))
  const otherwise =
    fields['defresult'] === undefined
      ? literal(null, UNKNOWN)
      : bindExpression(fields['defresult'] as PgNode, env)
  const values = unify([...results, otherwise], 'CASE', env.context, position)
  return call('case', [...tests.flatMap((test, i) => [test, values[i]!]), values.at(-1)!], values[0]!.type)
}

function bindCast(fields: Body, env: Environment): Expression {
  const modifier = bindModifier(body(fields['typeName']), env.context)
  return limited(bindPlainCast(fields, env), modifier, true)
}

function bindPlainCast(fields: Body, env: Environment): Expression {
  const typeNode = body(fields['typeName'])
  const type = bindType(typeNode, env)
  const array = as(fields['arg'], 'A_ArrayExpr')
  const { fixedDimensions } = dialectOf(env.context)
  if (array !== undefined && type.name === 'array') {
    const depth = fixedDimensions ? 0 : depthOfConstructor(fields['arg'] as PgNode)
    return bindArrayAs(array, deepened(type, depth), env)
  }
  const empty = bindEmptyMap(fields['arg'] as PgNode, type)
  if (empty !== undefined) return empty
  const arg = bindExpression(fields['arg'] as PgNode, env)
  const position = at(fields['arg'] as PgNode, env)
  if (type.name === 'interval' && isUnknown(arg))
    return settle(arg, type, env.context, position, intervalFields(typeNode))
  const sign = env.context.position(fields['location'] as number | undefined)
  const deep = fixedDimensions ? type : asDeep(type, arg)
  const done = coerce(arg, deep, 'explicit', env.context, isUnknown(arg) ? position : (sign ?? position))
  return sameType(done.type, type) ? { ...done, type } : done
}

/** Untyped arguments as arrays of texts, of as many dimensions as they are written with. */
export function asTexts(e: Expression, context: BindContext): Expression {
  return isUnknown(e) ? settle(e, asDeep(arrayOf(TEXT), e), context, undefined) : e
}

/** An array type with as many dimensions as the value or its text has: PostgreSQL's int[] is of any number of them. */
function asDeep(type: Type, e: Expression): Type {
  if (type.name !== 'array' || type.label !== undefined) return type
  if (!isUnknown(e)) return deepened(type, dimensionsOf(e.type))
  if (e.kind !== 'literal' || typeof e.value !== 'string') return type
  const leaf = leafOf(type)
  // A brace of a value that is a document or a map is not one of a dimension.
  if (leaf.name === 'jsonb' || leaf.name === 'json' || leaf.name === 'map' || leaf.name === 'struct')
    return type
  return deepened(type, dimensionsOfText(e.value))
}

function deepened(type: Type, depth: number): Type {
  let deep = type
  for (let own = dimensionsOf(type); own < depth; own++) deep = arrayOf(deep)
  return deep
}

/** How deep ARRAY[ARRAY[…]] goes. */
function depthOfConstructor(node: PgNode): number {
  const fields = as(node, 'A_ArrayExpr')
  if (fields === undefined) return 0
  return 1 + Math.max(0, ...list(fields['elements']).map(depthOfConstructor))
}

/** ARRAY[…]::type[]: every element is cast on its own. */
function bindArrayAs(fields: Body, type: Type, env: Environment): Expression {
  const element = type.element!
  const args = list(fields['elements']).map(node => {
    const inner = as(node, 'A_ArrayExpr')
    if (inner !== undefined && element.name === 'array') return bindArrayAs(inner, element, env)
    return coerce(bindExpression(node, env), element, 'explicit', env.context, at(node, env))
  })
  return call('array', args, type)
}
