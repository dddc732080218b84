import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { LockModeName, SessionStatement } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { denied, type Rights, rightsOf } from '../access/rights.ts'
import { findByName, requireRelation, schemasOf } from './bind.ts'
import type { StatementContext } from './contract.ts'
import { lockWait } from './while-allowed.ts'

/** LOCK TABLE: until the block ends other sessions' statements that conflict with the mode wait. Views stand for what they read. */
export async function lockTables(
  { tables, mode, nowait }: Extract<SessionStatement, { kind: 'lock' }>,
  context: StatementContext,
): Promise<void> {
  const { session, catalogs, locks } = context
  for (const name of tables) {
    const isSystem = schemasOf(session, name)
      .concat('pg_catalog')
      .some(schema => context.systemRelation(schema, name.name) !== undefined)
    // Nothing that a session does changes them.
    if (isSystem && findByName(context, name) === undefined) continue
    const relation = requireRelation(context, name)
    const rights = rightsOf(session, catalogs.current)
    requireLockable(relation)
    requireLockRight(rights, relation, mode)
    for (const table of lockedBy(relation, catalogs.current)) {
      const wait = nowait ? { nowait: { name: table.name } } : lockWait(context)
      await locks.lock(table.id, session.number, mode, wait)
      if (catalogs.current.byId(table.id) === undefined)
        throw new SqlError('undefined_table', `relation "${table.name}" does not exist`)
    }
  }
}

function requireLockable({ kind, name }: Relation): void {
  if (kind === 'table' || kind === 'view') return
  const plural = kind === 'index' ? 'indexes' : `${kind}s`
  throw new SqlError('wrong_object_type', `cannot lock relation "${name}"`, {
    detail: `This operation is not supported for ${plural}.`,
  })
}

function requireLockRight(rights: Rights, relation: Relation, mode: LockModeName): void {
  const changes = ['update', 'delete', 'truncate'] as const
  const enough =
    mode === 'access share'
      ? (['select', ...changes] as const)
      : mode === 'row share' || mode === 'row exclusive'
        ? (['insert', ...changes] as const)
        : changes
  if (!enough.some(privilege => rights.may(privilege, 'relation', relation)))
    throw denied(`${relation.kind} ${relation.name}`)
}

/** The relation and, of a view, the tables and views that it reads. */
export function lockedBy(relation: Relation, catalog: Catalog): readonly Relation[] {
  const found = new Set<Relation>()
  const visit = (each: Relation | undefined) => {
    if (each === undefined || found.has(each) || (each.kind !== 'table' && each.kind !== 'view')) return
    found.add(each)
    if (each.kind === 'view') for (const id of each.dependsOn) visit(catalog.byId(id))
  }
  visit(relation)
  return [...found]
}
