import { isAggregate } from '../../executor/aggregates/index.ts'
import { isSessionFunction } from '../../executor/functions/index.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4, type Type } from '../../types/type.ts'
import { as, type Body, list, names, open, str } from '../bind/ast.ts'
import { dialectOf, limited } from '../bind/coerce.ts'
import type { Environment } from '../bind/environment.ts'
import { at, bindExpression } from '../bind/expression.ts'
import type { ColumnDef, Relation } from '../catalog.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { defaultValue } from '../domain.ts'
import { literal, substitute } from '../expressions.ts'
import type { Plan } from '../plan.ts'
import { assign } from './assign.ts'
import { assignPart } from './assign-part.ts'
import { type Target, titled, writtenAt } from './target.ts'

/** The values of the table's columns after SET; `old` are those before. Generated columns are not computed yet. */
export function assignments(
  targetList: readonly PgNode[],
  target: Target,
  old: readonly Expression[],
  env: Environment,
  verb: 'insert' | 'update' = 'update',
): readonly Expression[] {
  const { table } = target
  // What a dropped column held was of the row as it was.
  const next = old.map((value, i) => (table.columns[i]!.dropped ? literal(null, value.type) : value))
  /** By the names that the statement has for them. */
  const seen = new Map<number, string>()
  const parts = new Map<number, string>()
  for (const node of targetList) {
    const item = as(node, 'ResTarget')!
    const position = env.context.position(item['location'] as number | undefined)
    const i = writtenAt(target, str(item['name']), verb, position)
    const c = titled(target, i)
    const steps = list(item['indirection'])
    const before = seen.get(i) ?? (steps.length === 0 ? parts.get(i) : undefined)
    if (before !== undefined) {
      // Two columns of a view may be one of its table.
      const twice = before === str(item['name']) ? before : table.columns[i]!.name
      throw new SqlError('syntax_error', `multiple assignments to same column "${twice}"`)
    }
    ;(steps.length === 0 ? seen : parts).set(i, str(item['name']))
    env.context.sets?.update.add(i)
    if (table.key.includes(i) && dialectOf(env.context).keysStay)
      throw new SqlError('feature_not_supported', 'update modifying the PK column is unsupported', {
        position,
      })
    const value = partOf(item['val'] as PgNode, position)
    const toDefault = as(value, 'SetToDefault') !== undefined
    if (toDefault && steps.length > 0)
      throw new SqlError('feature_not_supported', 'cannot set an array element to DEFAULT', { position })
    if (toDefault) next[i] = columnDefault(c, env.context)
    else if (isMade(c, undefined)) throw generatedError(c, 'update')
    else if (steps.length > 0)
      next[i] = limited(assignPart(next[i]!, steps, { name: c.name, value, env }), c.modifier, false)
    else next[i] = assign(bindExpression(value, env), c, env.context, at(value, env))
  }
  return next
}

/** The value of one column of `(a, b) = …`. */
function partOf(value: PgNode, position: number | undefined): PgNode {
  const part = as(value, 'MultiAssignRef')
  if (part === undefined) return value
  const index = (part['colno'] as number) - 1
  const [kind, source] = open(part['source'])
  const mismatch = new SqlError('syntax_error', 'number of columns does not match number of values', {
    position,
  })
  if (kind === 'RowExpr') {
    const args = list(source['args'])
    if (args.length !== part['ncolumns']) throw mismatch
    return args[index]!
  }
  const select = as(source['subselect'], 'SelectStmt')
  const targets = list(select?.['targetList'])
  const star = targets.some(t =>
    list(as(as(t, 'ResTarget')?.['val'], 'ColumnRef')?.['fields']).some(f => as(f, 'A_Star')),
  )
  if (
    kind !== 'SubLink' ||
    select === undefined ||
    targets.length === 0 ||
    star ||
    select['distinctClause'] !== undefined
  )
    throw notSupported('SET (…) = of this kind', { position })
  if (targets.length !== part['ncolumns']) throw mismatch
  // HAVING true keeps what another of the columns made an aggregation one.
  const aggregated = targets.some(hasAggregate) && select['havingClause'] === undefined
  const having = aggregated ? { havingClause: { A_Const: { boolval: { boolval: true } } } } : {}
  const subselect = { SelectStmt: { ...select, ...having, targetList: [targets[index]!] } }
  return { SubLink: { ...source, subselect } }
}

function hasAggregate(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  const called = as(node, 'FuncCall')
  if (called !== undefined && called['over'] === undefined && isAggregate(names(called['funcname']).at(-1)!))
    return true
  return as(node, 'SubLink') === undefined && Object.values(node).some(hasAggregate)
}

/** What a column is worth when nothing is said of it. */
export function columnDefault(
  column: ColumnDef,
  context: Pick<BindContext, 'session' | 'catalog'>,
): Expression {
  return defaultOf(defaultValue(column, context.catalog), column.type, context)
}

/** The value, NULL where there is none; functions of the session are told the present one. */
export function defaultOf(
  value: Expression | undefined,
  type: Type,
  context: Pick<BindContext, 'session'>,
): Expression {
  if (value === undefined) return literal(null, type)
  return context.session === undefined ? value : asked(value, literal(context.session, INT4))
}

/** Whether a default asks the session that writes the row, or a sequence. */
export function asksSession(e: Expression): boolean {
  return e.kind === 'call' && (isSessionFunction(e.fn) || e.args.some(asksSession))
}

/** Sequences that a default draws from. */
export function sequencesOf(e: Expression): readonly number[] {
  if (e.kind !== 'call') return []
  const [from] = e.args
  const drawn = /^(next|curr|set)val\(/.test(e.fn) && from?.kind === 'literal' ? [Number(from.value)] : []
  return [...drawn, ...e.args.flatMap(sequencesOf)]
}

function asked(e: Expression, session: Expression): Expression {
  if (e.kind !== 'call') return e
  const args = e.args.map(arg => asked(arg, session))
  const told = isSessionFunction(e.fn) ? [...args.slice(0, -1), session] : args
  return told.every((arg, i) => arg === e.args[i]) ? e : { ...e, args: told }
}

/** Fills the generated columns in; they read the columns that are not generated. */
export function generate(table: Relation, values: readonly Expression[]): readonly Expression[] {
  const plain = table.columns.flatMap((c, i) => (c.generated === undefined ? [values[i]!] : []))
  return table.columns.map((c, i) =>
    c.generated === undefined ? values[i]! : substitute(c.generated, plain),
  )
}

/** OVERRIDING … VALUE of an INSERT: which value counts, the one that is given or the one that the system makes. */
export type Overriding = 'user' | 'system' | undefined

export function overriding(fields: Body): Overriding {
  if (fields['override'] === 'OVERRIDING_USER_VALUE') return 'user'
  return fields['override'] === 'OVERRIDING_SYSTEM_VALUE' ? 'system' : undefined
}

/** Whether a value may not be given to the column. */
export function isMade({ generated, identity }: ColumnDef, over: Overriding): boolean {
  return generated !== undefined || (identity === 'always' && over === undefined)
}

/** A value is given to a generated column. */
export function generatedError({ name, identity }: ColumnDef, by: 'insert' | 'update'): SqlError {
  const message =
    by === 'insert'
      ? `cannot insert a non-DEFAULT value into column "${name}"`
      : `column "${name}" can only be updated to DEFAULT`
  if (identity === undefined)
    return new SqlError('generated_always', message, { detail: `Column "${name}" is a generated column.` })
  return new SqlError('generated_always', message, {
    detail: `Column "${name}" is an identity column defined as GENERATED ALWAYS.`,
    hint: by === 'insert' ? 'Use OVERRIDING SYSTEM VALUE to override.' : undefined,
  })
}

/** Throws 42703. */
export function columnAt(table: Relation, name: string, position: number | undefined): number {
  const found = table.columns.findIndex(c => c.name === name && !c.hidden)
  if (found !== -1) return found
  const message = `column "${name}" of relation "${table.name}" does not exist`
  throw new SqlError('undefined_column', message, { position })
}

/** The rows of the table's columns with `weight` and `counted` behind them. */
export function project(
  input: Plan,
  columns: readonly Expression[],
  weight: 1 | -1,
  counted = true,
  beside: readonly Expression[] = [],
): Plan {
  const all = [...columns, literal(weight, INT4), literal(counted, BOOL), ...beside]
  const names = [...columns.map(() => ''), 'weight', 'counted', ...beside.map(() => '')]
  return { op: 'project', input, columns: all, names }
}

/** Throws 42701 for a name that comes twice. */
export function rejectDuplicates(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new SqlError('duplicate_column', `column "${twice}" specified more than once`)
}
