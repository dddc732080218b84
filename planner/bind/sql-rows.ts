import { notSupported } from '../../types/error.ts'
import { castName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import type { FunctionDef } from '../function-def.ts'
import { parseStoredExpression } from '../parse/index.ts'
import { as, type Body, body, list, names, open } from './ast.ts'
import type { Environment } from './environment.ts'
import { bodyQuery } from './function-body.ts'
import { bodyContext } from './inline-function.ts'
import { functionsOf } from './table-function.ts'
import { unknownCall, userFunctions } from './user-function.ts'

/**
 * An item of FROM in which calls of functions in SQL that return rows are their queries: `f(x)` is
 * `LATERAL (SELECT rows.* FROM (SELECT x AS "$1") AS f, LATERAL (body) AS rows)`.
 */
export function withSqlRows(node: PgNode, env: Environment): PgNode {
  if (env.context.catalog.functions.length === 0) return node
  const [kind, fields] = open(node)
  if (kind === 'JoinExpr') {
    const [larg, rarg] = [fields['larg'] as PgNode, fields['rarg'] as PgNode]
    return { JoinExpr: { ...fields, larg: withSqlRows(larg, env), rarg: withSqlRows(rarg, env) } }
  }
  if (kind !== 'RangeFunction') return node
  const [only, other] = functionsOf(fields)
  const call = only?.call ?? {}
  const users = userFunctions(names(call['funcname']), env.context).filter(f => f.language === 'sql' && f.set)
  if (users.length === 0) return node
  const position = env.context.position(call['location'] as number | undefined)
  if (other !== undefined || fields['ordinality'] === true)
    throw notSupported('ROWS FROM or WITH ORDINALITY with a function in SQL', { position })
  const args = list(call['args'])
  const [def, second] = users.filter(
    f => f.args.length >= args.length && f.args.slice(args.length).every(arg => arg.default !== undefined),
  )
  if (def === undefined) throw unknownCall(users[0]!.name, call, env, position)
  if (second !== undefined || args.some(arg => as(arg, 'NamedArgExpr') !== undefined))
    throw notSupported('overloads or named arguments of a function in SQL that returns rows', { position })
  env.context.authorizeCall?.(def)
  env.dependsOn.add(def.id)
  return asSubselect(def, args, body(fields['alias']), env, position)
}

function asSubselect(
  def: FunctionDef,
  args: readonly PgNode[],
  alias: Body,
  env: Environment,
  position: number | undefined,
): PgNode {
  const query = bodyQuery(def, bodyContext(def, env.context, position))!
  const values = def.args.map((arg, i) =>
    target(cast(args[i] ?? parseStoredExpression(arg.default!), castName(arg.type)), `$${i + 1}`),
  )
  const renamed = def.args.flatMap((arg, i) => {
    const value = reference(`$${i + 1}`)
    return [target(value, `$${i + 1}`), ...(arg.name === undefined ? [] : [target(value, arg.name)])]
  })
  const numbered = subselect({ targetList: values }, 'numbered')
  const given =
    def.args.length === 0 ? [] : [subselect({ targetList: renamed, fromClause: [numbered] }, def.name)]
  const types = def.result.name === 'struct' ? def.result.fields!.map(f => f.type) : [def.result]
  const columns = types.map((_, i) => `c${i}`)
  const rows = subselect(query, 'rows', columns)
  const named = def.columns ?? (columns.length === 1 ? [aliasName(alias) ?? def.name] : columnNames(def))
  const select = {
    targetList: types.map((type, i) =>
      target(cast(reference('rows', columns[i]!), castName(type)), named[i]!),
    ),
    fromClause: [...given, rows],
  }
  const { RangeSubselect: made } = subselect(select, aliasName(alias) ?? def.name) as { RangeSubselect: Body }
  const own = { ...body(made['alias']), ...alias }
  return { RangeSubselect: { ...made, alias: own } }
}

function aliasName(alias: Body): string | undefined {
  return alias['aliasname'] as string | undefined
}

function columnNames(def: FunctionDef): readonly string[] {
  return def.result.fields!.map(field => field.name)
}

function text(sval: string): PgNode {
  return { String: { sval } }
}

function reference(...path: readonly string[]): PgNode {
  return { ColumnRef: { fields: path.map(text) } }
}

function target(val: PgNode, name: string): PgNode {
  return { ResTarget: { name, val } }
}

/** `value::type`. */
function cast(arg: PgNode, type: string): PgNode {
  const fields = as(parseStoredExpression(`NULL::${type}`), 'TypeCast')!
  return { TypeCast: { ...fields, arg } }
}

function subselect(select: Body, aliasname: string, columns: readonly string[] = []): PgNode {
  const subquery = { SelectStmt: { op: 'SETOP_NONE', limitOption: 'LIMIT_OPTION_DEFAULT', ...select } }
  const alias = { aliasname, ...(columns.length > 0 && { colnames: columns.map(text) }) }
  return { RangeSubselect: { lateral: true, subquery, alias } }
}
