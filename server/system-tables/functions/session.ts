import { isTempSchema } from '../../../planner/temp-schema.ts'
import { SqlError } from '../../../types/error.ts'
import { schemaName } from '../lookup.ts'
import type { SystemSession } from '../sessions.ts'
import { system, systemForms } from './system.ts'

export const STARTED_AT = BigInt(Math.round(performance.timeOrigin)) * 1000n

/** What version() says. */
export function serverVersion(session: SystemSession): string {
  const spoken = session.settings.get('server_version')
  return `PostgreSQL ${spoken} (weir 0.1.0) on ${process.arch}, compiled by Node.js ${process.versions.node}, 64-bit`
}

system('version() -> text', 'what server this is', serverVersion)
system('pg_backend_pid() -> int4', 'number of this session for CancelRequest', session => session.pid)
system('pg_postmaster_start_time() -> timestamptz', 'when the server started', () => STARTED_AT)
system('pg_conf_load_time() -> timestamptz', 'when the settings were read', () => STARTED_AT)
system('pg_blocking_pids(int4) -> int4[]', 'always empty: sessions do not block one another', () => [])
system('pg_is_in_recovery() -> bool', 'always false', () => false)
system('rw_recovery_status() -> text', 'always RUNNING: nobody enters before', () => 'RUNNING')
system('pg_my_temp_schema() -> oid', 'schema of its temporary relations; 0: it has none', tempSchema)
system(
  'pg_is_other_temp_schema(oid) -> bool',
  'whether temporary relations of another session are there',
  (session, oid: number) => isTempSchema(schemaName(session, oid) ?? '') && oid !== tempSchema(session),
)
system('txid_current() -> int8', 'number of the last committed epoch', session =>
  BigInt(session.runtime.epoch),
)
system('pg_current_xact_id_if_assigned() -> text', 'always NULL', () => null)
system('$statement_timestamp() -> timestamptz', 'when the statement began', session => {
  return BigInt(session.queryStartedAtMs || Date.now()) * 1000n
})
system('inet_server_addr() -> inet', 'not told', () => null)
system('inet_server_port() -> int4', 'not told', () => null)
system('inet_client_addr() -> inet', 'address of the client', session => session.client?.address || null)
system('inet_client_port() -> int4', 'port of the client', session => session.client?.port ?? null)
system('current_schemas(bool) -> name[]', 'schemas of unqualified names', (session, implicit: boolean) => {
  const known = new Set(
    session.catalogs.current.schemas.filter(s => s.database === session.database).map(s => s.name),
  )
  const named = session.creationPath().filter(name => known.has(name) || isTempSchema(name))
  if (!implicit) return named
  const path = session.searchPath().filter(name => known.has(name) || named.includes(name))
  if (path.includes('pg_catalog')) return path
  // That of temporary relations comes before pg_catalog, unless the search path names it.
  const own = path[0] !== undefined && isTempSchema(path[0]) && !named.includes(path[0]) ? 1 : 0
  return [...path.slice(0, own), 'pg_catalog', ...path.slice(own)]
})

/** The number of the schema of the session's temporary relations; 0: there is none. */
function tempSchema({ catalogs: { current }, database, searchPath }: SystemSession): number {
  const name = searchPath().find(isTempSchema)
  return (name === undefined ? undefined : current.schemaByName(database, name)?.id) ?? 0
}

system('current_setting(text) -> text', 'value of a setting', (session, name: string) =>
  session.settings.get(name),
)
system(
  'current_setting(text, bool) -> text',
  'value of a setting; NULL for an unknown one when told so',
  (session, name: string, missingOk: boolean) => {
    try {
      return session.settings.get(name)
    } catch (error) {
      if (missingOk && error instanceof SqlError) return null
      throw error
    }
  },
)
system(
  'set_config(text, text, bool) -> text',
  'changes a setting',
  (session, name: string | null, value: string | null) => {
    if (name === null) throw new SqlError('null_value_not_allowed', 'SET requires parameter name')
    if (value === null) session.settings.reset(name)
    else session.settings.set(name, value)
    return session.settings.get(name)
  },
  true,
)

system('pg_encoding_to_char(int4) -> name', 'name of an encoding', (_, encoding: number) =>
  encoding === 6 ? 'UTF8' : encoding === 0 ? 'SQL_ASCII' : '',
)
system('pg_char_to_encoding(name) -> int4', 'number of an encoding', (_, name: string) =>
  /^utf-?8$/i.test(name) ? 6 : /^sql_ascii$/i.test(name) ? 0 : -1,
)
system('getdatabaseencoding() -> name', 'encoding of the database', () => 'UTF8')
system('pg_client_encoding() -> name', 'encoding of the client', () => 'UTF8')
system('pg_tablespace_location(oid) -> text', 'always empty', () => '')
systemForms('pg_relation_is_publishable', ['oid'], 'bool', 'always false', () => false)
system('pg_relation_filenode(oid) -> oid', 'the relation itself', (_, oid: number) => oid)
system('pg_stat_get_numscans(oid) -> int8', 'not counted', () => 0n)
system('pg_get_replica_identity_index(oid) -> oid', 'always 0', () => 0)
system(
  'pg_index_column_has_property(oid, int4, text) -> bool',
  'what an index column can',
  (_, __: number, ___: number, property: string) =>
    [
      'asc',
      'orderable',
      'distance_orderable',
      'returnable',
      'search_array',
      'search_nulls',
      'nulls_last',
    ].includes(property)
      ? property !== 'distance_orderable'
      : property === 'desc' || property === 'nulls_first'
        ? false
        : null,
)
