import { type Catalog, DEFAULT_DATABASE } from '../../planner/catalog.ts'
import type { DatabaseSettings } from '../../planner/parse/database.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { knownRole } from './alter.ts'
import { requireDatabase, requireFreePrefix, requireSchema } from './bind.ts'
import type { StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { renamed } from './rename.ts'

/** Barriers go through all databases at once. */
export function noteNoEffect(
  { barrierIntervalMs, checkpointFrequency }: DatabaseSettings,
  { notice }: StatementContext,
): void {
  if (barrierIntervalMs !== undefined || checkpointFrequency !== undefined)
    notice('barriers of a database are those of the server: ALTER SYSTEM SET barrier_interval_ms')
}

/** ALTER SCHEMA and ALTER DATABASE: name and owner. */
export function alterNamespace(
  { what, name: { name }, actions }: StatementOf<'alter'>,
  context: StatementContext,
): Catalog {
  const action = actions[0]!
  const { current: catalog } = context.catalogs
  const { database } = context.session
  const rights = rightsOf(context.session, catalog)
  if (what === 'schema') {
    const schema = requireSchema(catalog, database, name)
    requireOwner(rights, 'schema', schema)
    if (action.do === 'owner')
      return catalog.withSchemaDef({ ...schema, owner: knownRole(action.to, context) })
    if (isTempSchema(name)) throw notSupported('ALTER of a temporary schema')
    if (action.do !== 'rename') throw notSupported(`ALTER SCHEMA … ${action.do.toUpperCase()}`)
    requireFreePrefix(action.to)
    if (catalog.hasSchema(database, action.to))
      throw new SqlError('duplicate_schema', `schema "${action.to}" already exists`)
    let changed = catalog.withSchemaDef({ ...schema, name: action.to })
    for (const { id, database: of, schema: inside } of catalog.relations)
      if (of === database && inside === name)
        changed = renamed(changed, changed.byId(id)!, { schema: action.to })
    for (const f of catalog.functions)
      if (f.database === database && f.schema === name)
        changed = changed.withFunction({ ...f, schema: action.to })
    for (const t of catalog.types)
      if (t.database === database && t.schema === name)
        changed = changed.withType({ ...changed.typeById(t.id)!, schema: action.to })
    return changed
  }
  const found = requireDatabase(catalog, name)
  requireOwner(rights, 'database', found)
  if (action.do === 'owner')
    return catalog.withDatabaseDef({ ...found, owner: knownRole(action.to, context) })
  if (action.do === 'database setting') {
    noteNoEffect(action.set, context)
    return catalog.withDatabaseDef({ ...found, asked: { ...found.asked, ...action.set } })
  }
  if (action.do !== 'rename') throw notSupported(`ALTER DATABASE … ${action.do.toUpperCase()}`)
  if (name === database) throw new SqlError('feature_not_supported', 'current database cannot be renamed')
  if (name === DEFAULT_DATABASE)
    throw new SqlError('feature_not_supported', `the default database "${name}" cannot be renamed`)
  if (catalog.hasDatabase(action.to))
    throw new SqlError('duplicate_database', `database "${action.to}" already exists`)
  return catalog.withDatabaseName(name, action.to)
}
