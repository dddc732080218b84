import type { Catalog, Relation } from '../../planner/catalog.ts'
import { rejectDuplicates } from '../../planner/dml/columns.ts'
import { signatureOf } from '../../planner/function-def.ts'
import type { Name } from '../../planner/parse/index.ts'
import { mentionsType, type TypeDef, usersOfType } from '../../planner/type-def.ts'
import { SqlError } from '../../types/error.ts'
import type { Field, Type } from '../../types/type.ts'
import { userTypeName } from '../../types/type-names.ts'
import { requireCreate, requireOwner, rightsOf } from '../access/rights.ts'
import { firstLabels } from './alter-enum.ts'
import { lastingSchema, schemasOf } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import { commented } from './comment.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

/** CREATE TYPE: a composite is a name for a struct, a value of an enum the place of its label. */
export function createType(
  { name, made }: StatementOf<'create type'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'CREATE TYPE', catalog => {
    const place = placeOfNew('type', name, catalog, context)
    if (made.kind === 'enum')
      return catalog.withType({ ...place, kind: 'enum', labels: firstLabels(place.id, made.labels) })
    rejectDuplicates(made.fields.map(field => field.name))
    return catalog.withType({ ...place, ...made })
  })
}

/** Where a new type is to be. Throws 42501 without the right to make it there, 42710 where there is one. */
export function placeOfNew(
  what: 'type' | 'domain',
  name: Name,
  catalog: Catalog,
  context: StatementContext,
): Pick<TypeDef, 'id' | 'database' | 'schema' | 'name' | 'owner'> {
  const { database, user: owner } = context.session
  const schema = lastingSchema(context, name, what)
  requireCreate(rightsOf(context.session, catalog), catalog, database, schema)
  const place = { id: catalog.nextId, database, schema, name: name.name, owner }
  requireFreeTypeName(place, catalog)
  return place
}

/** Throws 42710, for a composite 42P07 too: it has a row in pg_class. */
export function requireFreeTypeName(
  { id, database, schema, name }: Pick<TypeDef, 'id' | 'database' | 'schema' | 'name'>,
  catalog: Catalog,
): void {
  const present = catalog.typeByName(database, schema, name)
  const relation = catalog.byName(database, schema, name)
  if (relation !== undefined && hasRowType(relation))
    throw new SqlError('duplicate_table', `relation "${name}" already exists`)
  if (present !== undefined && present.id !== id)
    throw new SqlError('duplicate_object', `type "${name}" already exists`)
}

/** PostgreSQL has a type of its rows under the relation's name. */
function hasRowType({ kind }: Relation): boolean {
  return kind !== 'index' && kind !== 'sequence'
}

/** The type that a statement names. Throws 42704. */
export function requireType(name: Name, catalog: Catalog, { session }: StatementContext): TypeDef {
  const found = findNamedType(name, catalog, session)
  if (found !== undefined) return found
  throw unknownType(name)
}

export function findNamedType(
  name: Name,
  catalog: Catalog,
  session: StatementContext['session'],
): TypeDef | undefined {
  for (const schema of schemasOf(session, name)) {
    const found = catalog.typeByName(session.database, schema, name.name)
    if (found !== undefined) return found
  }
  return undefined
}

function unknownType({ schema, name, position }: Name): SqlError {
  const shown = schema === undefined ? name : `${schema}.${name}`
  return new SqlError('undefined_object', `type "${shown}" does not exist`, { position })
}

/** COMMENT ON TYPE. */
export function commentOnType(
  { of, name, text }: StatementOf<'comment on type'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'COMMENT', catalog => {
    const found = requireType(name, catalog, context)
    if (of === 'domain' && found.kind !== 'domain')
      throw new SqlError('wrong_object_type', `"${found.name}" is not a domain`)
    requireOwner(rightsOf(context.session, catalog), 'type', found)
    return catalog.withType(commented(found, text === '' ? undefined : text))
  })
}

/** What depends on a type, each as an error's detail names it. */
export function namedUsers(type: TypeDef, catalog: Catalog): readonly string[] {
  const { relations, functions, types } = usersOfType(type.id, catalog)
  return [
    ...relations.flatMap(relation => {
      const columns = typedColumns(relation, type)
      const label = `${relation.kind} ${relation.name}`
      const inside = types.some(t => mentionsType(relation.columns, t.id))
      if (columns.length === 0) return relation.kind === 'table' && inside ? [] : [label]
      return columns.map(column => `column ${column} of ${label}`)
    }),
    ...functions.map(f => `${f.kind} ${signatureOf(f)}`),
    ...types.flatMap(t =>
      fieldsOfType(t)
        .filter(field => usesType(field.type, type.id))
        .map(field => `column ${field.name} of composite type ${userTypeName(t)}`),
    ),
  ]
}

/** Fields of a composite. */
export function fieldsOfType(type: TypeDef): readonly Field[] {
  return type.kind === 'composite' ? type.fields : []
}

/** Names of a table's columns that are of the type. */
export function typedColumns({ columns, kind }: Relation, { id }: TypeDef): readonly string[] {
  if (kind !== 'table') return []
  return columns.flatMap(c => (c.dropped !== true && usesType(c.type, id) ? [c.name] : []))
}

/** Not what is of a type that has the type in it. */
function usesType(type: Type, id: number): boolean {
  if (type.user !== undefined) return type.user.id === id
  if (type.element !== undefined) return usesType(type.element, id)
  return type.fields?.some(field => usesType(field.type, id)) ?? false
}
