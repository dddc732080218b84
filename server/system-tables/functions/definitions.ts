import { SqlError } from '../../../types/error.ts'
import { indexDefinition, primaryKeyDefinition, quoted, viewDefinition } from '../definitions.ts'
import { nameParts, objectByName, objectByOid } from '../lookup.ts'
import { relationOfConstraint, shownColumns } from '../objects.ts'
import type { SystemSession } from '../sessions.ts'
import { type PgFunction, pgFunctions } from '../tables/functions.ts'
import { formatType } from '../types.ts'
import { system, systemForms } from './system.ts'

systemForms(
  'pg_get_expr',
  ['text, oid', 'text, oid, bool'],
  'text',
  'text of a default',
  (_, source: string) => source,
)

const view = (session: SystemSession, oid: number): string | null => {
  const relation = objectByOid(session, oid)?.relation
  return relation?.query === undefined ? null : viewDefinition(relation)
}
systemForms('pg_get_viewdef', ['oid', 'oid, bool', 'oid, int4'], 'text', 'query of a view', view)
systemForms('pg_get_viewdef', ['text', 'text, bool'], 'text', 'query of a view', (session, name: string) => {
  const object = objectByName(session, nameParts(name))
  if (object === undefined) throw new SqlError('undefined_table', `relation "${name}" does not exist`)
  return view(session, object.oid)
})

systemForms(
  'pg_get_indexdef',
  ['oid', 'oid, int4, bool'],
  'text',
  'statement that makes an index, or a column of it',
  (session, oid: number, column?: number) => {
    const object = objectByOid(session, oid)
    if (object?.index === undefined) return null
    if (column === undefined || column === 0) return indexDefinition(object)
    const name = object.columns[column - 1]?.name
    return name === undefined ? '' : quoted(name)
  },
)
systemForms(
  'pg_get_constraintdef',
  ['oid', 'oid, bool'],
  'text',
  'definition of a constraint',
  (session, oid: number) => {
    const relation = relationOfConstraint(oid, session.catalogs.current)
    return relation === undefined ? null : primaryKeyDefinition(relation)
  },
)
for (const what of ['trigger', 'rule'])
  systemForms(`pg_get_${what}def`, ['oid', 'oid, bool'], 'text', `definition of a ${what}`, () => null)
for (const what of ['partkey', 'statisticsobj', 'statisticsobjdef_columns'])
  system(
    `pg_get_${what.endsWith('columns') ? what : `${what}def`}(oid) -> text`,
    'always NULL: there are none',
    () => null,
  )
systemForms('pg_get_partition_constraintdef', ['oid'], 'text', 'always NULL: there are none', () => null)

const byOid = (oid: number): PgFunction | undefined => pgFunctions().find(f => f.oid === oid)
const argumentsOf = (_: SystemSession, oid: number): string | null => {
  const found = byOid(oid)
  if (found === undefined) return null
  const last = found.args.length - 1
  return found.args
    .map((arg, i) => `${found.variadic && i === last ? 'VARIADIC ' : ''}${formatType(arg, null)}`)
    .join(', ')
}
system('pg_get_function_arguments(oid) -> text', 'argument list of a function', argumentsOf)
system('pg_get_function_identity_arguments(oid) -> text', 'argument list of a function', argumentsOf)
system('pg_get_function_result(oid) -> text', 'result type of a function', (_, oid: number) => {
  const found = byOid(oid)
  return found === undefined ? null : `${found.returnsSet ? 'SETOF ' : ''}${formatType(found.result, null)}`
})
systemForms('pg_get_functiondef', ['oid'], 'text', 'statement that makes a function', () => null)
systemForms('pg_get_function_sqlbody', ['oid'], 'text', 'always NULL', () => null)
system(
  'pg_get_serial_sequence(text, text) -> text',
  'sequence that fills a column',
  (session, table: string, column: string) => {
    const relation = objectByName(session, nameParts(table))?.relation
    if (relation === undefined) throw new SqlError('undefined_table', `relation "${table}" does not exist`)
    if (shownColumns(relation).some(c => c.name === column)) return null
    const message = `column "${column}" of relation "${relation.name}" does not exist`
    throw new SqlError('undefined_column', message)
  },
)

systemForms(
  'obj_description',
  ['oid', 'oid, name'],
  'text',
  'comment on an object',
  (session, oid: number, table?: string) => {
    if (table === undefined || table === 'pg_class')
      return objectByOid(session, oid)?.relation?.comment ?? null
    return table === 'pg_proc' ? byOid(oid)?.help || null : null
  },
)
system(
  'col_description(oid, int4) -> text',
  'comment on a column',
  (session, oid: number, column: number) => {
    const relation = objectByOid(session, oid)?.relation
    return (relation && shownColumns(relation)[column - 1]?.comment) ?? null
  },
)
system('shobj_description(oid, name) -> text', 'comment on a database or role', () => null)
