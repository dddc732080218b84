import { notSupported, SqlError } from '../../types/error.ts'
import { sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { column } from '../expressions.ts'
import { newRecursionIds, type Plan, schemaOf } from '../plan.ts'
import { isCorrelated } from '../unnest/decorrelate.ts'
import { as, type Body, body, list, names, open } from './ast.ts'
import { coerce, unifiedType } from './coerce.ts'
import type { BoundRelation, Ctes, Environment } from './environment.ts'
import { visible } from './query.ts'
import { checkRecursiveTerm } from './recursive-term.ts'
import { depthOf } from './scope.ts'
import { traced } from './search-cycle.ts'

/** Whether a query reads the relation that its own WITH item names. */
export function readsItself(name: string, select: Body): boolean {
  return references(name, { SelectStmt: select }) > 0
}

/** How often a name without a schema stands in FROM of a tree; where a WITH inside gives it another meaning, it does not count. */
export function references(name: string, node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0
  if (Array.isArray(node)) return node.reduce<number>((sum, item) => sum + references(name, item), 0)
  const [kind, fields] = Object.keys(node).length === 1 ? open(node) : ['', node as Body]
  if (kind === 'RangeVar' && fields['relname'] === name && fields['schemaname'] === undefined) return 1
  const hidden = list(body(fields['withClause'])['ctes']).some(
    cte => as(cte, 'CommonTableExpr')?.['ctename'] === name,
  )
  if (hidden) return 0
  return Object.values(fields).reduce<number>((sum, value) => sum + references(name, value), 0)
}

/** An item of WITH RECURSIVE that reads itself: its rows are those of both terms until the second one has no more. */
export function bindRecursive(cte: Body, ctes: Ctes, env: Environment): BoundRelation {
  const name = String(cte['ctename'])
  const position = env.context.position(cte['location'] as number | undefined)
  if (env.context.mode === 'stream') throw notSupported('WITH RECURSIVE in a view', { position })
  const select = as(cte['ctequery'], 'SelectStmt')!
  const [left, right] = [body(select['larg']), body(select['rarg'])]
  const invalid = (message: string) => new SqlError('invalid_recursion', message, { position })
  if (select['op'] !== 'SETOP_UNION')
    throw invalid(
      `recursive query "${name}" does not have the form non-recursive-term UNION [ALL] recursive-term`,
    )
  const reference = `recursive reference to query "${name}" must not appear`
  if (references(name, left) > 0) throw invalid(`${reference} within its non-recursive term`)
  if (references(name, select['sortClause']) > 0 || references(name, select['withClause']) > 0)
    throw invalid(`${reference} within a subquery`)
  checkRecursiveTerm(name, right, invalid)
  for (const [clause, what] of [
    ['sortClause', 'ORDER BY'],
    ['limitOffset', 'OFFSET'],
    ['limitCount', 'LIMIT'],
    ['lockingClause', 'FOR UPDATE/SHARE'],
  ])
    if (select[clause!] !== undefined) throw notSupported(`${what} in a recursive query`, { position })
  const first = visible(env.bindSubquery(left, { ...env, ctes }))
  const renamed = names(cte['aliascolnames'])
  const own = first.names.map((title, i) => renamed[i] ?? title)
  const trace = traced(cte, own)
  const base = trace === undefined ? first : visible(env.bindSubquery(trace.base, { ...env, ctes }))
  const titles = [...own, ...(trace?.columns ?? [])]
  const schema = schemaOf(base.plan).map((field, i) => ({ name: titles[i]!, type: field.type }))
  const { work, result } = newRecursionIds()
  const scan = { op: 'scan', schema, key: [], appendOnly: true } as const
  const depth = depthOf(env.scope)
  const hidden = new Set(titles.map((_, i) => i).slice(own.length))
  const working: BoundRelation = { plan: { ...scan, relation: work }, names: titles, hidden, depth }
  const within = { ...env, ctes: new Map([...ctes, [name, working]]) }
  const step = visible(env.bindSubquery(trace?.step ?? right, within))
  const typed = sameColumns(name, base.plan, step.plan, env, position)
  if (isCorrelated(base.plan) || isCorrelated(typed))
    throw notSupported('WITH RECURSIVE that reads the query around it', { position })
  const recursion = { work, base: base.plan, step: typed, all: select['all'] === true }
  return { plan: { ...scan, relation: result, recursion }, names: titles, depth }
}

/** The recursive term with the columns' types of the other one, which tells them. */
function sameColumns(
  name: string,
  base: Plan,
  step: Plan,
  env: Environment,
  position: number | undefined,
): Plan {
  const [left, right] = [schemaOf(base), schemaOf(step)]
  if (left.length !== right.length)
    throw new SqlError('syntax_error', 'each UNION query must have the same number of columns', { position })
  const columns = left.map((field, i) => {
    const other = column(i, right[i]!.type)
    const type = unifiedType([column(i, field.type), other], 'UNION', position)
    if (!sameType(type, field.type))
      throw new SqlError(
        'datatype_mismatch',
        `recursive query "${name}" column ${i + 1} has type ${typeName(field.type)} in non-recursive term ` +
          `but type ${typeName(type)} overall`,
        { position, hint: 'Cast the output of the non-recursive term to the correct type.' },
      )
    return coerce(other, type, 'implicit', env.context, position)
  })
  if (columns.every(c => c.kind === 'column')) return step
  return { op: 'project', input: step, columns, names: left.map(field => field.name) }
}
