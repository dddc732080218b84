import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { PgNode } from '../contract.ts'
import { call, column, equal, literal, outer } from '../expressions.ts'
import { as, list, names } from './ast.ts'
import type { Environment } from './environment.ts'
import { at, bindExpression } from './expression.ts'
import type { Scope } from './scope.ts'
import type { Target } from './star.ts'

/** Whether it is written as a row: `ROW(…)`, `(a, b)`. */
export function isRow(e: Expression): e is Extract<Expression, { kind: 'call' }> {
  return e.kind === 'call' && e.fn === 'row'
}

/** A table's row as one value: NULL where an outer join has none. Undefined: there is no table of that name. */
export function wholeRow(path: readonly string[], env: Environment): Expression | undefined {
  let depth = 0
  for (let scope: Scope | undefined = env.scope; scope !== undefined; scope = scope.parent, depth++) {
    const own = scope.columns.filter(
      c => c.table === path.at(-1) && c.hidden !== true && (path.length < 2 || c.schema === path.at(-2)),
    )
    if (own.length === 0) continue
    for (const { read } of own) read?.()
    const fields = own.map(c => (depth === 0 ? column(c.index, c.type) : outer(c.index, depth, c.type)))
    const type: Type = { name: 'struct', fields: own.map(({ name, type }) => ({ name, type })) }
    const row = call('row', fields, type)
    if (!own.some(c => c.optional)) return row
    return call('case', [allNull(fields), literal(null, type), row], type)
  }
  return undefined
}

/** What a list of ROW or VALUES has: `t.*` and `(record).*` in it stand for their fields. */
export function bindEach(nodes: readonly PgNode[], env: Environment): readonly Expression[] {
  return nodes.flatMap(
    node =>
      fieldsOfTable(node, env) ??
      expandRecord(node, env)?.map(field => field.value) ?? [bindExpression(node, env)],
  )
}

/** The fields of `(record).*`, a column each; undefined: the node is something else. Throws 42809. */
export function expandRecord(node: PgNode, env: Environment): readonly Target[] | undefined {
  const part = as(node, 'A_Indirection')
  const steps = list(part?.['indirection'])
  if (as(steps.at(-1), 'A_Star') === undefined) return undefined
  const inner = part!['arg'] as PgNode
  const arg = steps.length === 1 ? inner : { A_Indirection: { ...part, indirection: steps.slice(0, -1) } }
  const record = bindExpression(arg, env)
  requireRecord(record, at(inner, env))
  return record.type.fields!.map(({ name, type }, i) => ({
    name,
    value: call('field', [record, literal(i, INT4)], type),
  }))
}

/** Throws 42809 for what has no fields. */
export function requireRecord(e: Expression, position: number | undefined): void {
  if (e.type.name === 'struct') return
  throw new SqlError('wrong_object_type', `type ${typeName(e.type)} is not composite`, { position })
}

/** The fields of `t.*`; undefined: the node is something else. */
function fieldsOfTable(node: PgNode, env: Environment): readonly Expression[] | undefined {
  const path = list(as(node, 'ColumnRef')?.['fields'])
  if (path.length < 2 || as(path.at(-1), 'A_Star') === undefined) return undefined
  const row = wholeRow(names(path.slice(0, -1)), env)
  return row && fieldsOf(row)
}

/** The fields of a row constructor or a table's row. */
function fieldsOf(e: Expression): readonly Expression[] | undefined {
  if (e.type.name !== 'struct' || e.kind !== 'call') return undefined
  if (e.fn === 'row') return e.args
  const row = e.fn === 'case' ? e.args[2] : undefined
  return row !== undefined && isRow(row) && equal(e.args[0], allNull(row.args)) ? row.args : undefined
}

/**
 * What IS NULL asks one by one: the fields of a row, and of a value of a composite type, as in PostgreSQL. A struct without a name
 * is RisingWave's: it is NULL or it is there, whatever its fields are.
 */
export function fieldsAsked(e: Expression): readonly Expression[] | undefined {
  const { name, user, fields = [] } = e.type
  if (name !== 'struct' || user === undefined || fields.length === 0 || isRow(e)) return fieldsOf(e)
  return fields.map(({ type }, i) => call('field', [e, literal(i, INT4)], type))
}

function allNull(fields: readonly Expression[]): Expression {
  const tests = fields.map(field => call('is null', [field], BOOL))
  return call('and', tests, BOOL)
}
