import { type ObjectKind, PRIVILEGES_OF } from '../../../planner/access.ts'
import type { ColumnDef } from '../../../planner/catalog.ts'
import { SqlError } from '../../../types/error.ts'
import { sqlDialect } from '../../../types/sql-dialect.ts'
import type { Value } from '../../../types/value.ts'
import { type Owned, rightsOf } from '../../access/rights.ts'
import { objectByOid, registeredOid, schemaName } from '../lookup.ts'
import { roles } from '../roles.ts'
import type { SystemSession } from '../sessions.ts'
import { system } from './system.ts'

/** What has_…_privilege asks of: how the object is found, and the words for its privileges. */
interface Asked {
  readonly words: readonly string[]
  /** Throws for a name that is not there; undefined: a number that is not there. */
  find(session: SystemSession, object: string | number): boolean
}

const TABLE = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']
const KINDS: Readonly<Record<string, Asked>> = {
  table: { words: TABLE, find: byClass },
  any_column: { words: ['select', 'insert', 'update', 'references'], find: byClass },
  sequence: { words: ['usage', 'select', 'update'], find: byClass },
  schema: { words: ['create', 'usage'], find: bySchema },
  database: { words: ['create', 'connect', 'temporary', 'temp'], find: byDatabase },
  function: { words: ['execute'], find: () => true },
  language: { words: ['usage'], find: () => true },
  tablespace: { words: ['create'], find: () => true },
  type: { words: ['usage'], find: () => true },
  foreign_data_wrapper: { words: ['usage'], find: () => true },
  server: { words: ['usage'], find: () => true },
}

for (const [kind, asked] of Object.entries(KINDS))
  for (const object of ['text', 'oid']) {
    const answer = (session: SystemSession, target: string | number, privilege: string): Value => {
      checkWords(privilege, asked.words)
      return asked.find(session, target) ? holds(session, kind, target, privilege) : null
    }
    const help = `whether a role has a privilege on a ${kind.replaceAll('_', ' ')}`
    system(`has_${kind}_privilege(${object}, text) -> bool`, help, answer)
    for (const role of ['name', 'oid'])
      system(
        `has_${kind}_privilege(${role}, ${object}, text) -> bool`,
        help,
        (session: SystemSession, who: string | number, target: string | number, privilege: string) => {
          requireRole(session, who)
          return answer(seenBy(who, session), target, privilege)
        },
      )
  }

for (const object of ['text', 'oid'])
  for (const column of ['text', 'int2']) {
    const help = 'whether a role has a privilege on a column'
    const answer = (
      session: SystemSession,
      target: string | number,
      name: string | number,
      privilege: string,
    ): Value => {
      checkWords(privilege, KINDS['any_column']!.words)
      return byClass(session, target) ? holdsColumn(session, target, name, privilege) : null
    }
    system(`has_column_privilege(${object}, ${column}, text) -> bool`, help, answer)
    for (const role of ['name', 'oid'])
      system(
        `has_column_privilege(${role}, ${object}, ${column}, text) -> bool`,
        help,
        (
          session: SystemSession,
          who: string | number,
          target: string | number,
          name: string | number,
          privilege: string,
        ) => {
          requireRole(session, who)
          return answer(seenBy(who, session), target, name, privilege)
        },
      )
  }

const MEMBER_WORDS = ['member', 'usage', 'set']

for (const role of ['name', 'oid']) {
  const help = 'whether a role has the rights of another'
  const answer = (session: SystemSession, who: string | number, of: string | number, privilege: string) => {
    checkWords(privilege.replaceAll(/ with (admin|grant) option/gi, ''), MEMBER_WORDS)
    requireRole(session, of)
    const { user, declared } = seenBy(who, session)
    const { current } = session.catalogs
    const group = typeof of === 'string' ? of : roles(current, session).find(r => r.oid === of)?.name
    return rightsOf({ user, declared }, current).owns({ id: 0, name: '', owner: group ?? '' })
  }
  system(`pg_has_role(${role}, text) -> bool`, help, (session, of: string | number, privilege: string) =>
    answer(session, session.user, of, privilege),
  )
  for (const member of ['name', 'oid'])
    system(
      `pg_has_role(${member}, ${role}, text) -> bool`,
      help,
      (session: SystemSession, who: string | number, of: string | number, privilege: string) => {
        requireRole(session, who)
        return answer(session, who, of, privilege)
      },
    )
}

/** The session as another role would have it. */
function seenBy(who: string | number, session: SystemSession): SystemSession {
  const { current } = session.catalogs
  const name = typeof who === 'string' ? who : roles(current, session).find(r => r.oid === who)?.name
  const user = name ?? ''
  if (user === session.user) return session
  return { ...session, user, declared: name === undefined || current.roleByName(name) !== undefined }
}

/** Any of several privileges is enough, or it takes all. */
function ofAsked(
  { settings }: SystemSession,
  asked: readonly string[],
  holds: (item: string) => boolean,
): boolean {
  const { allPrivileges } = sqlDialect(settings.get('sql_dialect'))
  return allPrivileges ? asked.every(holds) : asked.some(holds)
}

/** Objects of the system are everyone's to read. */
function holds(session: SystemSession, kind: string, target: string | number, privilege: string): boolean {
  const { catalogs, database } = session
  const { current } = catalogs
  const rights = rightsOf(session, current)
  if (rights.superuser) return true
  const [of, object] = ((): [ObjectKind, Owned | undefined] => {
    if (kind === 'database')
      return ['database', current.databases.find(d => d.name === target || d.id === target)]
    if (kind === 'function') {
      const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regprocedure')
      return ['function', current.functions.find(f => f.id === oid)]
    }
    if (kind === 'type') {
      const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regtype')
      return ['type', current.typeById(oid)]
    }
    if (kind === 'schema') {
      const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regnamespace')
      return ['schema', current.schemas.find(s => s.database === database && s.id === oid)]
    }
    const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regclass')
    return ['relation', current.byId(oid)]
  })()
  const asked = privilege.split(',').map(item => item.trim().toLowerCase())
  if (object === undefined)
    return asked.some(word => ['select', 'usage', 'execute', 'connect'].includes(word))
  return ofAsked(session, asked, word => {
    const [plain, grantable] = [word.replace(/ with grant option$/, ''), word.endsWith('option')]
    const known = PRIVILEGES_OF[of].find(p => p === (plain === 'temp' ? 'temporary' : plain))
    if (known === undefined) return rights.owns(object)
    if (kind === 'any_column' && !grantable) return rights.mayAny(known, object)
    return grantable ? rights.mayGrant(known, of, object) : rights.may(known, of, object)
  })
}

/** Throws 42703 for a name that no column has; null for a number that none has. */
function holdsColumn(
  session: SystemSession,
  target: string | number,
  name: string | number,
  privilege: string,
): boolean | null {
  const { current } = session.catalogs
  const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regclass')
  const object = objectByOid(session, oid)!
  const at = typeof name === 'number' ? name - 1 : object.columns.findIndex(c => c.name === name)
  if (object.columns[at] === undefined) {
    if (typeof name === 'number') return null
    const message = `column "${name}" of relation "${object.name}" does not exist`
    throw new SqlError('undefined_column', message)
  }
  const { relation } = object
  if (relation === undefined) return holds(session, 'table', target, privilege)
  const place = relation.columns.indexOf(object.columns[at] as ColumnDef)
  const rights = rightsOf(session, current)
  return ofAsked(session, privilege.split(','), item => {
    const word = item.trim().toLowerCase()
    const known = PRIVILEGES_OF.relation.find(p => p === word.replace(/ with grant option$/, ''))!
    return word.endsWith('option')
      ? rights.mayGrant(known, 'relation', relation, place)
      : rights.mayColumn(known, relation, place)
  })
}

/** `SELECT, INSERT WITH GRANT OPTION`. Throws 22023. */
function checkWords(privilege: string, words: readonly string[]): void {
  for (const item of privilege.split(',')) {
    const word = item
      .trim()
      .toLowerCase()
      .replace(/ with grant option$/, '')
    if (!words.includes(word))
      throw new SqlError('invalid_parameter_value', `unrecognized privilege type: "${item.trim()}"`)
  }
}

function requireRole(session: SystemSession, who: string | number): void {
  if (typeof who === 'number' || who === 'public') return
  if (!roles(session.catalogs.current, session).some(role => role.name === who))
    throw new SqlError('undefined_object', `role "${who}" does not exist`)
}

function byClass(session: SystemSession, target: string | number): boolean {
  const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regclass')
  return objectByOid(session, oid) !== undefined
}

function bySchema(session: SystemSession, target: string | number): boolean {
  const oid = typeof target === 'number' ? target : registeredOid(session, target, 'regnamespace')
  return schemaName(session, oid) !== undefined
}

function byDatabase(session: SystemSession, target: string | number): boolean {
  const found = session.catalogs.current.databases.some(d => d.name === target || d.id === target)
  if (!found && typeof target === 'string')
    throw new SqlError('invalid_catalog_name', `database "${target}" does not exist`)
  return found
}
