import type { Catalog } from '../../planner/catalog.ts'
import { signatureOf } from '../../planner/function-def.ts'
import { mentionsType, type TypeDef, usersOfType } from '../../planner/type-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { userTypeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { seeing } from './alter-actions.ts'
import { dropColumn } from './alter-column.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { withDependents } from './dependents.ts'
import { requireDomain } from './domains.ts'
import { findNamedType, namedUsers, requireType, typedColumns } from './user-types.ts'

/** DROP TYPE; columns, views and functions of it are named or, with CASCADE, dropped too. */
export function dropType(
  { of, names, ifExists, cascade }: StatementOf<'drop type'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, `DROP ${of.toUpperCase()}`, before => {
    let next = before
    for (const name of names) {
      if (ifExists && findNamedType(name, next, context.session) === undefined) {
        context.notice(`type "${name.name}" does not exist, skipping`)
        continue
      }
      const found = requireType(name, next, context)
      if (of === 'domain') requireDomain(found)
      requireOwner(rightsOf(context.session, before), 'type', found)
      next = withoutType(found, cascade, next, context)
    }
    return next
  })
}

/** The catalog without the type and what is of it. Throws 2BP01 for that unless it may go too. */
export function withoutType(
  type: TypeDef,
  cascade: boolean,
  catalog: Catalog,
  context: StatementContext,
): Catalog {
  const label = `type ${userTypeName(type)}`
  const users = namedUsers(type, catalog)
  if (users.length > 0 && !cascade)
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot drop ${label} because other objects depend on it`,
      {
        detail: users.map(user => `${user} depends on ${label}`).join('\n'),
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    )
  const { relations, functions, types } = usersOfType(type.id, catalog)
  const columns = relations.flatMap(r => typedColumns(r, type).map(column => ({ table: r.id, column })))
  const readers = relations.filter(r => r.kind !== 'table')
  const gone = [
    ...functions.map(f => ({ id: f.id, label: `${f.kind} ${signatureOf(f)}` })),
    ...readers.map(({ id, kind, name }) => ({ id, label: `${kind} ${name}` })),
  ]
  let next = withDependents(gone, true, catalog).without(readers.map(({ id }) => id))
  next = next.withoutFunctions(functions.map(({ id }) => id))
  for (const { table, column } of columns) {
    const relation = next.byId(table)
    if (relation === undefined) continue
    const seen = { ...context, catalogs: seeing(next, context) }
    next = dropColumn(relation, { do: 'drop column', ifExists: false, column, cascade: true }, seen)!.catalog
  }
  for (const other of types) {
    if (namedUsers(other, next).length > 0)
      throw notSupported(`CASCADE to an attribute of ${userTypeName(other)}`)
    if (other.kind === 'composite')
      next = next.withType({ ...other, fields: other.fields.filter(field => !mentionsType(field, type.id)) })
  }
  const left = usersOfType(type.id, next)
  const held = left.relations.find(r => mentionsType(r.columns, type.id))
  if (held !== undefined) throw notSupported(`CASCADE to an expression of ${held.kind} ${held.name}`)
  return next.withoutTypes([type.id])
}
