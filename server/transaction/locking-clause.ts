import { as, type Body, body, list, pathOf, str } from '../../planner/bind/ast.ts'
import { findRelation } from '../../planner/bind/find-relation.ts'
import type { Relation } from '../../planner/catalog.ts'
import type { BindContext, PgNode } from '../../planner/contract.ts'
import { SqlError } from '../../types/error.ts'
import type { StatementContext } from '../statements/contract.ts'
import { lockedBy } from '../statements/lock-table.ts'
import { lockWait } from '../statements/while-allowed.ts'

/** A table that FOR UPDATE or FOR SHARE locks, and what is done when another session has it. */
interface Locked {
  readonly table: Relation
  readonly wait: 'wait' | 'nowait' | 'skip'
}

const WAITS: Readonly<Record<string, Locked['wait']>> = { LockWaitError: 'nowait', LockWaitSkip: 'skip' }

/**
 * Locks the tables of SELECT … FOR UPDATE or SHARE to the end of the block: those of its FROM list, or those that OF names, and of
 * views those that they read. Rows of a locked table are all locked, so SKIP LOCKED leaves none: yields false then. Throws 55P03 for NOWAIT.
 */
export async function lockRows(
  query: PgNode,
  binding: () => BindContext,
  context: StatementContext,
): Promise<boolean> {
  const { locks, session } = context
  for (const { table, wait } of lockedTables(query, binding).toSorted((a, b) => a.table.id - b.table.id))
    try {
      const how = wait === 'wait' ? lockWait(context) : { nowait: { name: table.name } }
      for (const mode of ['row share', 'row changes'] as const)
        await locks.take(table.id, session.number, mode, how, true)
    } catch (error) {
      const isTaken = error instanceof SqlError && error.condition === 'lock_not_available'
      if (wait !== 'skip' || !isTaken) throw error
      return false
    }
  return true
}

function lockedTables(query: PgNode, binding: () => BindContext): readonly Locked[] {
  const select = as(query, 'SelectStmt') ?? (query as Body)
  const clauses = list(select['lockingClause'])
  if (clauses.length === 0) return []
  const context = binding()
  const named = list(select['fromClause']).flatMap(rangesOf)
  return clauses.flatMap(node => {
    const clause = as(node, 'LockingClause')!
    const of = list(clause['lockedRels']).map(rel => str(as(rel, 'RangeVar')!['relname']))
    const wait = WAITS[String(clause['waitPolicy'])] ?? 'wait'
    return named
      .filter(range => of.length === 0 || of.includes(aliasOf(range)))
      .flatMap(range => {
        const { relation } = findRelation(pathOf(range), context, undefined)
        if (relation === undefined) return []
        const tables = lockedBy(relation, context.catalog).filter(({ kind }) => kind === 'table')
        return tables.map(table => ({ table, wait }))
      })
  })
}

function rangesOf(node: PgNode): readonly Body[] {
  const range = as(node, 'RangeVar')
  if (range !== undefined) return [range]
  const join = as(node, 'JoinExpr')
  return join === undefined ? [] : [join['larg'], join['rarg']].flatMap(side => rangesOf(side as PgNode))
}

function aliasOf(range: Body): string {
  const alias = body(range['alias'])['aliasname']
  return str(alias ?? range['relname'])
}
