import { foundOid, isVisible, objectByOid, registeredName, registeredOid } from '../lookup.ts'
import { roles } from '../roles.ts'
import { formatType, isTypeVisible, typeByOid } from '../types.ts'
import { system, systemForms } from './system.ts'

system('$regout(oid, text) -> text', 'name of an object', (session, oid: number, kind: string) =>
  registeredName(session, oid, kind),
)
system('$regin(text, text) -> oid', 'number of a named object', (session, name: string, kind: string) =>
  registeredOid(session, name, kind),
)
for (const kind of ['regclass', 'regtype', 'regproc', 'regprocedure', 'regnamespace', 'regrole'])
  system(
    `to_${kind}(text) -> ${kind}`,
    `the ${kind} of that name; NULL when there is none`,
    (session, name: string) => foundOid(session, name, kind) ?? null,
  )

system('pg_get_userbyid(oid) -> name', 'name of the role with that number', (session, oid: number) => {
  const role = roles(session.catalogs.current, session).find(r => r.oid === oid)
  return role?.name ?? `unknown (OID=${oid})`
})

systemForms(
  'pg_table_is_visible',
  ['oid'],
  'bool',
  'whether the relation is found without its schema',
  (session, oid: number) => {
    const object = objectByOid(session, oid)
    return object === undefined ? null : isVisible(session, object)
  },
)
system(
  'pg_type_is_visible(oid) -> bool',
  'whether the type is found without its schema',
  (session, oid: number) => {
    const type = typeByOid(oid, session.catalogs.current)
    return type === undefined ? null : isTypeVisible(session, type)
  },
)
for (const kind of [
  'function',
  'operator',
  'opclass',
  'opfamily',
  'collation',
  'conversion',
  'ts_config',
  'ts_dict',
  'ts_parser',
  'ts_template',
  'statistics_obj',
])
  system(`pg_${kind}_is_visible(oid) -> bool`, 'whether it is found without its schema', () => true)

system(
  'format_type(oid, int4) -> text',
  'SQL name of a type',
  (session, oid: number | null, typmod: number | null) =>
    oid === null ? null : formatType(oid, typmod, session),
  true,
)
