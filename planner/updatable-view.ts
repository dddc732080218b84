import { isAggregate } from '../executor/aggregates/index.ts'
import { isSetFunction } from '../executor/functions/index.ts'
import { SqlError } from '../types/error.ts'
import { as, type Body, list, names, open } from './bind/ast.ts'
import type { Catalog, ColumnDef, Relation } from './catalog.ts'
import type { PgNode } from './contract.ts'
import { parseStored } from './parse/index.ts'
import { type ViewItem, viewItem } from './view-item.ts'

/** A view that stands for rows of one relation (PostgreSQL, CREATE VIEW, Updatable Views). */
export interface UpdatableView {
  readonly select: Body
  /** The item of FROM. */
  readonly item: ViewItem
  /** For each column that of the base which it is, or why it is none. */
  readonly columns: readonly (number | string)[]
}

export type WriteVerb = 'insert' | 'update' | 'delete'

/** Why statements cannot write through a column. */
export interface ReadOnlyColumn {
  readonly view: Relation
  readonly column: string
  readonly reason: string
}

/** The table behind a view, and for each of the view's columns that of the table, or why there is none. */
export interface BehindView {
  readonly table: Relation
  readonly columns: readonly (number | ReadOnlyColumn)[]
  /** The views between, the named one first. */
  readonly views: readonly Relation[]
  /** What views say of columns of the table that are given no value. */
  readonly defaults: ReadonlyMap<number, ColumnDef>
}

type ViewQuery = Pick<Relation, 'query' | 'columns' | 'dependsOn' | 'schema'>

const NO_COLUMNS = 'Views that have no updatable columns are not automatically updatable.'

/** Throws 0A000 for a view whose rows WITH CHECK OPTION could not hold. */
export function requireCheckable(view: ViewQuery, catalog: Catalog): void {
  const known = updatableView(view, catalog)
  const hint =
    typeof known === 'string'
      ? known
      : known.columns.every(c => typeof c === 'string')
        ? NO_COLUMNS
        : undefined
  if (hint === undefined) return
  const message = 'WITH CHECK OPTION is supported only on automatically updatable views'
  throw new SqlError('feature_not_supported', message, { hint })
}

/** Why a view stands for no rows of one relation, or what it stands for. */
export function updatableView(view: ViewQuery, catalog: Catalog): UpdatableView | string {
  const parsed = parseStored(view.query!)
  const select = as(parsed, 'SelectStmt') ?? {}
  const clause = otherClause(select)
  if (clause !== undefined) return `Views containing ${clause} are not automatically updatable.`
  const calls = callsOf(list(select['targetList']), catalog)
  if (calls !== undefined) return `Views that return ${calls} are not automatically updatable.`
  const [item, ...others] = list(select['fromClause'])
  if (as(item, 'RangeTableSample') !== undefined)
    return 'Views containing TABLESAMPLE are not automatically updatable.'
  const known = others.length > 0 ? undefined : viewItem(view, item, catalog)
  if (known === undefined)
    return 'Views that do not select from a single table or view are not automatically updatable.'
  return { select, item: known, columns: columnsOf(view, select, known) }
}

/** Throws 55000 for a view, or one behind it, that statements cannot write through. */
export function behindView(view: Relation, verb: WriteVerb, catalog: Catalog): BehindView {
  const known = updatableView(view, catalog)
  if (typeof known === 'string') throw refused(view, verb, known)
  const {
    columns,
    item: { base },
  } = known
  if (verb !== 'delete' && columns.every(c => typeof c === 'string')) throw refused(view, verb, NO_COLUMNS)
  const next = base.kind === 'view' ? behindView(base, verb, catalog) : undefined
  const behind = columns.map((c, i): number | ReadOnlyColumn => {
    if (typeof c === 'string') return { view, column: view.columns[i]!.name, reason: c }
    return next === undefined ? c : next.columns[c]!
  })
  const defaults = new Map(next?.defaults)
  for (const [i, at] of behind.entries())
    if (typeof at === 'number' && view.columns[i]!.default !== undefined) defaults.set(at, view.columns[i]!)
  return { table: next?.table ?? base, views: [view, ...(next?.views ?? [])], columns: behind, defaults }
}

function refused({ name }: Relation, verb: WriteVerb, detail: string): SqlError {
  const words = { insert: 'insert into', update: 'update', delete: 'delete from' }[verb]
  return new SqlError('object_not_in_prerequisite_state', `cannot ${words} view "${name}"`, { detail })
}

/** For catalogs: the table behind a view and which of its columns can be written; undefined: the view is not updatable. */
export function writableThrough(
  view: Relation,
  catalog: Catalog,
): { readonly table: Relation; readonly columns: readonly boolean[] } | undefined {
  const known = updatableView(view, catalog)
  if (typeof known === 'string') return undefined
  const {
    columns,
    item: { base },
  } = known
  const below =
    base.kind === 'view'
      ? writableThrough(base, catalog)
      : { table: base, columns: base.columns.map(() => true) }
  return below && { ...below, columns: columns.map(c => typeof c === 'number' && below.columns[c]!) }
}

function otherClause(select: Body): string | undefined {
  if (select['distinctClause'] !== undefined) return 'DISTINCT'
  if (select['groupClause'] !== undefined) return 'GROUP BY'
  if (select['havingClause'] !== undefined) return 'HAVING'
  if ((select['op'] ?? 'SETOP_NONE') !== 'SETOP_NONE') return 'UNION, INTERSECT, or EXCEPT'
  if (select['withClause'] !== undefined) return 'WITH'
  return select['limitCount'] === undefined && select['limitOffset'] === undefined
    ? undefined
    : 'LIMIT or OFFSET'
}

function callsOf(targets: readonly PgNode[], catalog: Catalog): string | undefined {
  const found = new Set<'aggregate' | 'window' | 'set'>()
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || as(node, 'SubLink') !== undefined) return
    const call = as(node, 'FuncCall')
    const name = names(call?.['funcname']).at(-1)
    const own = catalog.functions.filter(f => f.name === name)
    if (call?.['over'] !== undefined) found.add('window')
    else if (name !== undefined) {
      if (isAggregate(name) || own.some(({ kind }) => kind === 'aggregate')) found.add('aggregate')
      if (isSetFunction(name) || own.some(f => f.set)) found.add('set')
    }
    Object.values(node).forEach(visit)
  }
  targets.forEach(visit)
  if (found.has('aggregate')) return 'aggregate functions'
  if (found.has('window')) return 'window functions'
  return found.has('set') ? 'set-returning functions' : undefined
}

const NO_COLUMN = 'View columns that are not columns of their base relation are not updatable.'
const SYSTEM = 'View columns that refer to system columns are not updatable.'
const WHOLE_ROW = 'View columns that return whole-row references are not updatable.'

function columnsOf(
  view: ViewQuery,
  select: Body,
  { base, called, columns: own }: ViewItem,
): readonly (number | string)[] {
  const shown = own.flatMap(({ at }) => (base.columns[at]!.hidden ? [] : [at]))
  const places = list(select['targetList']).map((node): readonly (number | string)[] | undefined => {
    const [kind, value] = open(as(node, 'ResTarget')?.['val'])
    // A record that is taken apart has as many columns as are left.
    if (kind === 'A_Indirection' && as(list(value['indirection']).at(-1), 'A_Star') !== undefined)
      return undefined
    if (kind === 'FuncCall' && names(value['funcname']).at(-1) === '*') {
      const left = list(value['args']).map(arg => names(as(arg, 'ColumnRef')?.['fields']).at(-1))
      return shown.filter(i => !left.includes(own.find(({ at }) => at === i)!.name))
    }
    if (kind !== 'ColumnRef') return [NO_COLUMN]
    const fields = list(value['fields'])
    if (as(fields.at(-1), 'A_Star') !== undefined) return shown
    const path = names(fields)
    const isOther = path.length > 1 && path.at(-2) !== called
    const at = isOther ? undefined : own.find(({ name }) => name === path.at(-1))?.at
    if (at === undefined) return [path.length === 1 && path[0] === called ? WHOLE_ROW : NO_COLUMN]
    return [base.columns[at]!.hidden ? SYSTEM : at]
  })
  if (places.filter(p => p === undefined).length > 1) return view.columns.map(() => NO_COLUMN)
  const rest = view.columns.length - places.reduce((sum, p) => sum + (p?.length ?? 0), 0)
  const all = places.flatMap(p => p ?? new Array<string>(Math.max(0, rest)).fill(NO_COLUMN))
  return view.columns.map((_, i) => all[i] ?? NO_COLUMN)
}
