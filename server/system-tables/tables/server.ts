import { PRIVILEGES_OF } from '../../../planner/access.ts'
import { aclOf, items } from '../acl.ts'
import { DEFAULT_TABLESPACE, SCHEMA_OIDS } from '../oids.ts'
import { fill, type Row } from '../registry.ts'
import { ROOT, type Role, roleOid, roles } from '../roles.ts'

const UTF8 = 6
const DEFAULT_ACL_OIDS = 0x70000000

fill('pg_catalog.pg_database', ({ catalog }) =>
  catalog.databases.map(database => ({
    oid: database.id,
    datname: database.name,
    datdba: roleOid(database.owner),
    datacl: aclOf(catalog, 'database', database),
    encoding: UTF8,
    datlocprovider: 'c',
    datallowconn: true,
    datconnlimit: -1,
    datcollate: 'C',
    datctype: 'C',
    dattablespace: DEFAULT_TABLESPACE,
  })),
)
fill('pg_catalog.pg_tablespace', () => [
  { oid: DEFAULT_TABLESPACE, spcname: 'pg_default', spcowner: roleOid(ROOT) },
  { oid: 1664, spcname: 'pg_global', spcowner: roleOid(ROOT) },
])

fill('pg_catalog.pg_authid', ({ catalog, session }) => roles(catalog, session).map(role), true)
fill('pg_catalog.pg_roles', ({ catalog, session }) => roles(catalog, session).map(role), true)
for (const table of ['pg_user', 'pg_shadow'])
  fill(
    `pg_catalog.${table}`,
    ({ catalog, session }) =>
      roles(catalog, session)
        .filter(({ login }) => login)
        .map(({ oid, name, superuser, createDb }) => ({
          usename: name,
          usesysid: oid,
          usecreatedb: createDb || superuser,
          usesuper: superuser,
          userepl: false,
          usebypassrls: superuser,
          passwd: table === 'pg_user' ? '********' : null,
        })),
    true,
  )
fill(
  'pg_catalog.pg_auth_members',
  ({ catalog, session }) =>
    roles(catalog, session).flatMap(({ oid, memberOf }) =>
      memberOf.map(of => ({
        roleid: roleOid(of),
        member: oid,
        grantor: roleOid(ROOT),
        admin_option: false,
      })),
    ),
  true,
)

fill('pg_catalog.pg_default_acl', ({ catalog }) =>
  catalog.defaultGrants.map((each, i) => ({
    oid: DEFAULT_ACL_OIDS + i,
    defaclrole: roleOid(each.maker),
    defaclnamespace: each.schema ?? 0,
    defaclobjtype: { schema: 'n', function: 'f', relation: 'r' }[each.kind],
    defaclacl: items(
      each.schema === undefined
        ? [{ role: each.maker, privileges: PRIVILEGES_OF[each.kind], grantable: [] }, each]
        : [each],
      each.maker,
    ),
  })),
)
fill('pg_catalog.pg_db_role_setting', ({ catalog }) =>
  catalog.roleSettings.map(({ role: name, database, settings }) => ({
    setdatabase: database ?? 0,
    setrole: name === undefined ? 0 : roleOid(name),
    setconfig: Object.entries(settings).map(([key, value]) => `${key}=${value}`),
  })),
)

/** What is kept of passwords is shown to nobody. */
function role({ oid, name, superuser, createDb, createRole, login }: Role): Row {
  return {
    oid,
    rolname: name,
    rolsuper: superuser,
    rolinherit: true,
    rolcreaterole: createRole || superuser,
    rolcreatedb: createDb || superuser,
    rolcanlogin: login,
    rolreplication: name === ROOT,
    rolbypassrls: superuser,
    rolconnlimit: -1,
    rolpassword: null,
  }
}

fill('pg_catalog.pg_am', () =>
  [
    [2, 'heap', 3, 't'],
    [403, 'btree', 330, 'i'],
  ].map(([oid, amname, amhandler, amtype]) => ({ oid, amname, amhandler, amtype })),
)

fill('pg_catalog.pg_collation', () =>
  [
    [100, 'default', 'd', -1, null],
    [950, 'C', 'c', -1, 'C'],
    [951, 'POSIX', 'c', -1, 'POSIX'],
  ].map(([oid, collname, collprovider, collencoding, locale]) => ({
    oid,
    collname,
    collnamespace: SCHEMA_OIDS['pg_catalog']!,
    collowner: roleOid(ROOT),
    collprovider,
    collisdeterministic: true,
    collencoding,
    collcollate: locale,
    collctype: locale,
  })),
)

fill('pg_catalog.pg_language', () =>
  (
    [
      [12, 'internal', false],
      [14, 'sql', true],
      [13000, 'javascript', true],
    ] as const
  ).map(([oid, lanname, trusted]) => ({
    oid,
    lanname,
    lanowner: roleOid(ROOT),
    lanispl: false,
    lanpltrusted: trusted,
  })),
)
