import type { Catalog } from '../../planner/catalog.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { knownRole } from './alter.ts'
import type { StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { renamed } from './rename.ts'

/** ALTER SCHEMA and ALTER DATABASE: name and owner. */
export function alterNamespace(
  { what, name: { name }, action }: StatementOf<'alter'>,
  context: StatementContext,
): Catalog {
  const { current: catalog } = context.catalogs
  const { database } = context.session
  const rights = rightsOf(context.session, catalog)
  if (what === 'schema') {
    const schema = catalog.schemas.find(s => s.database === database && s.name === name)
    if (schema === undefined) throw new SqlError('invalid_schema_name', `schema "${name}" does not exist`)
    requireOwner(rights, 'schema', schema)
    if (action.do === 'owner')
      return catalog.withSchemaDef({ ...schema, owner: knownRole(action.to, context) })
    if (action.do !== 'rename') throw notSupported(`ALTER SCHEMA … ${action.do.toUpperCase()}`)
    if (catalog.hasSchema(database, action.to))
      throw new SqlError('duplicate_schema', `schema "${action.to}" already exists`)
    let changed = catalog.withSchemaDef({ ...schema, name: action.to })
    for (const { id, database: of, schema: inside } of catalog.relations)
      if (of === database && inside === name)
        changed = renamed(changed, changed.byId(id)!, { schema: action.to })
    for (const f of catalog.functions)
      if (f.database === database && f.schema === name)
        changed = changed.withFunction({ ...f, schema: action.to })
    return changed
  }
  const found = catalog.databases.find(d => d.name === name)
  if (found === undefined) throw new SqlError('invalid_catalog_name', `database "${name}" does not exist`)
  requireOwner(rights, 'database', found)
  if (action.do === 'owner')
    return catalog.withDatabaseDef({ ...found, owner: knownRole(action.to, context) })
  if (action.do !== 'rename') throw notSupported(`ALTER DATABASE … ${action.do.toUpperCase()}`)
  if (name === database) throw new SqlError('feature_not_supported', 'current database cannot be renamed')
  if (catalog.hasDatabase(action.to))
    throw new SqlError('duplicate_database', `database "${action.to}" already exists`)
  return catalog.withDatabaseName(name, action.to)
}
