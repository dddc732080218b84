import { notSupported, SqlError } from '../../types/error.ts'
import { PRIVILEGES, type Privilege, type RelationsOf } from '../access.ts'
import { functionName } from './create-function.ts'
import type { Cursor } from './cursor.ts'
import type { FunctionName, Name, NamedPrivilege, Statement } from './statement.ts'

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
    const roles = parseRoles(c)
    tail(c, grant)
    return { kind: 'grant role', grant, granted, roles }
  }
  const privileges = parsePrivileges(c)
  c.expect('on')
  const on = parseObjects(c)
  c.expect(grant ? 'to' : 'from')
  const roles = parseRoles(c)
  const withOption = tail(c, grant)
  return { kind: 'grant', grant, privileges, ...on, roles, withOption, optionOnly }
}

function parsePrivileges(c: Cursor): readonly NamedPrivilege[] | 'all' {
  const privileges: NamedPrivilege[] = []
  do {
    const privilege = parsePrivilege(c)
    const columns = c.accept('(') ? parseNames(c) : undefined
    if (columns !== undefined) c.expect(')')
    if (privilege === 'all' && columns === undefined) return 'all'
    privileges.push({ privilege, ...(columns && { columns }) })
  } while (c.accept(','))
  return privileges
}

function parsePrivilege(c: Cursor): Privilege | 'all' {
  if (c.accept('all')) {
    c.accept('privileges')
    return 'all'
  }
  if (c.accept('temp')) return 'temporary'
  const { value, start } = c.token ?? { value: '', start: c.end }
  const known = PRIVILEGES.find(privilege => privilege === value)
  c.identifier()
  if (known === undefined)
    throw new SqlError('syntax_error', `unrecognized privilege type "${value}"`, { position: start })
  return known
}

/** After ALTER DEFAULT PRIVILEGES: `[FOR ROLE …] [IN SCHEMA …] GRANT … ON TABLES TO …`. */
export function parseDefaultPrivileges(c: Cursor): Statement {
  const makers = c.accept('for', 'role') || c.accept('for', 'user') ? parseNames(c) : []
  const schemas = c.accept('in', 'schema') ? parseNames(c) : []
  const grant = c.accept('grant')
  if (!grant) c.expect('revoke')
  const optionOnly = !grant && c.accept('grant', 'option', 'for')
  const privileges = parsePrivileges(c)
  c.expect('on')
  for (const word of ['sequences', 'types', 'connections', 'secrets', 'subscriptions'])
    if (c.looking(word)) throw notSupported(`default privileges on ${word}`, { position: c.token!.start })
  const position = c.token?.start ?? c.end
  const ofFunctions = c.accept('functions') || c.accept('routines')
  const what = ofFunctions ? 'function' : c.accept('schemas') ? 'schema' : 'relation'
  if (what === 'schema' && schemas.length > 0)
    throw new SqlError(
      'invalid_grant_operation',
      'cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS',
      { position },
    )
  const of = what === 'relation' ? relationsOf(c) : undefined
  c.expect(grant ? 'to' : 'from')
  const roles = parseRoles(c)
  const withOption = tail(c, grant)
  return {
    kind: 'default privileges',
    grant,
    privileges,
    what,
    of,
    makers,
    schemas,
    roles,
    withOption,
    optionOnly,
  }
}

const RELATIONS = ['materialized view', 'view', 'source', 'sink'] as const

/** TABLES: undefined. */
function relationsOf(c: Cursor): RelationsOf | undefined {
  const found = RELATIONS.find(words => c.accept(...`${words}s`.split(' ')))
  if (found === undefined) c.expect('tables')
  return found
}

function parseObjects(c: Cursor): {
  what: (Statement & { kind: 'grant' })['what']
  of?: RelationsOf | undefined
  names: readonly Name[]
  functions: readonly FunctionName[]
} {
  if (c.accept('all')) {
    const ofFunctions = c.accept('functions') || c.accept('routines')
    const of = ofFunctions ? undefined : relationsOf(c)
    c.expect('in', 'schema')
    const names = parseNames(c).map(name => ({ schema: undefined, name, position: c.end }))
    return { what: ofFunctions ? 'all functions' : 'all', of, names, functions: [] }
  }
  if (c.accept('function') || c.accept('routine')) {
    const functions = c.list(() => functionName(c))
    return { what: 'function', names: [], functions }
  }
  if (c.accept('type') || c.accept('domain'))
    return { what: 'type', names: c.list(() => c.name()), functions: [] }
  const what = c.accept('schema') ? 'schema' : c.accept('database') ? 'database' : 'relation'
  for (const word of ['connection', 'secret', 'sequence', 'subscription'])
    if (c.looking(word)) throw notSupported(`GRANT ON ${word.toUpperCase()}`, { position: c.token!.start })
  const of = what === 'relation' ? RELATIONS.find(words => c.accept(...words.split(' '))) : undefined
  if (what === 'relation' && of === undefined) c.accept('table')
  const names = c.list(() => c.name())
  return { what, of, names, functions: [] }
}

/** WITH GRANT OPTION, GRANTED BY, CASCADE; whether the right may be handed on. */
function tail(c: Cursor, grant: boolean): boolean {
  const withOption = grant && (c.accept('with', 'grant', 'option') || c.accept('with', 'admin', 'option'))
  if (c.accept('granted', 'by')) c.identifier()
  if (!grant) c.cascades()
  c.finish()
  return withOption
}

/** Groups are roles, by an older word. */
function parseRoles(c: Cursor): readonly string[] {
  return c.list(() => {
    const named = c.looking('group') && /^(word|quoted)$/.test(c.tokens[c.at + 1]?.kind ?? '')
    if (named && !c.looking('group', 'with') && !c.looking('group', 'granted')) c.at++
    return c.identifier()
  })
}

/** `a, b, c`. */
export function parseNames(c: Cursor): readonly string[] {
  return c.list(() => c.identifier())
}
