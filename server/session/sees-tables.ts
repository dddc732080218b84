import { body, names, pathOf } from '../../planner/bind/ast.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { FunctionDef } from '../../planner/function-def.ts'
import { parseStatements, type Statement } from '../../planner/parse/index.ts'
import { changesRows } from './statement-kinds.ts'

/** They read nothing of the database. */
const NEUTRAL: ReadonlySet<string> = new Set<Statement['kind']>([
  'set',
  'set constraints',
  'transaction',
  'show',
  'prepare',
  'deallocate',
  'fetch',
  'close',
  'listen',
  'notify',
  'unlisten',
])

/** Whether the statement is done right while changes of tables wait: it reads nothing but tables and views of them, if anything. */
export function seesTables(statement: Statement, catalog: Catalog): boolean {
  if (NEUTRAL.has(statement.kind)) return true
  return changesRows(statement) && readsTables(namesIn(statement), catalog, new Set())
}

/** `entered`: functions that are looked into. */
function readsTables(
  { relations, functions }: Names,
  catalog: Catalog,
  entered: ReadonlySet<FunctionDef>,
): boolean {
  return (
    catalog.relations.every(relation => !relations.has(relation.name) || isOfTables(relation, catalog)) &&
    catalog.functions.every(def => {
      if (def.language !== 'sql' || !functions.has(def.name) || entered.has(def)) return true
      const inner = new Set([...entered, def])
      return parseStatements(def.body).every(each => readsTables(namesIn(each.statement), catalog, inner))
    })
  )
}

/** What is no view takes its rows from changes that are committed. */
function isOfTables({ kind, dependsOn }: Relation, catalog: Catalog): boolean {
  if (kind !== 'view') return kind === 'table'
  return dependsOn.every(id => {
    const read = catalog.byId(id)
    return read === undefined || isOfTables(read, catalog)
  })
}

interface Names {
  readonly relations: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
}

const known = new WeakMap<Statement, Names>()

/** Names of relations and functions in the statement, which may be run many times. */
function namesIn(statement: Statement): Names {
  const before = known.get(statement)
  if (before !== undefined) return before
  const found = { relations: new Set<string>(), functions: new Set<string>() }
  if (statement.kind === 'copy to' && 'table' in statement.of) found.relations.add(statement.of.table.name)
  collect(statement, found.relations, found.functions)
  known.set(statement, found)
  return found
}

/** The table that is changed stands in the syntax without a wrapper. */
function collect(node: unknown, relations: Set<string>, functions: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'RangeVar' || key === 'relation') relations.add(pathOf(body(value)).at(-1)!)
    else if (key === 'FuncCall') functions.add(names(body(value)['funcname']).at(-1)!)
    collect(value, relations, functions)
  }
}
