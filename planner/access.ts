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

/** Settings that sessions begin with (ALTER ROLE … SET, ALTER DATABASE … SET). */
export interface RoleSettings {
  /** undefined: of every role. */
  readonly role?: string
  /** The number of a database; undefined: in each. */
  readonly database?: number
  readonly settings: Readonly<Record<string, string>>
}

export const PRIVILEGES = [
  'select',
  'insert',
  'update',
  'delete',
  'truncate',
  'references',
  'trigger',
  'usage',
  'create',
  'connect',
  'temporary',
  'execute',
] as const
export type Privilege = (typeof PRIVILEGES)[number]
export type ObjectKind = 'relation' | 'schema' | 'database' | 'function' | 'type'

/** Rights on one object. */
export interface Grant {
  readonly kind: ObjectKind
  readonly object: number
  /** The place of a column: the rights are on it alone. */
  readonly column?: number
  /** `public`: everyone. */
  readonly role: string
  readonly privileges: readonly Privilege[]
  /** Those it may grant to others. */
  readonly grantable: readonly Privilege[]
}

/** What rights there are on a kind of object, in the order of ALL. */
export const PRIVILEGES_OF: Readonly<Record<ObjectKind, readonly Privilege[]>> = {
  relation: ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'],
  schema: ['usage', 'create'],
  database: ['connect', 'create', 'temporary'],
  function: ['execute'],
  type: ['usage'],
}

/** Relations that a GRANT means by its word; TABLES are all of them, as PostgreSQL has it, or tables alone. */
export type RelationsOf = 'table' | 'view' | 'materialized view' | 'source' | 'sink'

/** Whether a GRANT with the word is about relations of the kind. An index goes with the views. */
export function isMeant(of: RelationsOf | undefined, kind: string | undefined): boolean {
  return of === undefined || kind === of || (of === 'materialized view' && kind === 'index')
}

/** Rights on what is only read. */
export const READ_PRIVILEGES: readonly Privilege[] = ['select']

/** Rights that there are on columns. */
export const COLUMN_PRIVILEGES: readonly Privilege[] = ['select', 'insert', 'update', 'references']

/** Rights on what a role makes from then on (ALTER DEFAULT PRIVILEGES). */
export interface DefaultGrant {
  /** Who makes it. */
  readonly maker: string
  /** In this schema; undefined: anywhere. */
  readonly schema?: number
  readonly kind: 'relation' | 'schema' | 'function'
  readonly of?: RelationsOf
  readonly role: string
  readonly privileges: readonly Privilege[]
  readonly grantable: readonly Privilege[]
}

/** What everyone has, as PostgreSQL grants from the beginning, until something is granted to or revoked from PUBLIC. */
export function publicRights(kind: ObjectKind, name: string): readonly Privilege[] {
  if (kind === 'function') return ['execute']
  if (kind === 'type') return ['usage']
  if (kind === 'database') return ['connect', 'temporary']
  return kind === 'schema' && name === 'public' ? ['usage'] : []
}

/** The grants with more or fewer rights of a role on an object. */
export function changeGrant(
  grants: readonly Grant[],
  at: Pick<Grant, 'kind' | 'object' | 'role' | 'column'>,
  /** What the role has while there is no grant to it; a grant of nothing is kept in its place. */
  inborn: readonly Privilege[],
  change: (before: Pick<Grant, 'privileges' | 'grantable'>) => Pick<Grant, 'privileges' | 'grantable'>,
): readonly Grant[] {
  const same = (g: Grant) =>
    g.kind === at.kind && g.object === at.object && g.role === at.role && g.column === at.column
  const after = change(grants.find(same) ?? { privileges: inborn, grantable: [] })
  const others = grants.filter(g => !same(g))
  return after.privileges.length === 0 && inborn.length === 0 ? others : [...others, { ...at, ...after }]
}

/** The role and all whose rights it has through membership. */
export function rolesOf(name: string, roles: readonly RoleDef[]): ReadonlySet<string> {
  const found = new Set([name])
  for (const each of found) for (const of of roles.find(r => r.name === each)?.memberOf ?? []) found.add(of)
  return found
}
