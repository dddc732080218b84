import { type RoleDef, rolesOf } from '../../planner/access.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { RoleOptions } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { storedPassword } from '../access/password.ts'
import { type Rights, rightsOf } from '../access/rights.ts'
import { requireRole } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

/** CREATE USER, CREATE ROLE. */
export function createRole(
  statement: StatementOf<'create role'>,
  context: StatementContext,
): Promise<Result> {
  const { name, position, options } = statement
  return changeCatalog(context, 'CREATE ROLE', catalog => {
    const rights = rightsOf(context.session, catalog)
    requireRoleMaker(rights, options, 'create role')
    requireFreeWord(name, position)
    if (exists(name, catalog)) {
      const message = `role "${name}" already exists`
      if (!statement.ifNotExists) throw new SqlError('duplicate_object', message)
      context.notice(`${message}, skipping`)
      return catalog
    }
    const role: RoleDef = {
      name,
      superuser: options.superuser ?? false,
      createDb: options.createDb ?? false,
      createRole: options.createRole ?? false,
      login: options.login ?? false,
      memberOf: (options.memberOf ?? []).map(of => requireRole(catalog, of)),
      ...(typeof options.password === 'string' && { password: storedPassword(options.password) }),
    }
    return catalog.withRoles([...catalog.roles, role])
  })
}

/** ALTER USER, ALTER ROLE: attributes, the password, the name. */
export function alterRole(statement: StatementOf<'alter role'>, context: StatementContext): Promise<Result> {
  const { name, options, to } = statement
  return changeCatalog(context, 'ALTER ROLE', catalog => {
    const rights = rightsOf(context.session, catalog)
    const before = catalog.roleByName(name) ?? own(name, context, catalog)
    const onlyPassword = Object.keys(options).every(option => option === 'password')
    const self = name === context.session.user && onlyPassword && to === undefined
    if (!self) requireRoleMaker(rights, options, 'alter role')
    if (before.superuser && !rights.superuser)
      throw new SqlError('insufficient_privilege', 'must be superuser to alter superuser roles')
    if (to !== undefined) return renamed(catalog, before, to, context)
    const { password, memberOf, ...flags } = options
    const { password: _, ...rest } = before
    const kept = password === undefined ? before.password : undefined
    const text = typeof password === 'string' ? storedPassword(password) : kept
    const memberships = memberOf?.map(of => requireRole(catalog, of)) ?? before.memberOf
    const after = { ...rest, ...flags, memberOf: memberships, ...(text !== undefined && { password: text }) }
    return catalog.withRoles([...catalog.roles.filter(role => role.name !== name), after])
  })
}

/** DROP USER, DROP ROLE. Throws 2BP01 for a role that owns something or has rights on it. */
export function dropRole(statement: StatementOf<'drop role'>, context: StatementContext): Promise<Result> {
  return changeCatalog(context, 'DROP ROLE', catalog => {
    const rights = rightsOf(context.session, catalog)
    requireRoleMaker(rights, {}, 'drop role')
    let { roles } = catalog
    for (const name of statement.names) {
      const role = roles.find(r => r.name === name)
      if (role === undefined) {
        const message = `role "${name}" does not exist`
        if (!statement.ifExists) throw new SqlError('undefined_object', message)
        context.notice(`${message}, skipping`)
        continue
      }
      if (role.superuser && !rights.superuser)
        throw new SqlError('insufficient_privilege', 'must be superuser to drop superusers')
      if (name === context.session.user) throw new SqlError('object_in_use', 'current user cannot be dropped')
      requireUnused(name, catalog)
      roles = roles
        .filter(r => r.name !== name)
        .map(r => ({ ...r, memberOf: r.memberOf.filter(of => of !== name) }))
    }
    const gone = (name: string | undefined) => name !== undefined && statement.names.includes(name)
    const settings = catalog.roleSettings.filter(s => !gone(s.role))
    return catalog.withRoles(roles).withRoleSettings(settings)
  })
}

/** GRANT role TO role, REVOKE role FROM role. */
export function grantRole(statement: StatementOf<'grant role'>, context: StatementContext): Promise<Result> {
  const { grant, granted, roles } = statement
  return changeCatalog(context, grant ? 'GRANT ROLE' : 'REVOKE ROLE', catalog => {
    requireRoleMaker(rightsOf(context.session, catalog), {}, 'grant role')
    for (const name of [...granted, ...roles]) requireRole(catalog, name)
    for (const of of grant ? granted : [])
      for (const name of roles)
        if (rolesOf(of, catalog.roles).has(name))
          throw new SqlError('invalid_grant_operation', `role "${of}" is a member of role "${name}"`)
    return catalog.withRoles(
      catalog.roles.map(role => {
        if (!roles.includes(role.name)) return role
        const others = role.memberOf.filter(of => !granted.includes(of))
        return { ...role, memberOf: grant ? [...others, ...granted] : others }
      }),
    )
  })
}

/** A declared role, or one of the server's own that becomes declared by being altered. */
function own(name: string, context: StatementContext, catalog: Catalog): RoleDef {
  const { user, declared } = context.session
  if (name !== 'root' && (declared || name !== user)) requireRole(catalog, name)
  return { name, superuser: true, createDb: true, createRole: true, login: true, memberOf: [] }
}

function exists(name: string, catalog: Catalog): boolean {
  return name === 'root' || catalog.roleByName(name) !== undefined
}

function requireRoleMaker(rights: Rights, options: RoleOptions, what: string): void {
  if (!rights.createRole && !rights.superuser)
    throw new SqlError('insufficient_privilege', `permission denied to ${what}`)
  if (options.superuser === true && !rights.superuser)
    throw new SqlError('insufficient_privilege', 'must be superuser to create superusers')
  if (options.createDb === true && !rights.createDb && !rights.superuser)
    throw new SqlError('insufficient_privilege', 'must have createdb privilege to create createdb users')
}

function requireUnused(name: string, catalog: Catalog): void {
  const { databases, schemas, relations, functions, types } = catalog
  const owned = [...databases, ...schemas, ...relations, ...functions].filter(o => o.owner === name)
  const details = owned.map(object => `owner of ${'kind' in object ? object.kind : 'schema'} ${object.name}`)
  for (const type of types) if (type.owner === name) details.push(`owner of type ${type.name}`)
  for (const grant of catalog.grants)
    if (grant.role === name) details.push(`privileges for ${grant.kind} ${nameOf(grant.object, catalog)}`)
  for (const { maker, role } of catalog.defaultGrants)
    if (maker === name || role === name)
      details.push(`privileges for default privileges on new objects belonging to role ${maker}`)
  if (details.length === 0) return
  const message = `role "${name}" cannot be dropped because some objects depend on it`
  throw new SqlError('dependent_objects_still_exist', message, { detail: details.join('\n') })
}

function nameOf(id: number, { databases, schemas, relations, functions, types }: Catalog): string {
  return (
    [...databases, ...schemas, ...relations, ...functions, ...types].find(o => o.id === id)?.name ??
    String(id)
  )
}

function requireFreeWord(name: string, position?: number): void {
  if (name !== 'public' && name !== 'none' && !name.startsWith('pg_')) return
  throw new SqlError('reserved_name', `role name "${name}" is reserved`, { position })
}

function renamed(catalog: Catalog, before: RoleDef, to: string, context: StatementContext): Catalog {
  requireFreeWord(to)
  if (exists(to, catalog)) throw new SqlError('duplicate_object', `role "${to}" already exists`)
  if (before.name === context.session.user || !catalog.roles.includes(before))
    throw new SqlError('feature_not_supported', 'session user cannot be renamed')
  return catalog.withRoleName(before.name, to)
}
