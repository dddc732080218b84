import {
  type Catalog,
  type DatabaseDef,
  namesRowTime,
  type Relation,
  type SchemaDef,
} from '../../planner/catalog.ts'
import type { BindContext } from '../../planner/contract.ts'
import type { Fragment, Name } from '../../planner/parse/index.ts'
import { isTempSchema, meantSchema, requireReachable, tempSchemaOf } from '../../planner/temp-schema.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import { denied, requireRelationRight, rightsOf } from '../access/rights.ts'
import type { StatementContext } from './contract.ts'

/** What the binder needs to know of the session. */
export function bindContext(
  context: StatementContext,
  fragment: Pick<Fragment, 'position'> & { readonly text?: string },
  mode: 'stream' | 'batch',
  parameters: readonly (Type | undefined)[] = [],
): BindContext {
  const { session } = context
  return {
    catalog: context.catalogs.current,
    database: session.database,
    searchPath: session.searchPath(),
    creationPath: session.creationPath(),
    systemRelation: (schema, name) => context.systemRelation(schema, name),
    parameters,
    inferred: new Map(),
    blocks: { last: 0 },
    setting: name => session.settings.get(name),
    nowMicros: context.now(),
    user: session.user,
    sessionUser: session.sessionUser,
    session: session.number,
    position: location => fragment.position(location),
    mode,
    ...(mode === 'batch' && namesRowTime(fragment.text ?? '') && { rowTimes: true }),
    indexesOf: id => readyIndexes(context, id),
    ownRows: table => (mode === 'batch' ? context.transaction?.ownRows(table) : undefined),
    sets: { insert: new Set(), update: new Set() },
    authorizeCall(called) {
      if (rightsOf(session, context.catalogs.current).may('execute', 'function', called)) return
      throw denied(`${called.kind} ${called.name}`)
    },
    authorize(relation, privilege, owner) {
      if (mode === 'batch' && context.runtime.isBackfilling(relation.id)) throw incomplete(relation)
      const { current } = context.catalogs
      const who =
        owner === undefined ? session : { user: owner, declared: current.roleByName(owner) !== undefined }
      return requireRelationRight(rightsOf(who, current), current, privilege, relation)
    },
  }
}

function incomplete({ kind, name }: Relation): SqlError {
  return new SqlError('object_not_in_prerequisite_state', `${kind} "${name}" is still being created`, {
    hint: 'SHOW JOBS tells how far it is; WAIT returns when it is complete.',
  })
}

/** Indexes of a relation; not those that a restart found half filled. */
function readyIndexes({ catalogs, runtime }: StatementContext, on: number): readonly Relation[] {
  const found = catalogs.current.relations.filter(r => r.index?.on === on)
  if (found.length === 0) return found
  const filling = new Set(runtime.progress().flatMap(p => (p.state === 'backfilling' ? [p.relation] : [])))
  return found.filter(r => !filling.has(r.id))
}

/** Throws 42P02 for a statement that cannot have any. */
export function requireNoParameters(
  { parameters }: { readonly parameters: readonly unknown[] },
  position?: number,
): void {
  if (parameters.length > 0)
    throw new SqlError('undefined_parameter', 'there is no parameter $1', { position })
}

/** The schema a new object goes to; that of the session's temporary relations may not be there yet. Throws 3F000. */
export function targetSchema(context: StatementContext, name: Name): string {
  const { catalogs, session } = context
  const temporary = tempSchemaOf(session.number)
  const path = session.creationPath()
  const known = path.find(each => each === temporary || catalogs.current.hasSchema(session.database, each))
  requireOwnDatabase(session, name)
  const schema = meantSchema(name.schema ?? known ?? path[0] ?? 'public', session.number)
  if (schema === temporary) return schema
  if (isTempSchema(schema))
    throw new SqlError(
      'invalid_table_definition',
      'cannot create relations in temporary schemas of other sessions',
      { position: name.position },
    )
  return requireSchema(catalogs.current, session.database, schema, name.position).name
}

/** The schema of a new object that cannot be temporary. */
export function lastingSchema(context: StatementContext, name: Name, what: string): string {
  const schema = targetSchema(context, name)
  if (isTempSchema(schema)) throw notSupported(`a temporary ${what}`, { position: name.position })
  return schema
}

/** 0A000 for SET SCHEMA that has to do with a temporary one. */
export function betweenTemporary(): SqlError {
  return new SqlError('feature_not_supported', 'cannot move objects into or out of temporary schemas')
}

/** Throws 3F000. */
export function requireSchema(
  catalog: Catalog,
  database: string,
  name: string,
  position?: number,
): SchemaDef {
  const found = catalog.schemaByName(database, name)
  if (found !== undefined) return found
  throw new SqlError('invalid_schema_name', `schema "${name}" does not exist`, { position })
}

/** Throws 42939 for a name of a schema that only the server gives. */
export function requireFreePrefix(schema: string): void {
  if (schema.startsWith('pg_'))
    throw new SqlError('reserved_name', `unacceptable schema name "${schema}"`, {
      detail: 'The prefix "pg_" is reserved for system schemas.',
    })
}

/** Throws 3D000. */
export function requireDatabase(catalog: Catalog, name: string): DatabaseDef {
  const found = catalog.databaseByName(name)
  if (found !== undefined) return found
  throw new SqlError('invalid_catalog_name', `database "${name}" does not exist`)
}

/** A declared role's name. Throws 42704. */
export function requireRole(catalog: Catalog, name: string): string {
  if (catalog.roleByName(name) !== undefined) return name
  throw new SqlError('undefined_object', `role "${name}" does not exist`)
}

/** Where an object of this name is looked for, in this order. Throws 0A000 for a database that is not the session's. */
export function schemasOf(session: StatementContext['session'], name: Name): readonly string[] {
  requireOwnDatabase(session, name)
  return name.schema === undefined ? session.searchPath() : [meantSchema(name.schema, session.number)]
}

function requireOwnDatabase(
  session: StatementContext['session'],
  { database, schema, name, position }: Name,
) {
  if (database === undefined || database === session.database) return
  const message = `cross-database references are not implemented: "${database}.${schema}.${name}"`
  throw new SqlError('feature_not_supported', message, { position })
}

/** The relation a name means, by the search path; undefined: none. */
export function findByName(context: StatementContext, name: Name): Relation | undefined {
  for (const schema of schemasOf(context.session, name)) {
    const found = context.catalogs.current.byName(context.session.database, schema, name.name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Throws 42P01, and 0A000 for a temporary relation of another session. */
export function requireRelation(context: StatementContext, name: Name): Relation {
  const found = findByName(context, name)
  if (found === undefined)
    throw new SqlError('undefined_table', `relation "${name.name}" does not exist`, {
      position: name.position,
    })
  requireReachable(found.schema, context.session.number)
  return found
}
