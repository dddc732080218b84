import { functionById, isSetFunction } from '../../executor/functions/index.ts'
import { isJavaScript } from '../../executor/javascript/definition.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INT4 } from '../../types/type.ts'
import type { Modifier } from '../../types/type-modifier.ts'
import type { PgNode } from '../contract.ts'
import { call, column, everyColumn, literal } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { attach } from '../unnest/attach-subqueries.ts'
import { as, type Body, body, items, list, names, str } from './ast.ts'
import { callFunction, heldTo, limited } from './coerce.ts'
import type { Environment } from './environment.ts'
import { bindExpression } from './expression.ts'
import { populated } from './record-shape.ts'
import type { ScopeColumn } from './scope.ts'
import { bindModifier } from './type.ts'
import { resolveUser, userFunctions, userValue } from './user-function.ts'

/** A function in FROM as written: its call, and the columns that its AS gives. */
interface Written {
  readonly node: PgNode
  readonly call: Body
  readonly columns: readonly PgNode[]
}

/** The functions of an item of FROM: one, or those of ROWS FROM. */
export function functionsOf(fields: Body): readonly Written[] {
  return list(fields['functions']).map(function_ => {
    const [node, columns] = items(function_) as [PgNode, PgNode | undefined]
    const own = columns === undefined ? [] : items(columns)
    return {
      node,
      call: as(node, 'FuncCall') ?? {},
      columns: own.length > 0 ? own : list(fields['coldeflist']),
    }
  })
}

/** The rows of functions side by side, beside each row of `before`; a struct's fields are columns. `outer`: a row stays without any. */
export function bindTableFunctions(
  fields: Body,
  env: Environment,
  before: { readonly plan: Plan; readonly columns: readonly ScopeColumn[] },
  outer: boolean,
): { readonly plan: Plan; readonly columns: readonly ScopeColumn[] } {
  const inner: Environment = {
    ...env,
    scope: { ...env.scope, columns: before.columns },
    allow: { aggregates: false, windows: false, sets: false },
    clause: 'functions in FROM',
  }
  const bound = functionsOf(fields).flatMap(written => bindOne(written, inner))
  const attached = attach(
    before.plan,
    bound.map(b => b.call),
    env.pending,
  )
  const input = attached.plan
  const alias = body(fields['alias'])
  const given = alias['aliasname'] as string | undefined
  const ordinality = fields['ordinality'] === true
  const width = schemaOf(input).length
  const only = bound.length === 1
  const set: Plan = {
    op: 'project-set',
    input,
    calls: attached.expressions,
    names: bound.map(b => b.name),
    ordinality,
    outer,
  }
  const shown = bound.flatMap(
    ({ name, call: value, modifiers, titles }, i): { name: string; value: Expression }[] => {
      const whole = column(width + i, value.type)
      if (value.type.name !== 'struct')
        return [{ name: outColumn(value) ?? (only ? (given ?? name) : name), value: whole }]
      return value.type.fields!.map((field, n) => {
        const own = limited(call('field', [whole, literal(n, INT4)], field.type), modifiers?.[n], false)
        return { name: titles?.[n] ?? field.name, value: heldTo(own, field.type, false, env.context) }
      })
    },
  )
  const last = schemaOf(set).at(-1)!
  if (ordinality) shown.push({ name: 'ordinality', value: column(width + bound.length, last.type) })
  const flat = bound.every(b => b.call.type.name !== 'struct')
  const plan: Plan = flat
    ? set
    : {
        op: 'project',
        input: set,
        columns: [...everyColumn(schemaOf(input)), ...shown.map(s => s.value)],
        names: [...schemaOf(input).map(f => f.name), ...shown.map(s => s.name)],
      }
  const table = given ?? bound[0]!.name
  const renamed = names(alias['colnames'])
  if (renamed.length > shown.length) {
    const message = `table "${table}" has ${shown.length} columns available but ${renamed.length} columns specified`
    throw new SqlError('invalid_column_reference', message)
  }
  const own = shown.map(
    ({ name, value }, i): ScopeColumn => ({
      name: renamed[i] ?? name,
      type: value.type,
      index: width + i,
      table,
    }),
  )
  // The alias of a function with one column stands for its value too, whatever the column is called.
  const whole = own[0]!
  const named = only && flat && !ordinality && given !== undefined && whole.name !== given
  const alone = named ? [{ ...whole, name: given, hidden: true }] : []
  return { plan, columns: [...before.columns, ...own, ...alone] }
}

/** What PostgreSQL calls the column of a function's rows, where that is not the function's name. */
function outColumn(value: Expression): string | undefined {
  if (value.kind !== 'call' || isJavaScript(value.fn)) return undefined
  return functionById(value.fn).column
}

interface BoundCall {
  readonly name: string
  readonly call: Expression
  /** The names and what the types limit in a column definition list. */
  readonly titles?: readonly string[]
  readonly modifiers?: readonly (Modifier | undefined)[]
}

function bindOne({ node, call: fields, columns }: Written, env: Environment): readonly BoundCall[] {
  const name = names(fields['funcname']).at(-1)
  if (name === undefined) return [{ name: 'value', call: oneRow(bindExpression(node, env), env) }]
  const position = env.context.position(fields['location'] as number | undefined)
  const user = rowsOfUser(names(fields['funcname']), fields, env, position)
  if (user !== undefined) return [{ name: user.column ?? name, call: user.call }]
  if (columns.length > 0) {
    const modifiers = columns.map(node => bindModifier(body(as(node, 'ColumnDef')!['typeName']), env.context))
    const { call: rows, set } = populated(name, fields, columns, env, position)
    const titles = columns.map(node => str(as(node, 'ColumnDef')!['colname']))
    return [{ name, call: set ? rows : oneRow(rows, env), modifiers, titles }]
  }
  if (!isSetFunction(name)) return [{ name, call: oneRow(bindExpression(node, env), env) }]
  // A stream may follow now() as the end of a series (temporal-filter.ts).
  const inner = name === 'generate_series' ? { ...env, chooses: true } : env
  const args = list(fields['args']).map(arg => bindExpression(arg, inner))
  const parts = name === 'unnest' && args.length > 1 ? args.map(arg => [arg]) : [args]
  return parts.map(part => ({ name, call: callFunction(name, part, env.context, position) }))
}

/** A call of a user's function in JavaScript that returns rows. */
function rowsOfUser(
  path: readonly string[],
  fields: Body,
  env: Environment,
  position: number | undefined,
): { readonly call: Expression; readonly column: string | undefined } | undefined {
  const users = userFunctions(path, env.context).filter(f => f.set && f.language === 'javascript')
  const found = users.length === 0 ? undefined : resolveUser(users, fields, env, position)
  if (found === undefined) return undefined
  return { call: userValue(found, env, position), column: found.function.columns?.[0] }
}

/** A plain function is a table of one row. */
function oneRow(value: Expression, env: Environment): Expression {
  return callFunction('$row', [value], env.context, undefined)
}
