import type { Catalog, Relation } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { requireRelation } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

type Comment = StatementOf<'comment'>

/** COMMENT ON; an empty text and NULL take the comment away. */
export function comment(statement: Comment, context: StatementContext): Promise<Result> {
  const { what, on, column } = statement
  const text = statement.text === '' ? undefined : statement.text
  return changeCatalog(context, 'COMMENT', catalog => {
    if (what === 'schema') return withSchemaComment(catalog, context.session.database, on.name, text)
    if (what === 'database') return withDatabaseComment(catalog, on.name, text)
    const relation = requireRelation(context, on)
    requireOwner(rightsOf(context.session, catalog), relation.kind, relation)
    if (column !== undefined) return catalog.with(withColumnComment(relation, column, text))
    if (what !== relation.kind)
      throw new SqlError('wrong_object_type', `"${relation.name}" is not a ${what}`, {
        position: on.position,
      })
    const { comment: _, ...rest } = relation
    return catalog.with(text === undefined ? rest : { ...rest, comment: text })
  })
}

function withColumnComment(relation: Relation, name: string, text: string | undefined): Relation {
  if (!relation.columns.some(column => column.name === name))
    throw new SqlError('undefined_column', `column "${name}" of relation "${relation.name}" does not exist`)
  const columns = relation.columns.map(column => {
    if (column.name !== name) return column
    const { comment: _, ...rest } = column
    return text === undefined ? rest : { ...rest, comment: text }
  })
  return { ...relation, columns }
}

function withSchemaComment(
  catalog: Catalog,
  database: string,
  name: string,
  text: string | undefined,
): Catalog {
  const found = catalog.schemas.find(schema => schema.database === database && schema.name === name)
  if (found === undefined) throw new SqlError('invalid_schema_name', `schema "${name}" does not exist`)
  const { comment: _, ...rest } = found
  return catalog.withSchemaDef(text === undefined ? rest : { ...rest, comment: text })
}

function withDatabaseComment(catalog: Catalog, name: string, text: string | undefined): Catalog {
  const found = catalog.databases.find(database => database.name === name)
  if (found === undefined) throw new SqlError('invalid_catalog_name', `database "${name}" does not exist`)
  const { comment: _, ...rest } = found
  return catalog.withDatabaseDef(text === undefined ? rest : { ...rest, comment: text })
}
