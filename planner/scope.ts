import { SqlError } from '../types/error.ts'
import type { Type } from '../types/type.ts'

/** One column a name can mean. `table` undefined: reachable by its own name alone (merged by USING). */
export interface ScopeColumn {
  readonly name: string
  readonly type: Type
  readonly table?: string
  readonly schema?: string
  readonly index: number
  /** Not found by an unqualified name: the side that USING merged away. */
  readonly merged?: boolean
  /** Not part of `*`. */
  readonly hidden?: boolean
}

/** The names visible at one level of a query. */
export interface Scope {
  readonly columns: readonly ScopeColumn[]
  readonly parent?: Scope
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
    const hits = at.columns.filter(
      c => c.name === name && (table === undefined ? !c.merged : c.table === table) && fits(c, path),
    )
    if (hits.length > 1) {
      throw new SqlError('ambiguous_column', `column reference "${name}" is ambiguous`, { position })
    }
    if (hits.length === 1) return { column: hits[0]!, depth }
  }
  throw unknownColumn(scope, name, table, position)
}

function fits(column: ScopeColumn, path: readonly string[]): boolean {
  const schema = path.at(-3)
  return schema === undefined || column.schema === schema
}

function unknownColumn(scope: Scope, name: string, table: string | undefined, position: number | undefined) {
  if (table !== undefined && !hasTable(scope, table)) {
    return new SqlError('undefined_table', `missing FROM-clause entry for table "${table}"`, { position })
  }
  const shown = table === undefined ? `"${name}"` : `${table}.${name}`
  const near = scope.columns
    .map(c => ({ c, d: distance(c.name, name) }))
    .filter(({ d }) => d <= Math.max(1, Math.floor(name.length / 2)))
    .sort((a, b) => a.d - b.d)[0]
  const label = near?.c.table === undefined ? near?.c.name : `${near.c.table}.${near.c.name}`
  const hint = near === undefined ? undefined : `Perhaps you meant to reference the column "${label}".`
  return new SqlError('undefined_column', `column ${shown} does not exist`, { position, hint })
}

export function hasTable(scope: Scope, table: string): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    if (at.columns.some(c => c.table === table)) return true
  }
  return false
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
