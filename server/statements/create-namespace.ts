import { SqlError } from '../../types/error.ts'
import { denied, rightsOf } from '../access/rights.ts'
import { noteNoEffect } from './alter-namespace.ts'
import { requireFreePrefix, requireRole } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

/** CREATE SCHEMA and CREATE DATABASE. */
export function createNamespace(
  { kind, name, ifNotExists, owner, asked = {} }: StatementOf<'create schema' | 'create database'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, kind.toUpperCase(), catalog => {
    const { database, user } = context.session
    const isSchema = kind === 'create schema'
    requireMaker(isSchema, context)
    if (isSchema) requireFreePrefix(name)
    if (owner !== undefined && owner !== user) {
      requireRole(catalog, owner)
      if (!rightsOf(context.session, catalog).superuser)
        throw new SqlError('insufficient_privilege', `must be able to SET ROLE "${owner}"`)
    }
    if (isSchema ? catalog.hasSchema(database, name) : catalog.hasDatabase(name)) {
      const message = `${isSchema ? 'schema' : 'database'} "${name}" already exists`
      if (!ifNotExists) throw new SqlError(isSchema ? 'duplicate_schema' : 'duplicate_database', message)
      context.notice(`${message}, skipping`)
      return undefined
    }
    noteNoEffect(asked, context)
    return isSchema
      ? catalog.withSchema(database, name, owner ?? user)
      : catalog.withDatabase(name, owner ?? user, asked)
  })
}

function requireMaker(isSchema: boolean, { session, catalogs: { current } }: StatementContext): void {
  const rights = rightsOf(session, current)
  const database = current.databaseByName(session.database)
  if (!isSchema && !rights.createDb && !rights.superuser)
    throw new SqlError('insufficient_privilege', 'permission denied to create database')
  if (isSchema && database !== undefined && !rights.may('create', 'database', database))
    throw denied(`database ${database.name}`)
}
