import type { FunctionDef } from '../../../planner/function-def.ts'
import { SqlError } from '../../../types/error.ts'
import { quoteIdent } from '../../../types/sql-text.ts'
import { typeName } from '../../../types/type-names.ts'
import { sequenceOf } from '../../sequences.ts'
import { constraintByOid, constraintDefinition, domainCheckDefinition } from '../constraints.ts'
import { indexColumn, indexDefinition, viewDefinition } from '../definitions.ts'
import { shownExpression } from '../expression-text.ts'
import { existingObject, functionsOf, objectByOid } from '../lookup.ts'
import { shownColumns } from '../objects.ts'
import type { SystemSession } from '../sessions.ts'
import type { PgFunction } from '../tables/functions.ts'
import { formatType } from '../types.ts'
import { changes, writable, writableBits } from '../writable.ts'
import { system, systemForms } from './system.ts'

systemForms(
  'pg_get_expr',
  ['text, oid', 'text, oid, bool'],
  'text',
  'text of a default',
  (session, source: string, _, pretty?: boolean) => shownExpression(session, source, pretty === true),
)

const view = (session: SystemSession, oid: number): string | null => {
  const relation = objectByOid(session, oid)?.relation
  return relation?.query === undefined ? null : viewDefinition(relation)
}
systemForms('pg_get_viewdef', ['oid', 'oid, bool', 'oid, int4'], 'text', 'query of a view', view)
systemForms('pg_get_viewdef', ['text', 'text, bool'], 'text', 'query of a view', (session, name: string) => {
  return view(session, existingObject(session, name).oid)
})

system(
  'pg_relation_is_updatable(regclass, bool) -> int4',
  'bits of the statements that can write into a relation: 4 UPDATE, 8 INSERT, 16 DELETE',
  (session, oid: number) => {
    const object = objectByOid(session, oid)
    return object === undefined ? 0 : writableBits(writable(object, session.catalogs.current))
  },
)
system(
  'pg_column_is_updatable(regclass, int2, bool) -> bool',
  'whether rows of a relation can be deleted, and changed in that column',
  (session, oid: number, column: number) => {
    const object = objectByOid(session, oid)
    if (object === undefined || column <= 0) return false
    const known = writable(object, session.catalogs.current)
    return changes(known) && known.columns[column - 1] === true
  },
)

systemForms(
  'pg_get_indexdef',
  ['oid', 'oid, int4, bool'],
  'text',
  'statement that makes an index, or a column of it',
  (session, oid: number, column = 0, pretty = false) => {
    const object = objectByOid(session, oid)
    if (object?.index === undefined) return null
    return column === 0 ? indexDefinition(object, pretty) : indexColumn(object, column, pretty)
  },
)
systemForms(
  'pg_get_constraintdef',
  ['oid', 'oid, bool'],
  'text',
  'definition of a constraint',
  (session, oid: number, pretty = false) => {
    const { current } = session.catalogs
    const found = constraintByOid(oid, current)
    if (found === undefined) return domainCheckDefinition(oid, current, pretty) ?? null
    return constraintDefinition(found, pretty, session.searchPath())
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

const byOid = (session: SystemSession, oid: number): PgFunction | undefined =>
  functionsOf(session).find(f => f.oid === oid)
const argumentsOf =
  (defaults: boolean) =>
  (session: SystemSession, oid: number): string | null => {
    const found = byOid(session, oid)
    if (found === undefined) return null
    const last = found.args.length - 1
    return found.args
      .map((arg, i) => {
        const own = found.user?.args[i]
        const name = own?.name === undefined ? '' : `${quoteIdent(own.name)} `
        const value = !defaults || own?.default === undefined ? '' : ` DEFAULT ${own.default}`
        return `${found.variadic && i === last ? 'VARIADIC ' : ''}${name}${formatType(arg, null, session)}${value}`
      })
      .join(', ')
  }
system('pg_get_function_arguments(oid) -> text', 'argument list of a function', argumentsOf(true))
system(
  'pg_get_function_identity_arguments(oid) -> text',
  'argument list of a function, without defaults',
  argumentsOf(false),
)
const resultOf = (session: SystemSession, oid: number): string | null => {
  const found = byOid(session, oid)
  if (found === undefined) return null
  const { user } = found
  if (user?.columns !== undefined) {
    const types = user.result.fields?.map(field => field.type) ?? [user.result]
    return `TABLE(${user.columns.map((name, i) => `${quoteIdent(name)} ${typeName(types[i]!)}`).join(', ')})`
  }
  const shown = user === undefined ? formatType(found.result, null) : typeName(user.result)
  return `${found.returnsSet ? 'SETOF ' : ''}${shown}`
}
system('pg_get_function_result(oid) -> text', 'result type of a function', resultOf)

/** The statement that makes a function, in PostgreSQL's words. */
function functionDefinition(session: SystemSession, oid: number, f: FunctionDef): string {
  const name = `${quoteIdent(f.schema)}.${quoteIdent(f.name)}`
  const words = [
    ...(f.volatility === 'volatile' ? [] : [f.volatility.toUpperCase()]),
    ...(f.strict ? ['STRICT'] : []),
  ]
  const delimiter = f.body.includes('$function$') ? '$weir_function$' : '$function$'
  return [
    `CREATE OR REPLACE FUNCTION ${name}(${argumentsOf(true)(session, oid)})`,
    ` RETURNS ${resultOf(session, oid)}`,
    ` LANGUAGE ${f.language}`,
    ...(words.length === 0 ? [] : [` ${words.join(' ')}`]),
    `AS ${delimiter}${f.body}${delimiter}`,
    '',
  ].join('\n')
}

systemForms(
  'pg_get_functiondef',
  ['oid'],
  'text',
  'statement that makes a function',
  (session, oid: number) => {
    const found = byOid(session, oid)
    if (found?.user === undefined) return null
    // A body that is no string is printed as it was written.
    const isString = /\bas\s*(e?'|\$)/i.test(found.user.sql)
    return found.user.kind === 'function' && isString
      ? functionDefinition(session, oid, found.user)
      : `${found.user.sql}\n`
  },
)
systemForms('pg_get_function_sqlbody', ['oid'], 'text', 'always NULL', () => null)
system(
  'pg_get_serial_sequence(text, text) -> text',
  'sequence that fills a column',
  (session, table: string, column: string) => {
    const { relation } = existingObject(session, table)
    if (relation === undefined) return null
    if (shownColumns(relation).some(c => c.name === column)) {
      const at = relation.columns.findIndex(c => c.name === column)
      const own = sequenceOf(relation.id, at, session.catalogs.current)
      return own === undefined ? null : `${quoteIdent(own.schema)}.${quoteIdent(own.name)}`
    }
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
    if (table === 'pg_constraint') return constraintByOid(oid, session.catalogs.current)?.comment ?? null
    if (table === 'pg_type') return session.catalogs.current.typeById(oid)?.comment ?? null
    return table === 'pg_proc' ? byOid(session, oid)?.help || null : null
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
