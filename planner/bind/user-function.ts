import { castContext } from '../../executor/functions/casts.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { sameType, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { BindContext, PgNode } from '../contract.ts'
import type { FunctionDef } from '../function-def.ts'
import { parseStoredExpression } from '../parse/index.ts'
import { as, type Body, list, str } from './ast.ts'
import { coerce, heldTo, inBlock, isUnknown } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { inlined } from './inline-function.ts'
import { aggregateFn, callJavaScript } from './javascript-call.ts'
import { scalarEnvironment } from './scalar.ts'
import { unknownFunction } from './unknown-function.ts'

/** A call of a function that a user made: which one, and its arguments in order, converted. */
export interface UserCall {
  readonly function: FunctionDef
  readonly args: readonly Expression[]
}

/** Functions of users that `[schema.]name` may mean, along the search path. */
export function userFunctions(path: readonly string[], context: BindContext): readonly FunctionDef[] {
  const [name, schema, database] = [path.at(-1), path.at(-2), path.at(-3) ?? context.database]
  if (context.catalog.functions.length === 0) return []
  const schemas = schema === undefined ? context.searchPath : [schema]
  return context.catalog.functions
    .filter(f => f.name === name && f.database === database && schemas.includes(f.schema))
    .sort((a, b) => schemas.indexOf(a.schema) - schemas.indexOf(b.schema))
}

/** The call that the arguments mean; undefined: none of these functions takes them. */
export function resolveUser(
  functions: readonly FunctionDef[],
  fields: Body,
  env: Environment,
  position: number | undefined,
): UserCall | undefined {
  const given = list(fields['args']).map(node => boundArgument(node, env))
  const fitting = functions.flatMap(f => {
    const values = arranged(f, given)
    const cost = values === undefined ? undefined : costOf(f, values)
    return cost === undefined ? [] : [{ function: f, values: values!, cost }]
  })
  if (fitting.length === 0) return undefined
  const least = Math.min(...fitting.map(({ cost }) => cost))
  const [best, other] = fitting.filter(({ cost }) => cost === least)
  if (other !== undefined && other.function.schema === best!.function.schema)
    throw new SqlError(
      'ambiguous_function',
      `function ${functions[0]!.name}(${given.map(shown).join(', ')}) is not unique`,
      {
        position,
        hint: 'Could not choose a best candidate function. You might need to add explicit type casts.',
      },
    )
  env.context.authorizeCall?.(best!.function)
  const args = best!.function.args.map((arg, i) =>
    coerce(best!.values[i] ?? defaultOf(arg.default!, env), arg.type, 'implicit', env.context, position),
  )
  return { function: best!.function, args }
}

/** 42883 for a call that no function takes. */
export function unknownCall(
  name: string,
  fields: Body,
  env: Environment,
  position: number | undefined,
): SqlError {
  const given = list(fields['args']).map(node => shown(boundArgument(node, env)))
  return unknownFunction(name, `${name}(${given.join(', ')})`, position)
}

/** The value of a call of a scalar function, or the call of one that returns rows. */
export function userValue(call: UserCall, env: Environment, position: number | undefined): Expression {
  const { function: def, args } = call
  env.dependsOn.add(def.id)
  if (def.language === 'sql') return inlined(call, env, position)
  if (def.volatility === 'volatile' && env.context.mode === 'stream')
    throw notSupported(`${def.name}(), which is volatile, in a view`, { position })
  const made = callJavaScript(def, args)
  const value = def.volatility === 'volatile' ? inBlock(made, env.context) : made
  return def.set ? value : heldTo(value, def.result, false, env.context)
}

/** The call of a user's aggregate. */
export function userAggregate(
  users: readonly FunctionDef[],
  fields: Body,
  env: Environment,
  position: number | undefined,
): { readonly fn: string; readonly args: readonly Expression[]; readonly type: Type } {
  const found = resolveUser(users, fields, env, position)
  if (found === undefined) throw unknownCall(users[0]!.name, fields, env, position)
  env.dependsOn.add(found.function.id)
  return { fn: aggregateFn(found.function), args: found.args, type: found.function.result }
}

interface Given {
  readonly name: string | undefined
  readonly value: Expression
}

function boundArgument(node: PgNode, env: Environment): Given {
  const named = as(node, 'NamedArgExpr')
  if (named === undefined) return { name: undefined, value: bindExpression(node, env) }
  return { name: str(named['name']), value: bindExpression(named['arg'] as PgNode, env) }
}

function shown({ name, value }: Given): string {
  const type = isUnknown(value) ? 'unknown' : typeName(value.type)
  return name === undefined ? type : `${name} => ${type}`
}

/** The arguments at their places; undefined: it takes others. */
function arranged(f: FunctionDef, given: readonly Given[]): readonly (Expression | undefined)[] | undefined {
  if (given.length > f.args.length) return undefined
  const values = new Array<Expression | undefined>(f.args.length).fill(undefined)
  for (const [i, { name, value }] of given.entries()) {
    const at = name === undefined ? i : f.args.findIndex(arg => arg.name === name)
    if (at === -1 || values[at] !== undefined) return undefined
    values[at] = value
  }
  return values.every((value, i) => value !== undefined || f.args[i]!.default !== undefined)
    ? values
    : undefined
}

const NUMBERS = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']

/** How far the arguments are from what it takes; undefined: they cannot be converted. */
function costOf(f: FunctionDef, values: readonly (Expression | undefined)[]): number | undefined {
  let cost = 0
  for (const [i, value] of values.entries()) {
    const { type } = f.args[i]!
    // A default costs something, so that the function without it comes first.
    if (value === undefined) cost += 0.01
    else if (isUnknown(value)) cost += type.name === 'text' ? 0 : 0.1
    else if (value.kind === 'call' && value.fn === 'row' && type.name === 'struct') cost += 1
    else if (!sameType(value.type, type)) {
      if (castContext(value.type, type) !== 'implicit') return undefined
      const [from, to] = [NUMBERS.indexOf(value.type.name), NUMBERS.indexOf(type.name)]
      cost += from >= 0 && to >= 0 ? to - from : 1
    }
  }
  return cost
}

function defaultOf(sql: string, env: Environment): Expression {
  return bindExpression(parseStoredExpression(sql), scalarEnvironment([], env.context, 'DEFAULT'))
}
