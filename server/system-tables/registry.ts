import type { Runtime } from '../../executor/runtime-contract.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { SystemRelation } from '../../planner/contract.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import type { Metadata } from '../../storage/metadata.ts'
import type { Chunk } from '../../types/chunk.ts'
import { assert } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { CATALOG_TABLES } from './columns/catalog-tables.ts'
import { CATALOG_VIEWS } from './columns/catalog-views.ts'
import { INFORMATION_SCHEMA } from './columns/information-schema.ts'
import { parseTables, type TableDef } from './columns/parse.ts'
import { RW_CATALOG } from './columns/rw-catalog.ts'
import { type SystemSession, sessionByNumber } from './sessions.ts'

/** What rows are made of. */
export interface Facts {
  readonly catalog: Catalog
  readonly session: SystemSession
  /** The session's database. */
  readonly database: string
  readonly runtime: Runtime
  readonly metadata: Metadata
}

/** Values by column name; a column without one is NULL, or 0, false or '' where it is NOT NULL. */
export type Row = Readonly<Record<string, Value | undefined>>
type Rows = (facts: Facts) => readonly Row[]

interface Entry {
  readonly schema: string
  readonly def: TableDef
  rows: Rows
  /** Depends on more than catalog and database. */
  live: boolean
}

const byName = new Map<string, Entry>()
const byOid = new Map<number, Entry>()

/** Registers the tables of a column text; without rows until `fill` gives some. */
function define(schema: string, text: string): void {
  for (const def of parseTables(text)) {
    const entry: Entry = { schema, def, rows: () => [], live: false }
    assert(!byOid.has(def.oid), `two system tables with oid ${def.oid}`)
    byName.set(`${schema}.${def.name}`, entry)
    byOid.set(def.oid, entry)
  }
}

define('pg_catalog', CATALOG_TABLES)
define('pg_catalog', CATALOG_VIEWS)
define('information_schema', INFORMATION_SCHEMA)
define('rw_catalog', RW_CATALOG)

/** Gives a table its rows. `live`: they change without the catalog. */
export function fill(name: string, rows: Rows, live = false): void {
  const entry = byName.get(name)
  assert(entry !== undefined, `no system table ${name}`)
  entry.rows = rows
  entry.live = live
}

export function systemTables(): readonly { readonly schema: string; readonly def: TableDef }[] {
  return [...byName.values()]
}

export function systemTable(schema: string, name: string): TableDef | undefined {
  return byName.get(`${schema}.${name}`)?.def
}

/** A relation's number is negative; it says whose session asks for which table. */
const SESSION_STRIDE = 1 << 16

/** The system table that a session means by a name. */
export function systemRelation(schema: string, name: string, session: number): SystemRelation | undefined {
  const def = systemTable(schema, name)
  return (
    def && { id: -(def.oid + session * SESSION_STRIDE), oid: def.oid, schema, name, columns: def.columns }
  )
}

const cache = new WeakMap<Catalog, Map<string, Chunk>>()

/** The rows of a system table. */
export function systemRows(id: number, runtime: Runtime, metadata: Metadata): Chunk {
  const entry = byOid.get(-id % SESSION_STRIDE)
  assert(entry !== undefined, `no system relation ${id}`)
  const session = sessionByNumber(Math.floor(-id / SESSION_STRIDE))
  const catalog = session.catalogs.current
  const facts = { catalog, session, database: session.database, runtime, metadata }
  if (entry.live) return chunk(entry, facts)
  let chunks = cache.get(catalog)
  if (chunks === undefined) cache.set(catalog, (chunks = new Map()))
  const key = `${entry.def.oid} ${session.database}`
  let made = chunks.get(key)
  if (made === undefined) chunks.set(key, (made = chunk(entry, facts)))
  return made
}

function chunk({ def, rows }: Entry, facts: Facts): Chunk {
  const missing = def.columns.map(({ type }, i) => (def.notNull[i] ? zero(type) : null))
  return chunkOf(
    def.columns.map(column => column.type),
    rows(facts).map(row => def.columns.map(({ name }, i) => row[name] ?? missing[i]!)),
  )
}

function zero(type: Type): Value {
  switch (type.name) {
    case 'bool':
      return false
    case 'int8':
      return 0n
    case 'text':
      return ''
    case 'array':
      return []
    default:
      return 0
  }
}
