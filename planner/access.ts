/** A role as the catalog keeps it. A user that is not declared is the server's own: `root`, or the one of the command line. */
export interface RoleDef {
  readonly name: string
  readonly superuser: boolean
  readonly createDb: boolean
  readonly createRole: boolean
  readonly login: boolean
  /** `SCRAM-SHA-256$iterations:salt$storedKey:serverKey`; undefined: none. */
  readonly password?: string
  /** Roles whose rights it has. */
  readonly memberOf: readonly string[]
}

export const PRIVILEGES = ['select', 'insert', 'update', 'delete', 'usage', 'create', 'connect'] as const
export type Privilege = (typeof PRIVILEGES)[number]
export type ObjectKind = 'relation' | 'schema' | 'database'

/** Rights on one object. */
export interface Grant {
  readonly kind: ObjectKind
  readonly object: number
  /** `public`: everyone. */
  readonly role: string
  readonly privileges: readonly Privilege[]
  /** Those it may grant to others. */
  readonly grantable: readonly Privilege[]
}

/** What rights there are on a kind of object, in the order of ALL. */
export const PRIVILEGES_OF: Readonly<Record<ObjectKind, readonly Privilege[]>> = {
  relation: ['select', 'insert', 'update', 'delete'],
  schema: ['usage', 'create'],
  database: ['connect', 'create'],
}

/** The grants with more or fewer rights of a role on an object. */
export function changeGrant(
  grants: readonly Grant[],
  at: Pick<Grant, 'kind' | 'object' | 'role'>,
  change: (before: Pick<Grant, 'privileges' | 'grantable'>) => Pick<Grant, 'privileges' | 'grantable'>,
): readonly Grant[] {
  const same = (g: Grant) => g.kind === at.kind && g.object === at.object && g.role === at.role
  const after = change(grants.find(same) ?? { privileges: [], grantable: [] })
  const others = grants.filter(g => !same(g))
  return after.privileges.length === 0 ? others : [...others, { ...at, ...after }]
}

/** The role and all whose rights it has through membership. */
export function rolesOf(name: string, roles: readonly RoleDef[]): ReadonlySet<string> {
  const found = new Set([name])
  for (const each of found) for (const of of roles.find(r => r.name === each)?.memberOf ?? []) found.add(of)
  return found
}
