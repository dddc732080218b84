import type { Catalog, Relation } from '../../planner/catalog.ts'
import { declaredIn, type ForeignKeyDef, keyNameOf, uniquesOf } from '../../planner/constraint-def.ts'
import type { DomainDef, TypeDef } from '../../planner/type-def.ts'
import { assert } from '../../types/error.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { foreignKeyText } from '../foreign-keys/text.ts'
import { isBracketed } from './expression-text.ts'
import { keptByOid } from './objects.ts'

/** What pg_constraint has a row for. */
export interface ConstraintObject {
  readonly oid: number
  readonly on: Relation
  readonly name: string
  /** pg_constraint.contype: p primary key, c check, u unique, f foreign key. */
  readonly type: 'p' | 'c' | 'u' | 'f'
  /** The index that keeps it, in PostgreSQL's way of telling; 0: none. */
  readonly index: number
  readonly columns: readonly number[]
  /** Text of a check's condition. */
  readonly sql?: string
  readonly foreign?: ForeignKey
  readonly valid: boolean
  readonly nullsNotDistinct?: boolean
  readonly comment?: string
}

/** What a foreign key has besides. */
export interface ForeignKey {
  readonly key: ForeignKeyDef
  readonly parent: Relation
  /** The parent's constraint; undefined: a unique index that is none. */
  readonly unique: string | undefined
}

const CONSTRAINT_OIDS = 0x50000000

export interface DomainConstraint {
  readonly oid: number
  readonly on: DomainDef
  readonly name: string
  readonly type: 'c'
  readonly sql: string
  readonly valid: boolean
}

/** Constraints of the tables of a database. */
export function constraintObjects(catalog: Catalog, database: string): readonly ConstraintObject[] {
  const own = catalog.relations.filter(relation => relation.database === database)
  return own.flatMap(relation => constraintsOf(relation, catalog))
}

/** Checks of the domains of a database. */
export function domainConstraints({ types }: Catalog, database: string): readonly DomainConstraint[] {
  return types.filter(type => type.database === database).flatMap(checksOfDomain)
}

function checksOfDomain(on: TypeDef): DomainConstraint[] {
  if (on.kind !== 'domain') return []
  return on.checks.map(({ id, name, sql, notValid }) => ({
    oid: CONSTRAINT_OIDS + id,
    on,
    name,
    type: 'c',
    sql,
    valid: notValid !== true,
  }))
}

/** Undefined: nothing has the number. */
export function constraintByOid(oid: number, catalog: Catalog): ConstraintObject | undefined {
  const id = oid - CONSTRAINT_OIDS
  const relation = catalog.byId(id) ?? catalog.relations.find(r => r.constraints?.some(c => c.id === id))
  return relation && constraintsOf(relation, catalog).find(constraint => constraint.oid === oid)
}

function constraintsOf(on: Relation, catalog: Catalog): ConstraintObject[] {
  const key: ConstraintObject[] = on.declaredKey
    ? [
        {
          oid: CONSTRAINT_OIDS + on.id,
          on,
          name: keyNameOf(on),
          type: 'p',
          index: keptByOid(on.id),
          columns: on.key,
          valid: true,
        },
      ]
    : []
  const others = declaredIn(on).map(
    (constraint): ConstraintObject => ({
      oid: CONSTRAINT_OIDS + constraint.id,
      on,
      name: constraint.name,
      type: TYPES[constraint.kind],
      index: constraint.kind === 'unique' ? keptByOid(constraint.id) : 0,
      columns: constraint.columns,
      ...(constraint.kind === 'check' && { sql: constraint.sql }),
      ...(constraint.kind === 'foreign key' && foreignKey(constraint, catalog)),
      nullsNotDistinct: constraint.kind === 'unique' && constraint.nullsNotDistinct === true,
      valid: constraint.notValid === undefined,
      ...(constraint.comment !== undefined && { comment: constraint.comment }),
    }),
  )
  return [...key, ...others]
}

const TYPES = { check: 'c', unique: 'u', 'foreign key': 'f' } as const

function foreignKey(key: ForeignKeyDef, catalog: Catalog): Pick<ConstraintObject, 'index' | 'foreign'> {
  const parent = catalog.byId(key.parent)
  assert(parent !== undefined, 'a table that is referred to is there')
  if (key.unique === undefined)
    return { index: keptByOid(parent.id), foreign: { key, parent, unique: keyNameOf(parent) } }
  const kept = uniquesOf(parent).find(({ id }) => id === key.unique)
  const unique = kept?.byIndex === undefined ? kept?.name : undefined
  return { index: kept?.byIndex ?? keptByOid(key.unique), foreign: { key, parent, unique } }
}

/** A check of a domain as CREATE DOMAIN has it; undefined: nothing of that number. */
export function domainCheckDefinition(oid: number, catalog: Catalog, pretty: boolean): string | undefined {
  const found = catalog.types.flatMap(checksOfDomain).find(constraint => constraint.oid === oid)
  return found && `CHECK ${checkClause(found, pretty)}${found.valid ? '' : ' NOT VALID'}`
}

/**
 * The constraint as CREATE TABLE has it (pg_get_constraintdef). `pretty`: without needless brackets. A table is called by its
 * name alone where it is in one of the schemas.
 */
export function constraintDefinition(
  constraint: ConstraintObject,
  pretty: boolean,
  schemas: readonly string[],
): string {
  const { on, columns, type, valid, nullsNotDistinct, foreign } = constraint
  if (foreign !== undefined) {
    const { key, parent } = foreign
    const path = schemas.includes(parent.schema) ? [parent.name] : [parent.schema, parent.name]
    return foreignKeyText(key, on.columns, parent, quoteIdent, path.map(quoteIdent).join('.'))
  }
  const names = columns.map(i => quoteIdent(on.columns[i]!.name)).join(', ')
  if (type === 'p') return `PRIMARY KEY (${names})`
  if (type === 'u') return `UNIQUE ${nullsNotDistinct ? 'NULLS NOT DISTINCT ' : ''}(${names})`
  return `CHECK ${checkClause(constraint, pretty)}${valid ? '' : ' NOT VALID'}`
}

/** The condition in its brackets. */
export function checkClause({ sql = '' }: Pick<ConstraintObject, 'sql'>, pretty: boolean): string {
  const inside = isBracketed(sql) ? sql.slice(1, -1) : sql
  return pretty ? `(${inside})` : `((${inside}))`
}
