import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import { type CheckDef, checksIn, type UniqueDef, uniquesOf } from '../../planner/constraint-def.ts'
import { manyKeys } from '../../planner/parse/create.ts'
import { parseExpression } from '../../planner/parse/cursor.ts'
import type {
  ColumnSyntax,
  ConstraintSyntax,
  LikeSyntax,
  RelationSyntax,
  SequenceSyntax,
} from '../../planner/parse/index.ts'
import type { SequenceDef } from '../../planner/sequence-def.ts'
import { SqlError } from '../../types/error.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { sequenceOf } from '../sequences.ts'
import { requireRelation } from './bind.ts'
import type { StatementContext } from './contract.ts'

/** The statement with the columns of other relations written out where LIKE names them. */
export function withLikes(syntax: RelationSyntax, context: StatementContext): RelationSyntax {
  const { like: likes, ...rest } = syntax
  if (likes === undefined) return syntax
  const columns: ColumnSyntax[] = []
  const constraints: ConstraintSyntax[] = []
  const keys: (readonly string[])[] = syntax.primaryKey.length > 0 ? [syntax.primaryKey] : []
  let next = 0
  for (const like of likes) {
    columns.push(...syntax.columns.slice(next, like.at))
    next = like.at
    const from = requireRelation(context, like.name)
    if (!LIKEABLE.has(from.kind))
      throw new SqlError('wrong_object_type', `relation "${from.name}" is invalid in LIKE clause`, {
        detail: `This operation is not supported for ${from.kind === 'index' ? 'indexes' : `${from.kind}s`}.`,
        position: like.name.position,
      })
    requireRelationRight(
      rightsOf(context.session, context.catalogs.current),
      context.catalogs.current,
      'select',
      from,
    )
    columns.push(
      ...from.columns.flatMap((column, i) => (column.hidden ? [] : [copied(column, i, from, like, context)])),
    )
    if (like.including.has('constraints')) constraints.push(...checksIn(from).map(spoken))
    if (like.including.has('indexes')) {
      constraints.push(...uniquesOf(from).map(unique => spokenUnique(unique, from)))
      if (from.declaredKey) keys.push(from.key.map(i => from.columns[i]!.name))
      for (const { index, name } of context.catalogs.current.relations)
        if (index?.on === from.id) context.notice(`index "${name}" is not copied`)
    }
  }
  columns.push(...syntax.columns.slice(next))
  if (keys.length > 1) throw manyKeys(syntax.name.name)
  return { ...rest, columns, primaryKey: keys[0] ?? [], constraints: [...constraints, ...syntax.constraints] }
}

const LIKEABLE: ReadonlySet<Relation['kind']> = new Set(['table', 'view', 'materialized view', 'source'])

function copied(
  column: ColumnDef,
  at: number,
  from: Relation,
  { including }: LikeSyntax,
  { catalogs }: StatementContext,
): ColumnSyntax {
  const { name, type, modifier, notNull, identity, comment, expressionSql: text } = column
  const fragment = text === undefined ? undefined : parseExpression(text, 0, text.length)
  const isDefault = column.generated === undefined && identity === undefined && including.has('defaults')
  const isGenerated = column.generated !== undefined && including.has('generated')
  const own = sequenceOf(from.id, at, catalogs.current)?.sequence
  return {
    name,
    type,
    notNull,
    primaryKey: false,
    position: 0,
    ...(modifier !== undefined && { modifier }),
    ...(isDefault && fragment && { default: fragment }),
    ...(isGenerated && fragment && { generated: fragment }),
    ...(identity &&
      own &&
      including.has('identity') && { identity: { generated: identity, options: optionsOf(own) } }),
    ...(comment !== undefined && including.has('comments') && { comment }),
  }
}

function optionsOf({ increment, min, max, start, cycle }: SequenceDef): SequenceSyntax {
  return { increment, min, max, start, cycle }
}

/** It gets a name of its own. */
function spokenUnique({ columns, nullsNotDistinct }: UniqueDef, from: Relation): ConstraintSyntax {
  const names = columns.map(c => from.columns[c]!.name)
  return { kind: 'unique', columns: names, position: 0, ...(nullsNotDistinct && { nullsNotDistinct }) }
}

function spoken({ name, sql }: CheckDef): ConstraintSyntax {
  return { kind: 'check', name, expression: parseExpression(sql, 0, sql.length), position: 0 }
}
