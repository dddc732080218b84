import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { PgNode } from '../contract.ts'
import { column, equal, outer } from '../expressions.ts'
import { as, type Body, list, names } from './ast.ts'
import type { Environment } from './environment.ts'
import { at, bindExpression } from './expression.ts'
import type { From } from './from.ts'

/** A column of SELECT: its name and what it is worth. */
export interface Target {
  readonly name: string
  readonly value: Expression
}

/** The columns of `* EXCEPT (…)` or `t.* EXCEPT (…)`. */
export function starExcept(
  fields: Body,
  from: From,
  env: Environment,
  position: number | undefined,
): readonly Target[] {
  const table = names(fields['funcname']).at(-2)
  const all = expandStar(table, from, env, position)
  const left = new Set(all)
  for (const node of list(fields['args'])) {
    if (as(node, 'ColumnRef') === undefined)
      throw new SqlError('syntax_error', 'Only support column name in except list', {
        position: at(node, env),
      })
    const own = names(as(node, 'ColumnRef')!['fields']).length === 1
    const columns = from.columns.filter(c => table === undefined || !own || c.table === table)
    const named = excepted(node, { ...env, scope: { ...env.scope, columns } })
    const dropped = [...left].filter(target => equal(target.value, named))
    const elsewhere = !own && !all.some(target => equal(target.value, named))
    if (dropped.length === 0 && all.some(target => equal(target.value, named)))
      throw new SqlError('syntax_error', 'Duplicate entry in except list', { position: at(node, env) })
    if (dropped.length === 0 && !elsewhere) {
      const message = `column ${names(as(node, 'ColumnRef')!['fields']).join('.')} is not among those of *`
      throw new SqlError('undefined_column', message, { position: at(node, env) })
    }
    for (const target of dropped) left.delete(target)
  }
  return all.filter(target => left.has(target))
}

/** A column of the list of EXCEPT. What fails says it in PostgreSQL's words, and why in RisingWave's. */
function excepted(node: PgNode, env: Environment): Expression {
  try {
    return bindExpression(node, env)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const name = names(as(node, 'ColumnRef')!['fields']).join('.')
    const detail =
      error.condition === 'ambiguous_column'
        ? `Ambiguous column name: ${name}`
        : `Item not found: Invalid column: ${name}`
    throw new SqlError(error.condition, error.message, { ...error, detail })
  }
}

/** The columns of `*` or `t.*`. */
export function expandStar(
  table: string | undefined,
  from: From,
  env: Environment,
  position: number | undefined,
): readonly Target[] {
  const shown = from.columns.filter(c => !c.hidden && (table === undefined ? !c.merged : c.table === table))
  if (shown.length === 0) {
    if (table === undefined) {
      throw new SqlError('syntax_error', 'SELECT * with no tables specified is not valid', { position })
    }
    const around = ofEnclosing(table, env)
    if (around !== undefined) return around
    const message = `missing FROM-clause entry for table "${table}"`
    throw new SqlError('undefined_table', message, { position: position ?? env.context.position(undefined) })
  }
  for (const { read } of shown) read?.()
  return shown.map(c => ({ name: c.name, value: column(c.index, c.type) }))
}

/** The columns of `t.*` where t is of a query around this one. */
function ofEnclosing(table: string, env: Environment): readonly Target[] | undefined {
  let depth = 1
  for (let scope = env.scope.parent; scope !== undefined; scope = scope.parent, depth++) {
    const own = scope.columns.filter(c => c.table === table && !c.hidden)
    if (own.length === 0) continue
    for (const { read } of own) read?.()
    return own.map(c => ({ name: c.name, value: outer(c.index, depth, c.type) }))
  }
  return undefined
}
