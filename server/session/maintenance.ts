import type { Name, SessionStatement } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { requireSchema, schemasOf } from '../statements/bind.ts'
import { requireColumn } from '../statements/column-users.ts'
import { objectByName } from '../system-tables/lookup.ts'
import { type ClassObject, classObjects, type IndexObject } from '../system-tables/objects.ts'
import type { Session } from './session.ts'

type Maintenance = Extract<SessionStatement, { kind: 'vacuum' | 'reindex' | 'cluster' | 'checkpoint' }>
type Of<Kind extends Maintenance['kind']> = Extract<Maintenance, { kind: Kind }>

/**
 * What PostgreSQL's tools ask for from time to time. The server does it by itself (objects of the bucket are merged, samples are
 * taken when a query is planned, indexes are part of their epoch), so names, rights and blocks are checked and nothing is left to
 * do but for CHECKPOINT, which is a barrier. Yields the tag.
 */
export async function maintain(session: Session, statement: Maintenance): Promise<string> {
  switch (statement.kind) {
    case 'vacuum':
      vacuum(session, statement)
      return statement.verb
    case 'reindex':
      reindex(session, statement)
      return 'REINDEX'
    case 'cluster':
      cluster(session, statement)
      return 'CLUSTER'
    case 'checkpoint':
      return checkpoint(session)
  }
}

function vacuum(session: Session, { verb, tables }: Of<'vacuum'>): void {
  if (verb === 'VACUUM') session.block.requireIdle('VACUUM')
  const word = verb.toLowerCase()
  for (const { name, columns } of tables) {
    const found = existing(session, name)
    if (!isTable(found)) {
      const message = `skipping "${found.name}" --- cannot ${word} non-tables or special system tables`
      session.notice(message, 'WARNING', 'wrong_object_type')
    } else if (found.relation !== undefined && !owns(session, found.relation))
      session.notice(
        `permission denied to ${word} "${found.name}", skipping it`,
        'WARNING',
        'insufficient_privilege',
      )
    else requireColumns(found, columns)
  }
}

function requireColumns({ name, relation, columns: all }: ClassObject, columns: readonly string[]): void {
  for (const [i, column] of columns.entries()) {
    if (relation !== undefined) requireColumn(relation, column)
    else if (!all.some(c => c.name === column))
      throw new SqlError('undefined_column', `column "${column}" of relation "${name}" does not exist`)
    if (columns.indexOf(column) !== i)
      throw new SqlError(
        'duplicate_column',
        `column "${column}" of relation "${name}" appears more than once`,
      )
  }
}

function reindex(session: Session, { of, name, place, concurrently }: Of<'reindex'>): void {
  const { context, system } = session
  const { current } = context.catalogs
  if (of === 'schema' || of === 'database' || of === 'system')
    session.block.requireIdle(`REINDEX ${of.toUpperCase()}`)
  else if (concurrently) session.block.requireIdle('REINDEX CONCURRENTLY')
  if (of === 'schema') {
    const schema = requireSchema(current, system.database, place ?? '')
    requireOwner(rightsOf(context.session, current), 'schema', schema)
    return
  }
  if (name === undefined) {
    if (place !== undefined && place !== system.database)
      throw new SqlError('feature_not_supported', 'can only reindex the currently open database')
    return
  }
  const found = existing(session, name)
  const fits = of === 'index' ? found.kind === 'i' : isTable(found)
  if (!fits)
    throw new SqlError(
      'wrong_object_type',
      of === 'index'
        ? `"${found.name}" is not an index`
        : `"${found.name}" is not a table or materialized view`,
    )
  const owned = found.relation ?? found.index?.on
  if (owned !== undefined)
    requireOwner(rightsOf(context.session, current), of === 'index' ? 'index' : 'table', {
      ...owned,
      name: found.name,
    })
  if (of === 'table' && found.relation !== undefined && indexesOf(session, found).length === 0)
    session.notice(`table "${found.name}" has no indexes to reindex`)
}

/** Rows lie by virtual node whatever index is named, so a table has none that it is clustered by. */
function cluster(session: Session, { table: name, index }: Of<'cluster'>): void {
  if (name === undefined) {
    session.block.requireIdle('CLUSTER')
    return
  }
  const { context } = session
  const found = existing(session, name)
  if (!isTable(found))
    throw new SqlError('wrong_object_type', `"${found.name}" is not a table or materialized view`)
  if (found.relation !== undefined)
    requireOwner(rightsOf(context.session, context.catalogs.current), 'table', found.relation)
  if (index === undefined)
    throw new SqlError('undefined_object', `there is no previously clustered index for table "${found.name}"`)
  if (!indexesOf(session, found).some(each => each.name === index))
    throw new SqlError('undefined_object', `index "${index}" for table "${found.name}" does not exist`)
}

async function checkpoint({ context }: Session): Promise<string> {
  if (!rightsOf(context.session, context.catalogs.current).superuser)
    throw new SqlError('insufficient_privilege', 'must be superuser to do CHECKPOINT')
  await context.runtime.flush()
  return 'CHECKPOINT'
}

/** Throws 42P01, and 3F000 for a schema that is not there. */
function existing(session: Session, name: Name): ClassObject {
  const { schema } = name
  const { context, system } = session
  schemasOf(context.session, name)
  const found = objectByName(system, schema === undefined ? [name.name] : [schema, name.name])
  if (found !== undefined) return found
  if (schema !== undefined) requireSchema(context.catalogs.current, system.database, schema)
  throw new SqlError('undefined_table', `relation "${name.name}" does not exist`)
}

function isTable({ kind }: ClassObject): boolean {
  return kind === 'r' || kind === 'm'
}

function owns({ context }: Session, relation: Parameters<ReturnType<typeof rightsOf>['owns']>[0]): boolean {
  return rightsOf(context.session, context.catalogs.current).owns(relation)
}

function indexesOf({ context, system }: Session, table: ClassObject): readonly ClassObject[] {
  const isOf = (index: IndexObject | undefined) => index?.on.id === table.relation?.id
  return classObjects(context.catalogs.current, system.database).filter(
    ({ index, kind }) => kind === 'i' && isOf(index),
  )
}
