import { notSupported, SqlError } from '../../types/error.ts'
import type { Cursor } from './cursor.ts'
import { parseNames } from './grants.ts'
import { parseRoleSetting } from './role-settings.ts'
import type { RoleOptions, Statement } from './statement.ts'

const FLAGS: Readonly<Record<string, Partial<RoleOptions>>> = {
  superuser: { superuser: true },
  nosuperuser: { superuser: false },
  createdb: { createDb: true },
  nocreatedb: { createDb: false },
  createrole: { createRole: true },
  nocreaterole: { createRole: false },
  createuser: { createRole: true },
  nocreateuser: { createRole: false },
  login: { login: true },
  nologin: { login: false },
  inherit: {},
  noreplication: {},
  nobypassrls: {},
}

/** After CREATE USER (which may log in), CREATE ROLE or CREATE GROUP (which may not, unless told). */
export function parseCreateRole(c: Cursor, user: boolean): Statement {
  const ifNotExists = c.accept('if', 'not', 'exists')
  const position = c.token?.start ?? c.end
  const name = c.identifier()
  const options = { login: user, ...parseOptions(c) }
  return { kind: 'create role', name, position, ifNotExists, user, options }
}

/** After ALTER USER or ALTER ROLE. */
export function parseAlterRole(c: Cursor): Statement {
  const position = c.token?.start ?? c.end
  const all = c.accept('all')
  const name = all ? '' : c.identifier()
  const database = c.accept('in', 'database') ? c.identifier() : undefined
  const setting = parseRoleSetting(c, all ? undefined : name, database)
  if (setting !== undefined) return setting
  if (all || database !== undefined) throw c.error()
  if (c.accept('rename', 'to')) {
    const to = c.identifier()
    c.finish()
    return { kind: 'alter role', name, position, options: {}, to }
  }
  return { kind: 'alter role', name, position, options: parseOptions(c), to: undefined }
}

/** After ALTER GROUP: its members come and go, as GRANT and REVOKE have it, or its name changes. */
export function parseAlterGroup(c: Cursor): Statement {
  const position = c.token?.start ?? c.end
  const name = c.identifier()
  if (c.accept('rename', 'to')) {
    const to = c.identifier()
    c.finish()
    return { kind: 'alter role', name, position, options: {}, to }
  }
  const grant = c.accept('add', 'user')
  if (!grant) c.expect('drop', 'user')
  const roles = parseNames(c)
  c.finish()
  return { kind: 'grant role', grant, granted: [name], roles }
}

/** After DROP USER, DROP ROLE or DROP GROUP. */
export function parseDropRole(c: Cursor, user: boolean): Statement {
  const ifExists = c.accept('if', 'exists')
  const names = parseNames(c)
  c.finish()
  return { kind: 'drop role', names, ifExists, user }
}

function parseOptions(c: Cursor): RoleOptions {
  let options: RoleOptions = {}
  c.accept('with')
  while (c.token !== undefined) {
    const { value, start } = c.token
    if (c.accept('encrypted', 'password') || c.accept('password'))
      options = { ...options, password: c.accept('null') ? null : c.string() }
    else if (c.accept('in', 'role') || c.accept('in', 'group'))
      options = { ...options, memberOf: parseNames(c) }
    else if (FLAGS[value] !== undefined) {
      options = { ...options, ...FLAGS[value] }
      c.at++
    } else if (['connection', 'valid', 'role', 'admin', 'oauth', 'replication', 'bypassrls'].includes(value))
      throw notSupported(`the role option ${value.toUpperCase()}`, { position: start })
    else if (/^\w+$/.test(value))
      throw new SqlError('syntax_error', `unrecognized role option "${value}"`, { position: start })
    else throw c.error()
  }
  return options
}
