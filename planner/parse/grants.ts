import { notSupported, SqlError } from '../../types/error.ts'
import { PRIVILEGES, type Privilege } from '../access.ts'
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
  for (const word of [
    'functions',
    'routines',
    'sequences',
    'types',
    'connections',
    'secrets',
    'subscriptions',
  ])
    if (c.looking(word)) throw notSupported(`default privileges on ${word}`, { position: c.token!.start })
  const of = c.accept('schemas') ? 'schema' : 'relation'
  if (of === 'relation' && !RELATIONS.some(words => c.accept(...words.split(' ')))) throw c.error()
  c.expect(grant ? 'to' : 'from')
  const roles = parseNames(c)
  const withOption = tail(c, grant)
  return { kind: 'default privileges', grant, privileges, of, makers, schemas, roles, withOption, optionOnly }
}

const RELATIONS = ['tables', 'materialized views', 'views', 'sources', 'sinks']

function parseObjects(c: Cursor): {
  what: (Statement & { kind: 'grant' })['what']
  names: readonly Name[]
  functions: readonly FunctionName[]
} {
  if (c.accept('all')) {
    const ofFunctions = c.accept('functions') || c.accept('routines')
    if (!ofFunctions && !RELATIONS.some(words => c.accept(...words.split(' ')))) throw c.error()
    c.expect('in', 'schema')
    const names = parseNames(c).map(name => ({ schema: undefined, name, position: c.end }))
    return { what: ofFunctions ? 'all functions' : 'all', names, functions: [] }
  }
  if (c.accept('function') || c.accept('routine')) {
    const functions = [functionName(c)]
    while (c.accept(',')) functions.push(functionName(c))
    return { what: 'function', names: [], functions }
  }
  const what = c.accept('schema') ? 'schema' : c.accept('database') ? 'database' : 'relation'
  for (const word of ['connection', 'secret', 'sequence', 'subscription'])
    if (c.looking(word)) throw notSupported(`GRANT ON ${word.toUpperCase()}`, { position: c.token!.start })
  if (what === 'relation')
    c.accept('table') ||
      c.accept('materialized', 'view') ||
      c.accept('view') ||
      c.accept('source') ||
      c.accept('sink')
  const names = [c.name()]
  while (c.accept(',')) names.push(c.name())
  return { what, names, functions: [] }
}

/** WITH GRANT OPTION, GRANTED BY, CASCADE; whether the right may be handed on. */
function tail(c: Cursor, grant: boolean): boolean {
  const withOption = grant && (c.accept('with', 'grant', 'option') || c.accept('with', 'admin', 'option'))
  if (c.accept('granted', 'by')) c.identifier()
  if (!grant && !c.accept('cascade')) c.accept('restrict')
  c.finish()
  return withOption
}

/** `a, b, c`. */
export function parseNames(c: Cursor): readonly string[] {
  const names = [c.identifier()]
  while (c.accept(',')) names.push(c.identifier())
  return names
}
