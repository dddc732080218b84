import type { Catalog } from '../../planner/catalog.ts'
import type { PlaceAction } from '../../planner/parse/index.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import { requireCreate, rightsOf } from '../access/rights.ts'
import { betweenTemporary, requireRole, requireSchema } from './bind.ts'
import type { StatementContext } from './contract.ts'

/** What RENAME TO, SET SCHEMA and OWNER TO change. */
interface Place {
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly owner: string
}

/** The object as the action leaves it. Throws 42704 for an unknown owner, 3F000 and 42501 for a schema. */
export function placed<T extends Place>(
  object: T,
  action: PlaceAction,
  catalog: Catalog,
  { session }: StatementContext,
): T {
  if (action.do === 'owner') {
    if (action.to !== session.user) requireRole(catalog, action.to)
    return { ...object, owner: action.to }
  }
  if (action.do === 'set schema' && (isTempSchema(object.schema) || isTempSchema(action.schema)))
    throw betweenTemporary()
  const changed =
    action.do === 'rename' ? { ...object, name: action.to } : { ...object, schema: action.schema }
  requireSchema(catalog, changed.database, changed.schema)
  requireCreate(rightsOf(session, catalog), catalog, changed.database, changed.schema)
  return changed
}
