import { SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { CallOwner } from './environment.ts'
import { nearest } from './near-name.ts'

/** One column a name can mean. `table` undefined: reachable by its own name alone (merged by USING). */
export interface ScopeColumn {
  readonly name: string
  readonly type: Type
  readonly table?: string
  readonly schema?: string
  /** The relation that `table` is another name for. */
  readonly relation?: string
  readonly index: number
  /** Not found by an unqualified name: the side that USING merged away. */
  readonly merged?: boolean
  /** Of the side of an outer join that may have no row. */
  readonly optional?: boolean
  /** The item of FROM, where it is a table with a primary key; `keyed`: of that key. */
  readonly item?: object
  readonly keyed?: boolean
  /** Not part of `*`. */
  readonly hidden?: boolean
  /** To be told that it is read. Throws 42501 where it must not be. */
  readonly read?: () => void
}

/** The names visible at one level of a query. */
export interface Scope {
  readonly columns: readonly ScopeColumn[]
  readonly parent?: Scope
  /** The query that these are the names of, as inner queries see it. */
  readonly owner?: CallOwner
  /** Seen by LATERAL items of FROM only. */
  readonly lateral?: boolean
}

/** How many scopes there are from this one out. */
export function depthOf(scope: Scope | undefined): number {
  return scope === undefined ? 0 : 1 + depthOf(scope.parent)
}

/** The scope as the queries see it that stand in a LATERAL item. */
export function entered(scope: Scope): Scope {
  const { lateral: _, parent, ...rest } = scope
  return { ...rest, ...(parent && { parent: entered(parent) }) }
}

export interface Found {
  readonly column: ScopeColumn
  /** 0: this query's; 1: the enclosing query's; … */
  readonly depth: number
}

/** Finds `[schema.][table.]name`, innermost query first. */
export function resolveColumn(scope: Scope, path: readonly string[], position: number | undefined): Found {
  const name = path.at(-1)!
  const table = path.at(-2)
  let depth = 0
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent, depth++) {
    if (path.length === 2) refuseSeveral(at.columns, table!, position)
    const hits = at.columns.filter(
      c => c.name === name && (table === undefined ? !c.merged : c.table === table) && fits(c, path),
    )
    if (hits.length > 1) {
      throw new SqlError('ambiguous_column', `column reference "${name}" is ambiguous`, { position })
    }
    if (hits.length === 1) {
      hits[0]!.read?.()
      return { column: hits[0]!, depth }
    }
  }
  throw unknownColumn(scope, name, table, position)
}

/** Tables of one name and two schemas can be told apart by the schema only. Throws 42P09. */
function refuseSeveral(columns: readonly ScopeColumn[], table: string, position: number | undefined): void {
  const first = columns.find(c => c.table === table)
  if (first !== undefined && columns.some(c => c.table === table && c.schema !== first.schema))
    throw new SqlError('ambiguous_alias', `table reference "${table}" is ambiguous`, { position })
}

function fits(column: ScopeColumn, path: readonly string[]): boolean {
  const schema = path.at(-3)
  return schema === undefined || column.schema === schema
}

function unknownColumn(scope: Scope, name: string, table: string | undefined, position: number | undefined) {
  if (table !== undefined && !hasTable(scope, table)) {
    const renamed = scope.columns.find(c => c.relation === table)
    if (renamed !== undefined)
      return new SqlError('undefined_table', `invalid reference to FROM-clause entry for table "${table}"`, {
        position,
        hint: `Perhaps you meant to reference the table alias "${renamed.table}".`,
      })
    const near = nearest(table, scope.columns, c => c.table ?? '')
    const hint =
      near?.table === undefined ? undefined : `Perhaps you meant to reference the table "${near.table}".`
    const message = `missing FROM-clause entry for table "${table}"`
    return new SqlError('undefined_table', message, { position, hint })
  }
  const shown = table === undefined ? `"${name}"` : `${table}.${name}`
  const seen = (table === undefined ? scope.columns : ofTable(scope, table)).filter(c => !c.hidden)
  const near = nearest(name, seen, c => c.name)
  const label = near?.table === undefined ? near?.name : `${near.table}.${near.name}`
  const hint = near === undefined ? undefined : `Perhaps you meant to reference the column "${label}".`
  return new SqlError('undefined_column', `column ${shown} does not exist`, { position, hint })
}

function ofTable(scope: Scope, table: string): readonly ScopeColumn[] {
  const own = scope.columns.filter(c => c.table === table)
  return own.length > 0 || scope.parent === undefined ? own : ofTable(scope.parent, table)
}

function hasTable(scope: Scope, table: string): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.columns.some(c => c.table === table)) return true
  }
  return false
}
