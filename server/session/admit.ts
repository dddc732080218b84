import type { Statement } from '../../planner/parse/index.ts'
import type { Session } from './session.ts'
import { changesDatabase, changesRows, locksRows } from './statement-kinds.ts'

/**
 * Before a statement runs: throws 25006 and 25P02 for what the transaction block does not take. What makes, alters or drops
 * something is durable for itself, so what the block has changed before it is committed then. Yields what is to be called when
 * the statement has succeeded.
 */
export async function admit(session: Session, statement: Statement): Promise<() => void> {
  if (statement.kind === 'transaction') return () => {}
  const { block, group, transaction } = session
  const changes = changesDatabase(statement)
  block.requireLive(changes)
  const refused = changes ? statement.kind : locksRows(statement)
  if (refused !== undefined) block.requireWritable(refused)
  await group.settle(statement)
  if (!changes || ((block.holdsChanges || group.isOpen) && changesRows(statement))) return () => {}
  if (block.holdsChanges && transaction.hasChanges) {
    await transaction.commit()
    const what = statement.kind.toUpperCase()
    session.notice(
      `what this transaction block changed before ${what} is committed with it`,
      'WARNING',
      'warning',
    )
    block.changed()
  }
  return () => block.changed()
}
