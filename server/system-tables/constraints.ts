import type { Catalog, Relation } from '../../planner/catalog.ts'
import { keyNameOf } from '../../planner/constraint-def.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { isBracketed } from './expression-text.ts'

/** What pg_constraint has a row for. */
export interface ConstraintObject {
  readonly oid: number
  readonly on: Relation
  readonly name: string
  /** pg_constraint.contype: p primary key, c check. */
  readonly type: 'p' | 'c'
  readonly columns: readonly number[]
  /** Text of a check's condition. */
  readonly sql?: string
  readonly valid: boolean
  readonly comment?: string
}

const CONSTRAINT_OIDS = 0x50000000

/** Constraints of the tables of a database. */
export function constraintObjects(catalog: Catalog, database: string): readonly ConstraintObject[] {
  return catalog.relations.filter(relation => relation.database === database).flatMap(constraintsOf)
}

/** Undefined: nothing has the number. */
export function constraintByOid(oid: number, catalog: Catalog): ConstraintObject | undefined {
  const id = oid - CONSTRAINT_OIDS
  const relation = catalog.byId(id) ?? catalog.relations.find(r => r.constraints?.some(c => c.id === id))
  return relation && constraintsOf(relation).find(constraint => constraint.oid === oid)
}

function constraintsOf(on: Relation): ConstraintObject[] {
  const key: ConstraintObject[] = on.declaredKey
    ? [{ oid: CONSTRAINT_OIDS + on.id, on, name: keyNameOf(on), type: 'p', columns: on.key, valid: true }]
    : []
  const others = (on.constraints ?? []).map(
    ({ id, name, columns, sql, notValid, comment }): ConstraintObject => ({
      oid: CONSTRAINT_OIDS + id,
      on,
      name,
      type: 'c',
      columns,
      sql,
      valid: notValid === undefined,
      ...(comment !== undefined && { comment }),
    }),
  )
  return [...key, ...others]
}

/** The constraint as CREATE TABLE has it (pg_get_constraintdef). `pretty`: without needless brackets. */
export function constraintDefinition(constraint: ConstraintObject, pretty: boolean): string {
  const { on, columns, type, valid } = constraint
  const names = columns.map(i => quoteIdent(on.columns[i]!.name)).join(', ')
  if (type === 'p') return `PRIMARY KEY (${names})`
  return `CHECK ${checkClause(constraint, pretty)}${valid ? '' : ' NOT VALID'}`
}

/** The condition in its brackets. */
export function checkClause({ sql = '' }: ConstraintObject, pretty: boolean): string {
  const inside = isBracketed(sql) ? sql.slice(1, -1) : sql
  return pretty ? `(${inside})` : `((${inside}))`
}
