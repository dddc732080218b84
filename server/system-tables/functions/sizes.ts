import { fn } from '../../../executor/functions/registry.ts'
import { objectByOid } from '../lookup.ts'
import type { SystemSession } from '../sessions.ts'
import { system, systemForms } from './system.ts'

/** Bytes of the rows that are served. */
function tableBytes(session: SystemSession, oid: number): bigint | null {
  const object = objectByOid(session, oid)
  if (object === undefined) return null
  const own = session.runtime.stats().serving.find(r => r.relation === oid)
  return BigInt(own?.bytes ?? 0)
}

function indexBytes(session: SystemSession, oid: number): bigint | null {
  if (objectByOid(session, oid) === undefined) return null
  const indexes = session.catalogs.current.relations.filter(r => r.index?.on === oid)
  return indexes.reduce((sum, index) => sum + (tableBytes(session, index.id) ?? 0n), 0n)
}

systemForms('pg_table_size', ['regclass'], 'int8', 'bytes of a relation', tableBytes)
systemForms('pg_relation_size', ['regclass'], 'int8', 'bytes of a relation', tableBytes)
system(
  'pg_relation_size(regclass, text) -> int8',
  'bytes of a relation',
  (session, oid: number, fork: string) => (fork === 'main' ? tableBytes(session, oid) : 0n),
)
system('pg_indexes_size(regclass) -> int8', "bytes of a relation's indexes", indexBytes)
system(
  'pg_total_relation_size(regclass) -> int8',
  'bytes of a relation and its indexes',
  (session, oid: number) => {
    const [own, indexes] = [tableBytes(session, oid), indexBytes(session, oid)]
    return own === null || indexes === null ? null : own + indexes
  },
)
const databaseBytes = (session: SystemSession, name: string | undefined) => {
  const own = new Set(session.catalogs.current.relations.filter(r => r.database === name).map(r => r.id))
  const sizes = session.runtime.stats().serving.filter(r => own.has(r.relation))
  return name === undefined ? null : BigInt(sizes.reduce((sum, r) => sum + r.bytes, 0))
}
system('pg_database_size(name) -> int8', 'bytes of a database', databaseBytes)
system('pg_database_size(oid) -> int8', 'bytes of a database', (session, oid: number) =>
  databaseBytes(session, session.catalogs.current.databases.find(d => d.id === oid)?.name),
)
system('pg_tablespace_size(oid) -> int8', 'bytes of all databases', session =>
  BigInt(session.runtime.stats().serving.reduce((sum, r) => sum + r.bytes, 0)),
)

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
system('pg_size_pretty(int8) -> text', 'a number of bytes for people', (_, bytes: bigint) => {
  // As PostgreSQL: halves are rounded once, at the unit shown.
  let size = bytes
  let unit = 0
  const absolute = () => (size < 0n ? -size : size)
  if (absolute() < 10240n) return `${size} bytes`
  size >>= 9n
  for (unit = 1; unit < UNITS.length - 1 && absolute() >= 20480n - 1n; unit++) size >>= 10n
  return `${(size + (size < 0n ? 0n : 1n)) / 2n} ${UNITS[unit]}`
})

fn('pg_partition_ancestors(regclass) -> setof regclass', {
  help: 'the partitioned tables a table is part of: there are none',
  volatility: 'stable',
  rows: () => [],
})
