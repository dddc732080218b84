import type { Catalog, ColumnDef } from '../../planner/catalog.ts'
import { arrayTypeId, findTypeOrArray } from '../../planner/type-def.ts'
import { isDomain } from '../../types/domain-type.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import type { Type } from '../../types/type.ts'
import { LABELS } from '../../types/type-labels.ts'
import { oidOf } from '../protocol/oids.ts'
import { PG_TYPES } from './columns/pg-types.ts'
import type { SystemSession } from './sessions.ts'
import { type PgUserType, userTypes } from './user-types.ts'

/** A row of pg_type. */
export interface PgType {
  readonly oid: number
  readonly name: string
  readonly size: number
  readonly byValue: boolean
  readonly kind: string
  readonly category: string
  readonly preferred: boolean
  readonly delimiter: string
  readonly element: number
  readonly array: number
  /** typinput, typoutput, typreceive, typsend, typmodin, typmodout. */
  readonly functions: readonly number[]
  readonly align: string
  readonly storage: string
  readonly collation: number
  readonly subscript: number
}

export const TYPES: readonly PgType[] = PG_TYPES.trim()
  .split('\n')
  .map(line => {
    const w = line.split(' ')
    const n = (i: number) => Number(w[i])
    return {
      oid: n(0),
      name: w[1]!,
      size: n(2),
      byValue: w[3] === '1',
      kind: w[4]!,
      category: w[5]!,
      preferred: w[6] === '1',
      delimiter: w[7]!,
      element: n(8),
      array: n(9),
      functions: [10, 11, 12, 13, 14, 15].map(n),
      align: w[16]!,
      storage: w[17]!,
      collation: n(18),
      subscript: n(19),
    }
  })

const byOid = new Map(TYPES.map(type => [type.oid, type]))

/** With a catalog, one that a user made too. */
export function typeByOid(oid: number, catalog?: Catalog): PgType | undefined {
  return byOid.get(oid) ?? (catalog && userTypes(catalog).get(oid))
}

/** A type of a user's by `[schema.]name`, along the search path. */
export function userTypeByName(session: SystemSession, parts: readonly string[]): PgUserType | undefined {
  const { current } = session.catalogs
  const found = findTypeOrArray(current, session.database, parts, session.searchPath())
  return found && userTypes(current).get(found.isArray ? arrayTypeId(found.def.id) : found.def.id)
}

/** Found by its name alone. */
export function isTypeVisible(session: SystemSession, { name, oid }: PgType): boolean {
  return byOid.has(oid) || userTypeByName(session, [name])?.oid === oid
}

const BPCHAR = 1042
const BPCHAR_ARRAY = 1014

/** A column's type number and modifier as pg_attribute has them. */
export function columnType(column: { readonly type: Type } & Partial<ColumnDef>): {
  readonly oid: number
  readonly typmod: number
} {
  const { type, modifier } = column
  const match = /^(\w+)\((\d+)(?:,(-?\d+))?\)$/.exec(modifier ?? '')
  if (match === null || isDomain(type)) return { oid: oidOf(type), typmod: -1 }
  const first = Number(match[2])
  switch (match[1]) {
    case 'name':
    case 'letter':
      return { oid: oidOf(type), typmod: -1 }
    case 'char':
      return { oid: type.name === 'array' ? BPCHAR_ARRAY : BPCHAR, typmod: first + 4 }
    case 'varchar':
      return { oid: oidOf(type), typmod: first + 4 }
    case 'numeric':
      return { oid: oidOf(type), typmod: ((first << 16) | (Number(match[3]) & 0x7ff)) + 4 }
    case 'interval':
      return { oid: oidOf(type), typmod: (0x7fff << 16) | first }
    default:
      return { oid: oidOf(type), typmod: first }
  }
}

/** Names by SQL of types whose own name is another. */
const SQL_NAMES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  char: '"char"',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bpchar: 'character',
  varchar: 'character varying',
  varbit: 'bit varying',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  any: '"any"',
}

/** PostgreSQL's format_type: a type's name with its modifier. */
export function formatType(oid: number, typmod: number | null, session?: SystemSession): string {
  if (oid === 0) return '-'
  const user = session && userTypes(session.catalogs.current).get(oid)
  const type = user ?? byOid.get(oid)
  if (type === undefined) return '???'
  if (type.category === 'A' && type.name.startsWith('_'))
    return `${formatType(type.element, typmod, session)}[]`
  if (user !== undefined) {
    const own = quoteIdent(user.name)
    return isTypeVisible(session!, user) ? own : `${quoteIdent(user.def.schema)}.${own}`
  }
  const name = SQL_NAMES[type.name] ?? type.name
  if (typmod === null) return name
  // Without a length they are not what their SQL names say, which is of length 1.
  if (typmod < 0) return type.name === 'bpchar' ? 'bpchar' : type.name === 'bit' ? '"bit"' : name
  switch (type.name) {
    case 'varchar':
    case 'bpchar':
      return `${name}(${typmod - 4})`
    case 'numeric': {
      const scale = (((typmod - 4) & 0x7ff) ^ 1024) - 1024
      return `numeric(${(typmod - 4) >> 16},${scale})`
    }
    case 'vector':
    case 'bit':
    case 'varbit':
      return `${name}(${typmod})`
    case 'interval':
      return `interval(${typmod & 0xffff})`
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return name.replace(' ', `(${typmod}) `)
    default:
      return name
  }
}

/** The type that a name means, in SQL's words or PostgreSQL's own. */
export function typeByName(name: string): PgType | undefined {
  const word = name
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^pg_catalog\./, '')
    .replace(/\s*\([\d, ]*\)/, '')
  if (word.endsWith('[]')) {
    const element = typeByName(word.slice(0, -2))
    return element && byOid.get(element.array)
  }
  const own = word === 'char' ? 'bpchar' : (WORDS[word] ?? word.replace(/^"(.*)"$/, '$1'))
  return TYPES.find(type => type.name === own)
}

const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(SQL_NAMES).map(([own, sql]) => [sql, own])),
  int: 'int4',
  decimal: 'numeric',
  float: 'float8',
  string: 'varchar',
  timestamp: 'timestamp',
}

/** The name of a type among PostgreSQL's own: varchar, int4, _text. */
export function ownTypeName(type: Type): string {
  if (type.label !== undefined && type.label in LABELS) return type.label
  return byOid.get(oidOf(type))?.name ?? 'record'
}
