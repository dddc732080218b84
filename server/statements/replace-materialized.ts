import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { Name } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { changeCatalog } from './change-catalog.ts'
import type { CatalogHolder, Result, StatementContext } from './contract.ts'
import { renamed } from './rename.ts'
import { viewHolds } from './view-holds.ts'
import { caughtUp } from './wait-for-jobs.ts'
import { whenAllowed } from './while-allowed.ts'

const TAG = 'CREATE MATERIALIZED VIEW'

/**
 * CREATE OR REPLACE MATERIALIZED VIEW of one that is there. Its rows are read until those of the next are complete, which then takes
 * its name, owner, rights and comments in one epoch. Plain views go on with the next; what has a job of its own over it refuses it.
 * `make` creates the next under the name it gets.
 */
export async function replaceMaterialized(
  view: Relation,
  name: Name,
  context: StatementContext,
  make: (aside: Name) => Promise<unknown>,
): Promise<Result> {
  const { catalogs, session } = context
  if (view.kind !== 'materialized view')
    throw new SqlError('wrong_object_type', `"${view.name}" is not a materialized view`, {
      position: name.position,
    })
  requireReplaceable(view, context)
  const running = replacing(catalogs)
  if (running.has(view.id))
    throw new SqlError('object_in_use', `materialized view "${view.name}" is being replaced already`)
  running.add(view.id)
  try {
    const aside = { ...name, schema: view.schema, name: `${view.name} (next)` }
    const made = () => catalogs.current.byName(session.database, aside.schema, aside.name)
    const left = made()
    if (left !== undefined && isLeft(left, context)) await dropNext(left.id, context)
    await make(aside)
    const next = made()
    if (next === undefined) throw gone(view)
    return await putInPlace(view, next.id, context)
  } finally {
    running.delete(view.id)
  }
}

/** Views of each server that are being replaced. */
const servers = new WeakMap<CatalogHolder, Set<number>>()

function replacing(catalogs: CatalogHolder): Set<number> {
  let known = servers.get(catalogs)
  if (known === undefined) servers.set(catalogs, (known = new Set()))
  return known
}

/** Whether a crash may have left it while it was made: then nobody knows of it. */
function isLeft({ id, kind, owner }: Relation, { catalogs, session }: StatementContext): boolean {
  return (
    kind === 'materialized view' && owner === session.user && catalogs.current.dependents(id).length === 0
  )
}

/** When the rows of the next are complete, it is what the view was; else it goes. */
async function putInPlace(view: Relation, id: number, context: StatementContext): Promise<Result> {
  try {
    await caughtUp(context, job => job === id)
    await whenAllowed([view.id], 'access exclusive', context)
    return await changeCatalog(context, TAG, catalog => {
      requireReplaceable(view, context)
      const next = catalog.byId(id)
      if (next === undefined) throw gone(view)
      return inPlaceOf(view, next, context)
    })
  } catch (error) {
    await dropNext(id, context)
    throw error
  }
}

/** A statement that is canceled takes it back too. */
async function dropNext(id: number, context: StatementContext): Promise<void> {
  await changeCatalog({ ...context, signal: undefined }, TAG, catalog =>
    catalog.byId(id) === undefined ? undefined : catalog.without([id]),
  )
}

/** Throws 42501, 2BP01, 55000: it went while the next was made. */
function requireReplaceable(view: Relation, { catalogs, session }: StatementContext): void {
  const { current } = catalogs
  const now = current.byId(view.id)
  if (now?.name !== view.name || now.schema !== view.schema) throw gone(view)
  requireOwner(rightsOf(session, current), view.kind, now)
  refuseFor(
    view,
    current.dependents(view.id).filter(r => r.kind !== 'view'),
  )
}

function gone({ name }: Relation): SqlError {
  return new SqlError('object_not_in_prerequisite_state', `"${name}" was changed while its next was made`)
}

function refuseFor(view: Relation, dependents: readonly Relation[]): void {
  if (dependents.length === 0) return
  throw new SqlError(
    'dependent_objects_still_exist',
    `cannot replace materialized view ${view.name} because other objects depend on it`,
    {
      detail: dependents.map(r => `${r.kind} ${r.name} depends on materialized view ${view.name}`).join('\n'),
      hint: 'Drop them first, and create them again.',
    },
  )
}

/** The catalog in which `next` is what the view was; its readers are plain views. */
function inPlaceOf(view: Relation, next: Relation, context: StatementContext): Catalog {
  const { current } = context.catalogs
  const { owner, comment } = current.byId(view.id)!
  const columns = next.columns.map(column => {
    const before = view.columns.find(c => c.name === column.name)
    return before?.comment === undefined ? column : { ...column, comment: before.comment }
  })
  const own = { ...next, columns, owner, ...(comment !== undefined && { comment }) }
  const named = renamed(current.without([view.id]).with(own), own, { name: view.name })
  const readers = named.relations.filter(r => r.dependsOn.includes(view.id))
  const taken = readers.reduce((catalog, reader) => catalog.with(reading(reader, view, next)), named)
  refuseFor(
    view,
    readers.filter(reader => !viewHolds(taken.byId(reader.id)!, taken, context)),
  )
  return taken.withGrants([
    ...taken.grants.filter(grant => grant.object !== next.id),
    ...current.grants.flatMap(grant => {
      if (grant.object !== view.id) return []
      if (grant.column === undefined) return [{ ...grant, object: next.id }]
      const column = columns.findIndex(c => c.name === view.columns[grant.column!]!.name)
      return column === -1 ? [] : [{ ...grant, object: next.id, column }]
    }),
  ])
}

function reading(reader: Relation, before: Relation, next: Relation): Relation {
  return { ...reader, dependsOn: reader.dependsOn.map(id => (id === before.id ? next.id : id)) }
}
