import type { RoleDef } from '../../planner/access.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { SUPERUSER_OID } from './oids.ts'
import { type SystemSession, sessionsBeside } from './sessions.ts'

export interface Role extends RoleDef {
  readonly oid: number
}

const ROLE_OIDS = 0x30000000

/** Those declared, the owners of anything and those who are connected. */
export function roles(catalog: Catalog, session: SystemSession): readonly Role[] {
  const names = new Set([ROOT, ...catalog.roles.map(role => role.name)])
  for (const { owner } of [...catalog.databases, ...catalog.schemas, ...catalog.relations]) names.add(owner)
  for (const { user } of sessionsBeside(session)) names.add(user)
  return [...names].map(name => ({
    ...(catalog.roleByName(name) ?? serversOwn(name)),
    oid: roleOid(name),
  }))
}

/** A user that is not declared may do everything. */
function serversOwn(name: string): RoleDef {
  return { name, superuser: true, createDb: true, createRole: true, login: true, memberOf: [] }
}

export const ROOT = 'root'

/** Follows from the name, so it stays. */
export function roleOid(name: string): number {
  if (name === ROOT) return SUPERUSER_OID
  let hash = 0
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) & 0xffffff
  return ROLE_OIDS + hash
}
