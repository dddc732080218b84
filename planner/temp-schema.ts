import { SqlError } from '../types/error.ts'
import type { Catalog, Relation } from './catalog.ts'

/** What statements call the schema of the session's temporary relations. */
export const TEMP_ALIAS = 'pg_temp'

/** The schema of a session's temporary relations. */
export function tempSchemaOf(session: number): string {
  return `${TEMP_ALIAS}_${session}`
}

/** Whether it is the schema of some session's temporary relations: nobody else's schema may have such a name. */
export function isTempSchema(schema: string): boolean {
  return /^pg_temp_\d+$/.test(schema)
}

/** The schema meant by the name that a session wrote. */
export function meantSchema(schema: string, session: number | undefined): string {
  return schema === TEMP_ALIAS && session !== undefined ? tempSchemaOf(session) : schema
}

export function isTemporary({ schema }: Pick<Relation, 'schema'>): boolean {
  return isTempSchema(schema)
}

/** Whether one of the relations is temporary. */
export function readsTemporary(ids: readonly number[], catalog: Catalog): boolean {
  return ids.some(id => {
    const relation = catalog.byId(id)
    return relation !== undefined && isTemporary(relation)
  })
}

/** Throws 0A000 for a relation of another session. */
export function requireReachable(schema: string, session: number | undefined): void {
  if (!isTempSchema(schema) || session === undefined || schema === tempSchemaOf(session)) return
  throw new SqlError('feature_not_supported', 'cannot access temporary tables of other sessions')
}

/** The catalog without these schemas of temporary relations and what reads them; defaults that draw from their sequences go. */
export function withoutTemporary(catalog: Catalog, isGone: (schema: string) => boolean): Catalog {
  const schemas = catalog.schemas.filter(({ name }) => isTempSchema(name) && isGone(name))
  if (schemas.length === 0) return catalog
  const gone = new Set(catalog.relations.filter(r => isTemporary(r) && isGone(r.schema)).map(r => r.id))
  for (const id of gone)
    for (const r of catalog.dependents(id)) if (r.dependsOn.includes(id) || r.index?.on === id) gone.add(r.id)
  let next = catalog.without([...gone])
  for (const relation of next.relations) {
    if (!relation.columns.some(column => column.uses?.some(id => gone.has(id)))) continue
    const columns = relation.columns.map(column => {
      if (!column.uses?.some(id => gone.has(id))) return column
      const { default: _, uses: __, expressionSql: ___, ...plain } = column
      return plain
    })
    next = next.with({ ...relation, columns })
  }
  return schemas.reduce((left, { database, name }) => left.withoutSchema(database, name), next)
}
