import type { Catalog, Relation } from '../../planner/catalog.ts'
import { writableThrough } from '../../planner/updatable-view.ts'
import { isViewOption } from '../../planner/view-options.ts'
import type { ClassObject } from './objects.ts'

/** Which statements can write into a relation. */
export interface Writable {
  readonly insert: boolean
  readonly update: boolean
  readonly delete: boolean
  /** By the columns that are shown. */
  readonly columns: readonly boolean[]
}

const NOWHERE: Writable = { insert: false, update: false, delete: false, columns: [] }

export function writable({ relation, columns }: ClassObject, catalog: Catalog): Writable {
  if (relation?.kind === 'table') {
    const changes = !relation.appendOnly
    return { insert: true, update: changes, delete: changes, columns: columns.map(() => changes) }
  }
  const through = relation?.kind === 'view' ? writableThrough(relation, catalog) : undefined
  if (through === undefined) return NOWHERE
  const { table, columns: own } = through
  const some = own.some(known => known)
  const changes = !table.appendOnly
  return {
    insert: some,
    update: some && changes,
    delete: changes,
    columns: own.map(known => known && changes),
  }
}

/** As bits by the number of the command, as PostgreSQL has them. */
export function writableBits({ insert, update, delete: remove }: Writable): number {
  return (update ? 1 << 2 : 0) | (insert ? 1 << 3 : 0) | (remove ? 1 << 4 : 0)
}

/** Whether rows of a view, or of one column, can be changed and taken away. */
export function changes({ update, delete: remove }: Writable): boolean {
  return update && remove
}

/** The options of a view as pg_class has them. */
export function viewOptions({ kind, options }: Relation): readonly string[] | null {
  const known = kind === 'view' ? Object.entries(options).filter(([name]) => isViewOption(name)) : []
  return known.length === 0 ? null : known.map(([name, value]) => `${name}=${value}`)
}
