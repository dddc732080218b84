import type { BindContext, PgNode } from '../contract.ts'
import type { FunctionDef } from '../function-def.ts'
import { parseStored } from '../parse/index.ts'
import { as, type Body, body, list } from './ast.ts'
import { findRelation } from './find-relation.ts'
import type { Scope, ScopeColumn } from './scope.ts'

/**
 * The query of a function in SQL: `$1` is the column "$1" of the function's name, and relations have their schemas, so that no
 * name of the query around it is taken for one of the function's.
 */
export function bodyQuery(def: Pick<FunctionDef, 'body' | 'name'>, context: BindContext): Body | undefined {
  const select = as(parseStored(def.body), 'SelectStmt')
  if (select === undefined) return undefined
  const ctes = new Set<string>()
  each(select, (kind, fields) => kind === 'CommonTableExpr' && ctes.add(String(fields['ctename'])))
  return map(select, (kind, fields) => {
    if (kind === 'ParamRef') {
      const sval = `$${fields['number']}`
      return { ColumnRef: { fields: [{ String: { sval } }], location: fields['location'] } }
    }
    if (kind !== 'RangeVar' || fields['schemaname'] !== undefined) return undefined
    const name = String(fields['relname'])
    if (ctes.has(name)) return undefined
    return { RangeVar: { ...fields, schemaname: findRelation([name], context, undefined).schema } }
  }) as Body
}

/** The arguments as columns: by number and, where they have one, by name. */
export function argumentScope(def: Pick<FunctionDef, 'name' | 'args'>): Scope {
  const columns = def.args.flatMap(({ name, type }, index): ScopeColumn[] => {
    const numbered = { name: `$${index + 1}`, type, index, table: def.name }
    return name === undefined ? [numbered] : [numbered, { ...numbered, name }]
  })
  return { columns }
}

/** The one expression of a query that is nothing else. */
export function onlyExpression(select: Body): PgNode | undefined {
  const targets = list(select['targetList'])
  const others = [
    'fromClause', 'whereClause', 'groupClause', 'havingClause', 'windowClause', 'valuesLists', 'sortClause',
    'limitCount', 'limitOffset', 'withClause', 'distinctClause',
  ] // biome-ignore format: a table
  if (targets.length !== 1 || others.some(other => select[other] !== undefined)) return undefined
  if ((select['op'] ?? 'SETOP_NONE') !== 'SETOP_NONE') return undefined
  return body(as(targets[0], 'ResTarget'))['val'] as PgNode
}

function each(node: unknown, visit: (kind: string, fields: Body) => unknown): void {
  if (typeof node !== 'object' || node === null) return
  for (const [kind, value] of Object.entries(node)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) visit(kind, value as Body)
    each(value, visit)
  }
}

/** Nodes replaced from the top. */
function map(node: unknown, replace: (kind: string, fields: Body) => PgNode | undefined): unknown {
  if (Array.isArray(node)) return node.map(item => map(item, replace))
  if (typeof node !== 'object' || node === null) return node
  const entries = Object.entries(node)
  const [kind, fields] = entries[0] ?? ['', undefined]
  const done =
    entries.length === 1 && typeof fields === 'object' && fields !== null
      ? replace(kind, fields as Body)
      : undefined
  return done ?? Object.fromEntries(entries.map(([key, value]) => [key, map(value, replace)]))
}
