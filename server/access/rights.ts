import { type ObjectKind, type Privilege, publicRights, type RoleDef, rolesOf } from '../../planner/access.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import { SqlError } from '../../types/error.ts'

/** Whose rights count: `declared` false is a user of the server's own, who may do everything. */
export interface Who {
  readonly user: string
  readonly declared: boolean
}

/** What a user may do, by the catalog in force. */
export interface Rights {
  readonly superuser: boolean
  readonly createDb: boolean
  readonly createRole: boolean
  /** Through itself or a role it is a member of. */
  owns(object: Owned): boolean
  may(privilege: Privilege, kind: ObjectKind, object: Owned): boolean
  /** On one column, through the relation or by itself. */
  mayColumn(privilege: Privilege, relation: Owned, column: number): boolean
  /** On the relation or any column of it. */
  mayAny(privilege: Privilege, relation: Owned): boolean
  /** Whether it may hand the right on. */
  mayGrant(privilege: Privilege, kind: ObjectKind, object: Owned, column?: number): boolean
}

/** Anything with a number and an owner. */
export interface Owned {
  readonly id: number
  readonly name: string
  readonly owner: string
}

/** The rights of a user; none for a role that was dropped while it was connected. */
export function rightsOf({ user, declared }: Who, catalog: Catalog): Rights {
  const role = declared ? (catalog.roleByName(user) ?? nobody(user)) : undefined
  const superuser = role?.superuser ?? true
  const names = rolesOf(user, catalog.roles)
  const owns = ({ owner }: Owned) => superuser || names.has(owner)
  type Rights = 'privileges' | 'grantable'
  const granted = (
    list: Rights,
    privilege: Privilege,
    kind: ObjectKind,
    id: number,
    column?: number | 'any',
  ) =>
    catalog.grants.some(
      g =>
        g.kind === kind &&
        g.object === id &&
        (column === 'any' || g.column === undefined || g.column === column) &&
        (g.role === 'public' || names.has(g.role)) &&
        g[list].includes(privilege),
    )
  const inborn = (privilege: Privilege, kind: ObjectKind, { id, name }: Owned) =>
    publicRights(kind, name).includes(privilege) &&
    !catalog.grants.some(g => g.kind === kind && g.object === id && g.role === 'public')
  return {
    superuser,
    createDb: role?.createDb ?? true,
    createRole: role?.createRole ?? true,
    owns,
    may: (privilege, kind, object) =>
      owns(object) || granted('privileges', privilege, kind, object.id) || inborn(privilege, kind, object),
    mayColumn: (privilege, relation, column) =>
      owns(relation) || granted('privileges', privilege, 'relation', relation.id, column),
    mayAny: (privilege, relation) =>
      owns(relation) || granted('privileges', privilege, 'relation', relation.id, 'any'),
    mayGrant: (privilege, kind, object, column) =>
      owns(object) || granted('grantable', privilege, kind, object.id, column),
  }
}

/** Is told each column that a statement reads or sets. Throws 42501. */
export type ColumnRight = (column: number) => void

/**
 * Throws 42501 unless the right is there, on the relation and to look into its schema. What it yields wants to be told of the
 * columns, as the right is on some of them only.
 */
export function requireRelationRight(
  rights: Rights,
  catalog: Catalog,
  privilege: Privilege,
  relation: Relation,
): ColumnRight | undefined {
  if (rights.superuser) return undefined
  const schema = catalog.schemaByName(relation.database, relation.schema)
  if (schema !== undefined && !isTempSchema(schema.name) && !rights.may('usage', 'schema', schema))
    throw denied(`schema ${schema.name}`)
  if (rights.may(privilege, 'relation', relation)) return undefined
  const refused = () => denied(`${relation.kind} ${relation.name}`)
  if (!rights.mayAny(privilege, relation)) throw refused()
  return column => {
    if (!rights.mayColumn(privilege, relation, column)) throw refused()
  }
}

/** Throws 42501 unless the user may open a session in the database. */
export function requireConnect(who: Who, catalog: Catalog, database: string): void {
  const found = catalog.databaseByName(database)
  if (found === undefined || rightsOf(who, catalog).may('connect', 'database', found)) return
  throw new SqlError('insufficient_privilege', `permission denied for database "${database}"`, {
    detail: 'User does not have CONNECT privilege.',
  })
}

/** Throws 42501 unless the user may make things in the schema. */
export function requireCreate(rights: Rights, catalog: Catalog, database: string, schema: string): void {
  if (isTempSchema(schema)) {
    requireTemporary(rights, catalog, database)
    return
  }
  const found = catalog.schemaByName(database, schema)
  if (found !== undefined && !rights.may('create', 'schema', found)) throw denied(`schema ${schema}`)
}

function requireTemporary(rights: Rights, catalog: Catalog, database: string): void {
  const found = catalog.databaseByName(database)
  if (found === undefined || rights.may('temporary', 'database', found)) return
  const message = `permission denied to create temporary tables in database "${database}"`
  throw new SqlError('insufficient_privilege', message)
}

/** Throws 42501 unless the user owns the object. */
export function requireOwner(rights: Rights, what: string, object: Owned): void {
  if (!rights.owns(object))
    throw new SqlError('insufficient_privilege', `must be owner of ${what} ${object.name}`)
}

export function denied(what: string): SqlError {
  return new SqlError('insufficient_privilege', `permission denied for ${what}`)
}

function nobody(name: string): RoleDef {
  return { name, superuser: false, createDb: false, createRole: false, login: false, memberOf: [] }
}
