import { foreignKeysOf } from '../../planner/constraint-def.ts'
import type { Name, SessionStatement } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { schemasOf } from '../statements/bind.ts'
import type { StatementContext } from '../statements/contract.ts'
import type { Session } from './session.ts'

/** SET CONSTRAINTS: whether foreign keys wait for the end of the block, or of the message. Throws 23503 for what need not wait any more. */
export async function setConstraints(
  session: Session,
  { names, deferred }: Extract<SessionStatement, { kind: 'set constraints' }>,
): Promise<string> {
  const ids = names.flatMap(name => keysNamed(name, deferred, session.context))
  if (session.block.status === 'I' && !session.group.isOpen) {
    const message = 'SET CONSTRAINTS can only be used in transaction blocks'
    session.notice(message, 'WARNING', 'no_active_sql_transaction')
  } else await session.transaction.setConstraints(names.length === 0 ? undefined : ids, deferred)
  return 'SET CONSTRAINTS'
}

/** All of that name in the first schema that has one. Throws 42704, 42809. */
function keysNamed(name: Name, deferred: boolean, context: StatementContext): readonly number[] {
  const { session, catalogs } = context
  for (const schema of schemasOf(session, name)) {
    const tables = catalogs.current.relations.filter(
      table => table.schema === schema && table.database === session.database,
    )
    const found = tables.flatMap(table => (table.constraints ?? []).filter(each => each.name === name.name))
    if (found.length === 0) continue
    const ids = tables
      .flatMap(foreignKeysOf)
      .filter(key => found.includes(key) && key.deferrable !== undefined)
    if (ids.length > 0 || !deferred) return ids.map(({ id }) => id)
    throw new SqlError('wrong_object_type', `constraint "${name.name}" is not deferrable`)
  }
  throw new SqlError('undefined_object', `constraint "${name.name}" does not exist`)
}
