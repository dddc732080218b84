import { notSupported, SqlError } from '../../types/error.ts'
import { PRIVILEGES, type Privilege } from '../access.ts'
import type { Cursor } from './cursor.ts'
import type { Name, RoleOptions, Statement } from './statement.ts'

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

/** After CREATE USER (which may log in) or CREATE ROLE (which may not, unless told). */
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
  const name = c.identifier()
  if (c.accept('rename', 'to')) {
    const to = c.identifier()
    c.finish()
    return { kind: 'alter role', name, position, options: {}, to }
  }
  if (c.looking('set') || c.looking('reset'))
    throw notSupported('ALTER ROLE … SET', { position: c.token!.start })
  return { kind: 'alter role', name, position, options: parseOptions(c), to: undefined }
}

/** After DROP USER or DROP ROLE. */
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
    else if (c.accept('in', 'role')) options = { ...options, memberOf: parseNames(c) }
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

/** After GRANT or REVOKE. */
export function parseGrant(c: Cursor, grant: boolean): Statement {
  const optionOnly = !grant && c.accept('grant', 'option', 'for')
  const first = c.at
  while (c.token !== undefined && !c.looking('on') && !c.looking(grant ? 'to' : 'from')) c.at++
  const ofObjects = c.looking('on')
  c.at = first
  if (!ofObjects) {
    const granted = parseNames(c)
    c.expect(grant ? 'to' : 'from')
    const roles = parseNames(c)
    tail(c, grant)
    return { kind: 'grant role', grant, granted, roles }
  }
  const privileges = parsePrivileges(c)
  c.expect('on')
  const on = parseObjects(c)
  c.expect(grant ? 'to' : 'from')
  const roles = parseNames(c)
  const withOption = tail(c, grant)
  return { kind: 'grant', grant, privileges, ...on, roles, withOption, optionOnly }
}

function parsePrivileges(c: Cursor): readonly Privilege[] | 'all' {
  if (c.accept('all')) {
    c.accept('privileges')
    return 'all'
  }
  const privileges: Privilege[] = []
  do {
    const { value, start } = c.token ?? { value: '', start: c.end }
    const known = PRIVILEGES.find(privilege => privilege === value)
    if (known === undefined) {
      c.identifier()
      throw new SqlError('syntax_error', `unrecognized privilege type "${value}"`, { position: start })
    }
    c.at++
    if (c.looking('(')) throw notSupported('privileges on columns', { position: c.token!.start })
    privileges.push(known)
  } while (c.accept(','))
  return privileges
}

function parseObjects(c: Cursor): {
  what: 'relation' | 'schema' | 'database' | 'all'
  names: readonly Name[]
} {
  const relations = ['tables', 'materialized views', 'views', 'sources', 'sinks']
  if (c.accept('all')) {
    const kind = relations.find(words => c.accept(...words.split(' ')))
    if (kind === undefined) throw c.error()
    c.expect('in', 'schema')
    return { what: 'all', names: parseNames(c).map(name => ({ schema: undefined, name, position: c.end })) }
  }
  const what = c.accept('schema') ? 'schema' : c.accept('database') ? 'database' : 'relation'
  for (const word of ['function', 'connection', 'secret', 'sequence', 'subscription'])
    if (c.looking(word)) throw notSupported(`GRANT ON ${word.toUpperCase()}`, { position: c.token!.start })
  if (what === 'relation')
    c.accept('table') ||
      c.accept('materialized', 'view') ||
      c.accept('view') ||
      c.accept('source') ||
      c.accept('sink')
  const names = [c.name()]
  while (c.accept(',')) names.push(c.name())
  return { what, names }
}

/** WITH GRANT OPTION, GRANTED BY, CASCADE; whether the right may be handed on. */
function tail(c: Cursor, grant: boolean): boolean {
  const withOption = grant && (c.accept('with', 'grant', 'option') || c.accept('with', 'admin', 'option'))
  if (c.accept('granted', 'by')) c.identifier()
  if (!grant && !c.accept('cascade')) c.accept('restrict')
  c.finish()
  return withOption
}

function parseNames(c: Cursor): readonly string[] {
  const names = [c.identifier()]
  while (c.accept(',')) names.push(c.identifier())
  return names
}
