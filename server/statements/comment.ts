import type { Relation } from '../../planner/catalog.ts'
import { declaredIn, keyNameOf } from '../../planner/constraint-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { requireDatabase, requireRelation, requireSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import { requireColumn } from './column-users.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

type Comment = StatementOf<'comment'>

/** COMMENT ON; an empty text and NULL take the comment away. */
export function comment(statement: Comment, context: StatementContext): Promise<Result> {
  const { what, on, column } = statement
  const text = statement.text === '' ? undefined : statement.text
  return changeCatalog(context, 'COMMENT', catalog => {
    const rights = rightsOf(context.session, catalog)
    if (what === 'schema') {
      const schema = requireSchema(catalog, context.session.database, on.name)
      requireOwner(rights, what, schema)
      return catalog.withSchemaDef(commented(schema, text))
    }
    if (what === 'database') {
      const database = requireDatabase(catalog, on.name)
      requireOwner(rights, what, database)
      return catalog.withDatabaseDef(commented(database, text))
    }
    const relation = requireRelation(context, on)
    requireOwner(rights, relation.kind, relation)
    if (column !== undefined && what === 'constraint')
      return catalog.with(withConstraintComment(relation, column, text))
    if (column !== undefined) return catalog.with(withColumnComment(relation, column, text))
    if (what !== relation.kind)
      throw new SqlError('wrong_object_type', `"${relation.name}" is not a ${what}`, {
        position: on.position,
      })
    return catalog.with(commented(relation, text))
  })
}

function withConstraintComment(relation: Relation, name: string, text: string | undefined): Relation {
  if (relation.declaredKey && keyNameOf(relation) === name) throw notSupported('a comment on a primary key')
  const found = declaredIn(relation).find(constraint => constraint.name === name)
  if (found === undefined)
    throw new SqlError('undefined_object', `constraint "${name}" for table "${relation.name}" does not exist`)
  return { ...relation, constraints: relation.constraints!.map(c => (c === found ? commented(c, text) : c)) }
}

function withColumnComment(relation: Relation, name: string, text: string | undefined): Relation {
  const at = requireColumn(relation, name)
  return { ...relation, columns: relation.columns.with(at, commented(relation.columns[at]!, text)) }
}

/** The object with another comment; undefined: without one. */
export function commented<T extends { readonly comment?: string }>(object: T, text: string | undefined): T {
  const { comment: _, ...rest } = object
  return { ...rest, ...(text !== undefined && { comment: text }) } as T
}
