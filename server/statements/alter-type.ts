import type { Catalog, Relation } from '../../planner/catalog.ts'
import { rejectDuplicates } from '../../planner/dml/columns.ts'
import type { PlaceAction, TypeAction } from '../../planner/parse/index.ts'
import { withRenamedType, withRenamedTypeIn } from '../../planner/renamed-type.ts'
import { type CompositeDef, namesType, type TypeDef, usersOfType } from '../../planner/type-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { userTypeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { withRenamedValue, withValue } from './alter-enum.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { placed } from './placed.ts'
import { tableSql } from './statement-text.ts'
import { requireFreeTypeName, requireType, typedColumns } from './user-types.ts'

/** ALTER TYPE: its name, owner and schema; the attributes of a composite. */
export function alterType(
  { name, action }: StatementOf<'alter type'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'ALTER TYPE', catalog => {
    const found = requireType(name, catalog, context)
    requireOwner(rightsOf(context.session, catalog), 'type', found)
    switch (action.do) {
      case 'owner':
      case 'rename':
      case 'set schema':
        return movedType(found, action, catalog, context)
      case 'add value':
        return withValue(found, action, catalog, context)
      case 'rename value':
        return withRenamedValue(found, action, catalog)
      default:
        if (found.kind !== 'composite')
          throw new SqlError('wrong_object_type', `"${found.name}" is not a composite type`)
        if (action.do === 'rename attribute') refuseReader(found, catalog)
        return catalog.withType({ ...found, fields: attributes(found, action, catalog, context) })
    }
  })
}

/** Another name, owner or schema. */
export function movedType(
  type: TypeDef,
  action: PlaceAction,
  catalog: Catalog,
  context: StatementContext,
): Catalog {
  const changed = placed(type, action, catalog, context)
  if (action.do === 'owner') return catalog.withType(changed)
  requireFreeTypeName(changed, catalog)
  return withTypeShown(type, changed, catalog)
}

/** The catalog with the type as it is now, also in what texts say. */
function withTypeShown(from: TypeDef, to: TypeDef, before: Catalog): Catalog {
  const catalog = before.withType(to)
  return catalog.relations.reduce((changed, relation) => {
    const said = namesType(relation, to.id) ? saying(relation, from, to) : relation
    const isPlain = said.kind === 'table' && said.options['connector'] === undefined
    if (isPlain && (said !== relation || typedColumns(said, to).length > 0))
      return changed.with({ ...said, sql: tableSql(said) })
    return said === relation ? changed : changed.with(said)
  }, catalog)
}

/** The relation with the type's new name where its texts have the old one. */
function saying(relation: Relation, from: TypeDef, to: TypeDef): Relation {
  const { query, sql, columns, constraints, index } = relation
  const text = (expression: string) => withRenamedTypeIn(expression, from, to)
  const next = query && withRenamedType(query, from, to)
  return {
    ...relation,
    ...(next && { query: next, sql: sql.replace(query, () => next) }),
    ...(index && { index: { ...index, keys: index.keys.map(key => ({ ...key, sql: text(key.sql) })) } }),
    columns: columns.map(c =>
      c.uses?.includes(to.id) ? { ...c, expressionSql: text(c.expressionSql!) } : c,
    ),
    ...(constraints && {
      constraints: constraints.map(c =>
        c.kind === 'check' && c.uses?.includes(to.id) ? { ...c, sql: text(c.sql) } : c,
      ),
    }),
  }
}

type AttributeAction = Extract<TypeAction, { readonly do: `${string} attribute` }>

/** Values of the type are rows of all its attributes: they come, go and change while there is nothing of it. */
function attributes(
  type: CompositeDef,
  action: AttributeAction,
  catalog: Catalog,
  { notice }: StatementContext,
): CompositeDef['fields'] {
  const { fields } = type
  const at = (name: string): number => {
    const found = fields.findIndex(field => field.name === name)
    if (found !== -1) return found
    const message = `column "${name}" of relation "${type.name}" does not exist`
    throw new SqlError('undefined_column', message)
  }
  if (action.do === 'rename attribute') {
    const renamed = fields.with(at(action.from), { ...fields[at(action.from)]!, name: action.to })
    rejectDuplicates(renamed.map(field => field.name))
    return renamed
  }
  if (action.do === 'drop attribute' && action.ifExists && fields.every(f => f.name !== action.name)) {
    notice(`column "${action.name}" of relation "${type.name}" does not exist, skipping`)
    return fields
  }
  requireNoValues(type, catalog)
  if (action.do === 'drop attribute') return fields.toSpliced(at(action.name), 1)
  const { attribute } = action
  if (action.do === 'alter attribute') return fields.with(at(attribute.name), attribute)
  if (fields.some(field => field.name === attribute.name))
    throw new SqlError(
      'duplicate_column',
      `column "${attribute.name}" of relation "${type.name}" already exists`,
    )
  return [...fields, attribute]
}

/** A view's text may have the attribute's name. */
function refuseReader({ id }: TypeDef, catalog: Catalog): void {
  const reader = usersOfType(id, catalog).relations.find(r => r.query !== undefined)
  if (reader !== undefined)
    throw notSupported(`another name for an attribute that ${reader.kind} ${reader.name} may read`)
}

function requireNoValues(type: TypeDef, catalog: Catalog): void {
  const { relations, functions, types } = usersOfType(type.id, catalog)
  const [user] = [...relations, ...functions, ...types]
  if (user === undefined) return
  throw notSupported(`other attributes of type ${userTypeName(type)}, which ${user.name} uses`)
}
