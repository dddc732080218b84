import { bool, duration, durationMs, whole, wordsOf } from '../../session/setting-checks.ts'
import { SETTINGS } from '../../session/setting-table.ts'
import { SYSTEM_PARAMETERS, systemParameters } from '../../session/system-parameters.ts'
import { classObjects } from '../objects.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { roleOid } from '../roles.ts'
import { type SystemSession, sessionsBeside } from '../sessions.ts'

const STATES = { I: 'idle', T: 'idle in transaction', E: 'idle in transaction (aborted)' } as const

fill(
  'pg_catalog.pg_stat_activity',
  ({ session, catalog }) =>
    sessionsBeside(session).map(s => ({
      datid: catalog.databaseByName(s.database)?.id ?? null,
      datname: s.database,
      pid: s.pid,
      usesysid: roleOid(s.sessionUser),
      usename: s.sessionUser,
      client_addr: s.client?.address || null,
      client_port: s.client?.port ?? null,
      application_name: s.settings.get('application_name'),
      backend_start: micros(s.startedAtMs),
      xact_start:
        s.blockStartedAtMs > 0 ? micros(s.blockStartedAtMs) : s.active ? micros(s.queryStartedAtMs) : null,
      query_start: micros(s.queryStartedAtMs),
      state_change: micros(s.stateChangedAtMs),
      wait_event_type: s.active ? null : 'Client',
      wait_event: s.active ? null : 'ClientRead',
      state: s.active ? 'active' : STATES[s.blockStatus()],
      query: seen(session, s) ? s.query : '<insufficient privilege>',
      backend_type: 'client backend',
    })),
  true,
)

/** Whose statements one may read: one's own, and a superuser everyone's. */
function seen(session: SystemSession, other: SystemSession): boolean {
  return session.settings.get('is_superuser') === 'on' || session.user === other.sessionUser
}

function micros(ms: number): bigint | null {
  return ms === 0 ? null : BigInt(ms) * 1000n
}

fill(
  'pg_catalog.pg_stat_ssl',
  ({ session }) =>
    sessionsBeside(session).map(({ pid, client }) => ({
      pid,
      ssl: client?.tls !== undefined,
      ...client?.tls,
    })),
  true,
)
fill(
  'pg_catalog.pg_stat_gssapi',
  ({ session }) =>
    sessionsBeside(session).map(({ pid }) => ({ pid, gss_authenticated: false, encrypted: false })),
  true,
)

fill(
  'pg_catalog.pg_stat_database',
  ({ catalog, session }) =>
    catalog.databases.map(({ id, name }) => ({
      datid: id,
      datname: name,
      numbackends: sessionsBeside(session).filter(s => s.database === name).length,
      deadlocks: 0n,
      conflicts: 0n,
      temp_files: 0n,
      temp_bytes: 0n,
    })),
  true,
)

for (const name of ['pg_stat_all_tables', 'pg_stat_user_tables'])
  fill(
    `pg_catalog.${name}`,
    facts => tables(facts).map(({ rows, ...table }) => ({ ...table, n_live_tup: rows })),
    true,
  )
for (const name of ['pg_statio_all_tables', 'pg_statio_user_tables'])
  fill(`pg_catalog.${name}`, facts => tables(facts).map(({ rows: _, ...table }) => table), true)
for (const name of ['pg_stat_all_indexes', 'pg_stat_user_indexes'])
  fill(`pg_catalog.${name}`, ({ catalog, database }) =>
    classObjects(catalog, database).flatMap(({ oid, name: index, schema, index: of }) =>
      of === undefined
        ? []
        : [
            {
              relid: of.on.id,
              indexrelid: oid,
              schemaname: schema,
              relname: of.on.name,
              indexrelname: index,
            },
          ],
    ),
  )

/** Tables and materialized views with the number of their rows. */
function tables({ catalog, database, runtime }: Facts): (Row & { readonly rows: bigint })[] {
  const serving = new Map(runtime.stats().serving.map(({ relation, rows }) => [relation, rows]))
  return classObjects(catalog, database)
    .filter(({ kind }) => kind === 'r' || kind === 'm')
    .map(({ oid, schema, name }) => ({
      relid: oid,
      schemaname: schema,
      relname: name,
      rows: BigInt(serving.get(oid) ?? 0),
    }))
}

fill(
  'pg_catalog.pg_settings',
  ({ session, catalog, runtime }) => [
    ...systemParameters(catalog, runtime.barrierIntervalMs).map(({ name, value, help }) => ({
      name,
      setting: value,
      vartype: 'string',
      category: 'System',
      short_desc: help,
      context: 'postmaster',
      source: 'configuration file',
      boot_val: SYSTEM_PARAMETERS[name]!.default,
      reset_val: value,
      pending_restart: false,
    })),
    ...session.settings.list().map(({ name, value, help, initial }) => ({
      name,
      ...typed(name, value),
      category: 'Client Connection Defaults',
      short_desc: help,
      context: SETTINGS[name]?.readonly ? 'internal' : 'user',
      source: value === initial ? (initial === SETTINGS[name]?.default ? 'default' : 'client') : 'session',
      boot_val: SETTINGS[name]?.default ?? '',
      reset_val: initial,
      pending_restart: false,
    })),
  ],
  true,
)

/** The value as pg_settings has it: durations as a number of milliseconds. */
function typed(name: string, value: string): Row {
  const check = SETTINGS[name]?.check
  const words = wordsOf(check)
  if (words !== undefined) return { vartype: 'enum', setting: value, enumvals: [...words] }
  if (check === bool) return { vartype: 'bool', setting: value }
  if (check === whole) return { vartype: 'integer', setting: value }
  if (check === duration)
    return { vartype: 'integer', setting: String(durationMs(value) ?? value), unit: 'ms' }
  return { vartype: 'string', setting: value }
}
