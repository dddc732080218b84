import type { Relation } from '../../planner/catalog.ts'
import { isTempSchema, TEMP_ALIAS } from '../../planner/temp-schema.ts'
import { SqlError } from '../../types/error.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { type ClassObject, classObjects, systemObject } from './objects.ts'
import { SCHEMA_OIDS } from './oids.ts'
import { systemTable, systemTables } from './registry.ts'
import { ROOT, roles } from './roles.ts'
import type { SystemSession } from './sessions.ts'
import { type PgFunction, pgFunctions } from './tables/functions.ts'
import { formatType, TYPES, typeByName, typeByOid, userTypeByName } from './types.ts'

const SYSTEM = new Map(
  systemTables().map(({ schema, def }) => [def.oid, systemObject(schema, def, ROOT)] as const),
)

let cached: { readonly key: unknown; readonly database: string; readonly objects: Map<number, ClassObject> }

/** A relation, index or system table by its number. */
export function objectByOid(session: SystemSession, oid: number): ClassObject | undefined {
  const catalog = session.catalogs.current
  if (cached === undefined || cached.key !== catalog || cached.database !== session.database) {
    const objects = classObjects(catalog, session.database)
    cached = { key: catalog, database: session.database, objects: new Map(objects.map(o => [o.oid, o])) }
  }
  return cached.objects.get(oid) ?? SYSTEM.get(oid)
}

/** The relation behind a number. */
export function relationByOid(session: SystemSession, oid: number): Relation | undefined {
  return objectByOid(session, oid)?.relation
}

/** Splits `a."B c"` into its parts; words are folded to lower case. */
export function nameParts(text: string): readonly string[] {
  const parts: string[] = []
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^".\s][^.\s]*))\s*(?:\.|$)/gy
  for (let at = 0; at < text.length; at = pattern.lastIndex) {
    const match = pattern.exec(text)
    if (match === null) throw new SqlError('invalid_name', 'invalid name syntax')
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2]!.toLowerCase())
  }
  return parts
}

/** The relation that the text names; throws 42P01. */
export function existingObject(session: SystemSession, text: string): ClassObject {
  const parts = nameParts(text)
  if (parts.length === 0) throw new SqlError('invalid_name', 'invalid name syntax')
  const object = objectByName(session, parts)
  if (object !== undefined) return object
  throw new SqlError('undefined_table', `relation "${parts.join('.')}" does not exist`)
}

/** A relation by name, along the search path; undefined: none. */
export function objectByName(session: SystemSession, parts: readonly string[]): ClassObject | undefined {
  const name = parts.at(-1) ?? ''
  const schema = parts.at(-2) === TEMP_ALIAS ? session.searchPath().find(isTempSchema) : parts.at(-2)
  if (parts.at(-2) !== undefined && schema === undefined) return undefined
  const catalog = session.catalogs.current
  for (const candidate of schema === undefined ? ['pg_catalog', ...session.searchPath()] : [schema]) {
    const def = systemTable(candidate, name)
    if (def !== undefined) return SYSTEM.get(def.oid)
    const relation = catalog.byName(session.database, candidate, name)
    const found = relation && objectByOid(session, relation.id)
    if (found !== undefined) return found
    const key = classObjects(catalog, session.database).find(
      o => o.schema === candidate && o.name === name && o.relation === undefined,
    )
    if (key !== undefined) return key
  }
  return undefined
}

/** Found by its name alone: no schema before it in the search path has one of that name. */
export function isVisible(session: SystemSession, object: ClassObject): boolean {
  return objectByName(session, [`${object.name}`])?.oid === object.oid
}

export function schemaName(session: SystemSession, oid: number): string | undefined {
  const system = Object.entries(SCHEMA_OIDS).find(([, id]) => id === oid)
  return system?.[0] ?? session.catalogs.current.schemas.find(s => s.id === oid)?.name
}

/** Functions that the session's catalogs show. */
export function functionsOf(session: SystemSession): readonly PgFunction[] {
  return pgFunctions(session.catalogs.current, session.database)
}

function typeOid(session: SystemSession, text: string): number | undefined {
  const known = typeByName(text) ?? TYPES.find(type => type.name === nameParts(text).at(-1))
  if (known !== undefined) return known.oid
  const element = /^(.*)\[\]\s*$/s.exec(text)?.[1]
  const user = userTypeByName(session, nameParts(element ?? text))
  return element === undefined ? user?.oid : user?.array
}

/** How a number of a reg… type is shown. */
export function registeredName(session: SystemSession, oid: number, kind: string): string {
  if (oid === 0) return '-'
  const name = shownName(session, oid, kind)
  return name ?? String(oid)
}

function shownName(session: SystemSession, oid: number, kind: string): string | undefined {
  switch (kind) {
    case 'regclass': {
      const object = objectByOid(session, oid)
      if (object === undefined) return undefined
      const name = quoteIdent(object.name)
      return isVisible(session, object) ? name : `${quoteIdent(object.schema)}.${name}`
    }
    case 'regtype':
      return typeByOid(oid, session.catalogs.current) && formatType(oid, null, session)
    case 'regproc':
      return functionsOf(session).find(f => f.oid === oid)?.name
    case 'regprocedure': {
      const found = functionsOf(session).find(f => f.oid === oid)
      return found && `${found.name}(${found.args.map(arg => formatType(arg, null, session)).join(',')})`
    }
    case 'regnamespace': {
      const name = schemaName(session, oid)
      return name && quoteIdent(name)
    }
    case 'regrole': {
      const name = roles(session.catalogs.current, session).find(role => role.oid === oid)?.name
      return name && quoteIdent(name)
    }
    default:
      return undefined
  }
}

/** The number that a name of a reg… type means. Throws 42P01, 42704, 42883, 3F000. */
export function registeredOid(session: SystemSession, text: string, kind: string): number {
  if (/^\d+$/.test(text.trim())) return Number(text)
  if (text.trim() === '-') return 0
  const found = foundOid(session, text, kind)
  if (found !== undefined) return found
  switch (kind) {
    case 'regclass':
      throw new SqlError('undefined_table', `relation "${nameParts(text).join('.')}" does not exist`)
    case 'regtype':
      throw new SqlError('undefined_object', `type "${text}" does not exist`)
    case 'regnamespace':
      throw new SqlError('invalid_schema_name', `schema "${text}" does not exist`)
    case 'regrole':
      throw new SqlError('undefined_object', `role "${text}" does not exist`)
    default:
      throw new SqlError('undefined_function', `function "${text}" does not exist`)
  }
}

/** The number that a name means; undefined: nothing has that name. */
export function foundOid(session: SystemSession, text: string, kind: string): number | undefined {
  switch (kind) {
    case 'regclass':
      return objectByName(session, nameParts(text))?.oid
    case 'regtype':
      return typeOid(session, text)
    case 'regnamespace': {
      const name = nameParts(text).at(-1)
      const own = session.catalogs.current.schemas.find(
        s => s.database === session.database && s.name === name,
      )
      return own?.id ?? SCHEMA_OIDS[name ?? '']
    }
    case 'regrole': {
      const name = nameParts(text).at(-1)
      return roles(session.catalogs.current, session).find(role => role.name === name)?.oid
    }
    default: {
      const [, before = text, types] = /^([^(]*)\((.*)\)$/.exec(text) ?? []
      const name = nameParts(before).at(-1)
      const named = functionsOf(session).filter(f => f.name === name)
      const args =
        types === undefined || types.trim() === '' ? [] : types.split(',').map(type => typeOid(session, type))
      if (types === undefined) return (named.find(f => f.user !== undefined) ?? named[0])?.oid
      const fits = (f: PgFunction) =>
        f.args.length === args.length && f.args.every((arg, i) => arg === args[i])
      return (named.find(fits) ?? named[0])?.oid
    }
  }
}
