import type { Catalog, Relation } from '../../planner/catalog.ts'
import {
  type ConstraintDef,
  declaredIn,
  keyNameOf,
  requireFreeName,
  type UniqueDef,
} from '../../planner/constraint-def.ts'
import type { AlterAction } from '../../planner/parse/index.ts'
import { qualified } from '../../planner/rewrite-references.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { quote } from '../../types/sql-text.ts'
import { dropReferences } from '../foreign-keys/drop-references.ts'
import { requireReferring } from '../foreign-keys/rows-there.ts'
import { type Step, seeing } from './alter-actions.ts'
import { dropPrimaryKey } from './alter-key.ts'
import { type Alteration, changeCatalog } from './change-catalog.ts'
import { requirePlainTable } from './column-users.ts'
import { boundConstraints, constraintNames, numbered, requireKeepable } from './constraints.ts'
import type { StatementContext } from './contract.ts'
import { heldRows } from './held-rows.ts'
import { duplicated, violated } from './required-of-rows.ts'
import { tellingColumns } from './row-id-column.ts'
import { tableSql } from './statement-text.ts'

type Action<Do extends AlterAction['do']> = Extract<AlterAction, { do: Do }>

/**
 * ADD CONSTRAINT beside other actions: the rows that are there are held against it, unless it is not to be valid. Alone it is made
 * as one that is not (`unheld`), and `validateConstraint` comes next, which holds nothing up.
 */
export function addConstraint(
  table: Relation,
  { constraint }: Action<'add constraint'>,
  context: StatementContext,
  unheld: boolean,
): Step {
  requireConstrainable(table, constraint.kind, 'ADD CONSTRAINT', 'a UNIQUE constraint', context)
  const { current } = context.catalogs
  const bound = boundConstraints([constraint], table, current.nextId, context)
  const made = unheld ? bound.map(each => ({ ...each, notValid: true as const })) : bound
  const all = numbered(made, current.nextId)
  const held = all.filter(({ notValid }) => notValid !== true)
  return {
    catalog: current.with(withConstraints(table, [...(table.constraints ?? []), ...all])),
    requires: held.filter(each => each.kind !== 'foreign key'),
    refers: held.filter(each => each.kind === 'foreign key'),
  }
}

/** Throws 0A000 for a table that is there and cannot keep such a constraint; `called`: in the words of its statement. */
export function requireConstrainable(
  table: Relation,
  kind: ConstraintDef['kind'],
  statement: string,
  called: string,
  context: StatementContext,
): void {
  requirePlainTable(table, statement, context)
  const versioned = table.job?.nodes.some(({ spec }) => spec.kind === 'upsert' && spec.version !== undefined)
  requireKeepable([{ kind }], table, versioned === true)
  if (kind === 'unique' && tellingColumns(table).length === 0)
    throw notSupported(`${called} of a table whose rows nothing tells apart`)
}

/** The constraint that ADD CONSTRAINT made last, held against the rows of the table; it goes where one makes it false. */
export async function settleConstraint(id: number, name: string, context: StatementContext): Promise<void> {
  try {
    await validateConstraint(id, name, context)
  } catch (error) {
    await changeCatalog(context, '', catalog => {
      const table = catalog.byId(id)
      return table && catalog.with(keepingConstraints(table, c => c.name !== name))
    })
    throw error
  }
}

/**
 * Looks at all rows, those too that statements wrote before they knew of the constraint: whatever was under way is committed
 * first, and what was bound before it came is refused (`requireSameConstraints`). Throws 23514.
 */
export async function validateConstraint(id: number, name: string, context: StatementContext): Promise<void> {
  await context.runtime.flush()
  await changeCatalog(context, '', async catalog => {
    const table = catalog.byId(id)
    if (table === undefined) return undefined
    const constraint = requireConstraint(table, name)
    if (constraint.notValid === undefined) return undefined
    if (constraint.kind === 'foreign key') await requireReferring(table, constraint, context)
    else if (constraint.kind === 'unique') await requireDistinct(table, constraint, context)
    else if (await hasRow(table, `(${constraint.sql}) IS FALSE`, context)) throw violated(table, name)
    const { notValid: _, ...valid } = constraint
    return catalog.with(
      withConstraints(
        table,
        table.constraints!.map(c => (c === constraint ? valid : c)),
      ),
    )
  })
}

export function dropConstraint(
  table: Relation,
  { name, ifExists, cascade }: Action<'drop constraint'>,
  context: StatementContext,
): Step | undefined {
  if (table.declaredKey && keyNameOf(table) === name) {
    const { catalog, rest } = withoutReferences(table, { name }, undefined, cascade, context)
    const seen = { ...context, catalogs: seeing(catalog, context) }
    return dropPrimaryKey(rest, seen)
  }
  const named = declaredIn(table).find(c => c.name === name)
  if (named === undefined) {
    if (!ifExists) throw noConstraint(table, name)
    context.notice(`${noConstraint(table, name).message}, skipping`)
    return undefined
  }
  if (named.kind !== 'unique')
    return { catalog: context.catalogs.current.with(keepingConstraints(table, c => c !== named)) }
  const { catalog, rest } = withoutReferences(table, named, named.id, cascade, context)
  return { catalog: catalog.with(keepingConstraints(rest, c => c.id !== named.id)) }
}

/**
 * The catalog, and the table in it, without the foreign keys that a constraint of the table makes possible (`unique`; undefined:
 * its primary key). Throws 2BP01 unless they may go.
 */
function withoutReferences(
  table: Relation,
  { name }: Pick<UniqueDef, 'name'>,
  unique: number | undefined,
  cascade: boolean,
  context: StatementContext,
): { readonly catalog: Catalog; readonly rest: Relation } {
  const { current } = context.catalogs
  const users = current.referencesTo(table.id).filter(({ key }) => key.unique === unique)
  const catalog = dropReferences(
    users,
    `constraint ${name} on table ${table.name}`,
    `index ${name}`,
    cascade,
    {
      ...context,
      catalog: current,
    },
  )
  return { catalog, rest: catalog.byId(table.id)! }
}

export function renameConstraint(
  table: Relation,
  { from, to }: Action<'rename constraint'>,
  { catalogs }: StatementContext,
): Alteration {
  const isKey = table.declaredKey && keyNameOf(table) === from
  const renamed = isKey ? undefined : requireConstraint(table, from)
  requireFreeName(to, table.name, constraintNames(table))
  if (renamed === undefined) return { catalog: catalogs.current.with({ ...table, keyName: to }) }
  const constraints = table.constraints!.map(c => (c === renamed ? { ...c, name: to } : c))
  return { catalog: catalogs.current.with(withConstraints(table, constraints)) }
}

/** Whether a foreign key may wait. Throws 42809 for another constraint. */
export function alterConstraint(
  table: Relation,
  { name, deferrable }: Action<'alter constraint'>,
  { catalogs }: StatementContext,
): Alteration {
  const named = requireConstraint(table, name)
  if (named.kind !== 'foreign key') {
    const message = `constraint "${name}" of relation "${table.name}" is not a foreign key constraint`
    throw new SqlError('wrong_object_type', message)
  }
  const { deferrable: _, ...rest } = named
  const next = { ...rest, ...(deferrable && { deferrable }) }
  const constraints = table.constraints!.map(c => (c === named ? next : c))
  return { catalog: catalogs.current.with(withConstraints(table, constraints)) }
}

/** Throws 42704. */
export function requireConstraint(table: Relation, name: string): ConstraintDef {
  const found = table.constraints?.find(c => c.name === name)
  if (found === undefined) throw noConstraint(table, name)
  return found
}

function noConstraint(table: Relation, name: string): SqlError {
  const message = `constraint "${name}" of relation "${table.name}" does not exist`
  return new SqlError('undefined_object', message)
}

/** Throws 23505 when two rows hold the same. */
async function requireDistinct(table: Relation, unique: UniqueDef, context: StatementContext): Promise<void> {
  const names = unique.columns.map(c => quote(table.columns[c]!.name))
  const nulls = names.map(name => `${name} IS NOT NULL`).join(' AND ')
  const list = names.join(', ')
  const where = unique.nullsNotDistinct ? '' : ` WHERE ${nulls}`
  const query = `SELECT ${list} FROM ${qualified(table)}${where} GROUP BY ${list} HAVING count(*) > 1 LIMIT 1`
  for await (const rows of heldRows(query, unique.columns, context))
    for (const row of rows) throw duplicated(table, unique, row)
}

/** The table with other constraints, and its statement. */
export function withConstraints(table: Relation, constraints: readonly ConstraintDef[]): Relation {
  const { constraints: _, ...rest } = table
  const next = constraints.length === 0 ? rest : { ...rest, constraints }
  return { ...next, sql: tableSql(next) }
}

/** The table without those of its constraints that are not to be kept, and its statement. */
export function keepingConstraints(
  table: Relation,
  isKept: (constraint: ConstraintDef) => boolean,
): Relation {
  return withConstraints(table, (table.constraints ?? []).filter(isKept))
}

async function hasRow(table: Relation, condition: string, context: StatementContext): Promise<boolean> {
  const query = `SELECT 1 FROM ${qualified(table)} WHERE ${condition} LIMIT 1`
  for await (const rows of heldRows(query, [], context)) if (rows.length > 0) return true
  return false
}
