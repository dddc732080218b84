import { type ObjectKind, type Privilege, type RoleDef, rolesOf } from '../../planner/access.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
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
  /** Whether it may hand the right on. */
  mayGrant(privilege: Privilege, kind: ObjectKind, object: Owned): boolean
}

/** Anything with a number and an owner. */
export interface Owned {
  readonly id: number
  readonly name: string
  readonly owner: string
}

/** The rights of a user; none for a role that was dropped while it was connected. */
export function rightsOf({ user, declared }: Who, catalog: Catalog): Rights {
  const role = declared ? (catalog.roles.find(r => r.name === user) ?? nobody(user)) : undefined
  const superuser = role?.superuser ?? true
  const names = rolesOf(user, catalog.roles)
  const owns = ({ owner }: Owned) => superuser || names.has(owner)
  const granted = (list: 'privileges' | 'grantable', privilege: Privilege, kind: ObjectKind, id: number) =>
    catalog.grants.some(
      g =>
        g.kind === kind &&
        g.object === id &&
        (g.role === 'public' || names.has(g.role)) &&
        g[list].includes(privilege),
    )
  return {
    superuser,
    createDb: role?.createDb ?? true,
    createRole: role?.createRole ?? true,
    owns,
    may(privilege, kind, object) {
      if (owns(object) || granted('privileges', privilege, kind, object.id)) return true
      // As PostgreSQL grants to everyone from the beginning.
      return privilege === 'connect' || (privilege === 'usage' && object.name === 'public')
    },
    mayGrant: (privilege, kind, object) => owns(object) || granted('grantable', privilege, kind, object.id),
  }
}

/** Throws 42501 unless the right is there, on the relation and to look into its schema. */
export function requireRelationRight(
  rights: Rights,
  catalog: Catalog,
  privilege: Privilege,
  relation: Relation,
): void {
  if (rights.superuser) return
  const schema = catalog.schemas.find(s => s.database === relation.database && s.name === relation.schema)
  if (schema !== undefined && !rights.may('usage', 'schema', schema)) throw denied(`schema ${schema.name}`)
  if (!rights.may(privilege, 'relation', relation)) throw denied(`${relation.kind} ${relation.name}`)
}

/** Throws 42501 unless the user may make things in the schema. */
export function requireCreate(rights: Rights, catalog: Catalog, database: string, schema: string): void {
  const found = catalog.schemas.find(s => s.database === database && s.name === schema)
  if (found !== undefined && !rights.may('create', 'schema', found)) throw denied(`schema ${schema}`)
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
