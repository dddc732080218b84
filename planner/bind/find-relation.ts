import { SqlError } from '../../types/error.ts'
import type { RelationId } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { Relation } from '../catalog.ts'
import type { BindContext } from '../contract.ts'
import { isTemporary, meantSchema, requireReachable } from '../temp-schema.ts'
import { nearest } from './near-name.ts'

export interface FoundRelation {
  readonly id: RelationId
  readonly schema: string
  readonly name: string
  /** Undefined for a system relation. */
  readonly relation?: Relation
  /** Its number in pg_class. */
  readonly oid: number
  readonly columns: Schema
}

/** Finds `[[database.]schema.]name` along the search path. */
export function findRelation(
  path: readonly string[],
  context: BindContext,
  position: number | undefined,
): FoundRelation {
  const name = path.at(-1) ?? ''
  const schema = path.at(-2)
  const database = path.at(-3) ?? context.database
  if (path.length > 2 && !context.catalog.hasDatabase(database))
    throw new SqlError('invalid_catalog_name', `database "${database}" does not exist`, { position })
  const schemas =
    schema === undefined
      ? ['pg_catalog', ...context.searchPath, 'rw_catalog']
      : [meantSchema(schema, context.session)]
  for (const candidate of schemas) {
    const system = context.systemRelation(candidate, name)
    if (system !== undefined) {
      const { id, oid, columns } = system
      return { id, oid, schema: candidate, name, columns }
    }
    const relation = context.catalog.byName(database, candidate, name)
    if (relation !== undefined) {
      requireReachable(candidate, context.session)
      return {
        id: relation.id,
        oid: relation.id,
        schema: candidate,
        name,
        relation,
        columns: relation.columns,
      }
    }
  }
  const known = context.catalog.relations.filter(
    r => r.database === database && (schema ?? r.schema) === r.schema && !isTemporary(r),
  )
  const near = nearest(name, known, relation => relation.name)
  const reached = near !== undefined && schema === undefined && context.searchPath.includes(near.schema)
  const label = reached ? near.name : `${near?.schema}.${near?.name}`
  const hint = near === undefined ? undefined : `Perhaps you meant the ${near.kind} "${label}".`
  throw new SqlError('undefined_table', `relation "${path.join('.')}" does not exist`, { position, hint })
}
