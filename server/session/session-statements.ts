import type { ParsedStatement, SessionStatement } from '../../planner/parse/index.ts'
import { notSupported } from '../../types/error.ts'
import { requireConnect } from '../access/rights.ts'
import { copyFrom } from '../copy/copy-from.ts'
import { copyTo } from '../copy/copy-to.ts'
import { requireDatabase } from '../statements/bind.ts'
import { lockTables } from '../statements/lock-table.ts'
import { unlockAll } from '../system-tables/advisory-locks.ts'
import { closeCursor, declareCursor, fetchCursor } from './cursors.ts'
import { maintain } from './maintenance.ts'
import { executePrepared, prepareNamed } from './prepared-by-sql.ts'
import type { Runnable, Session } from './session.ts'
import { setConstraints } from './set-constraints.ts'
import { isOn } from './setting-checks.ts'
import { declareSubscriptionCursor } from './subscription-cursor.ts'
import { dropTemporary, endTransaction } from './temporary.ts'

/** SET, BEGIN, DECLARE, PREPARE and their kin. */
export function sessionStatement(
  session: Session,
  parsed: ParsedStatement,
  statement: SessionStatement,
): Runnable {
  switch (statement.kind) {
    case 'set':
      return action(() => set(session, statement))
    case 'reset all':
      return action(() => {
        session.settings.resetAll()
        return 'RESET'
      })
    case 'transaction':
      return action(async () => {
        const { group } = session
        if (statement.what === 'begin') group.join()
        else if (statement.what === 'rollback') group.drop()
        else if (statement.what === 'commit') await commit(session)
        const tag = session.block.run(statement)
        if (statement.what === 'commit' || statement.what === 'rollback') {
          session.system.channels.ended(statement.what === 'commit')
          await endTransaction(session.context)
        }
        return tag
      })
    case 'declare':
      return declareCursor(session, parsed, statement)
    case 'declare subscription':
      return declareSubscriptionCursor(session, parsed, statement)
    case 'fetch':
      return fetchCursor(session, statement)
    case 'close':
      return action(() => closeCursor(session, statement.name))
    case 'copy from':
      return copyFrom(session, statement)
    case 'copy to':
      return copyTo(session, statement)
    case 'prepare':
      return action(() => prepareNamed(session, parsed, statement))
    case 'execute':
      return executePrepared(session, statement)
    case 'deallocate':
      return action(() => {
        if (statement.name !== undefined) session.statement(statement.name)
        session.dropStatement(statement.name)
        return statement.name === undefined ? 'DEALLOCATE ALL' : 'DEALLOCATE'
      })
    case 'listen':
      return action(() => {
        session.system.channels.listen(session.system.database, statement.channel)
        return 'LISTEN'
      })
    case 'notify':
      return action(() => {
        const { channel, payload } = statement
        const { channels, database, pid } = session.system
        channels.notify(database, { channel, payload, pid })
        return 'NOTIFY'
      })
    case 'unlisten':
      return action(() => {
        session.system.channels.unlisten(session.system.database, statement.channel)
        return 'UNLISTEN'
      })
    case 'discard':
      return action(() => discard(session, statement.what))
    case 'lock':
      return action(async () => {
        session.block.requireOpen('LOCK TABLE')
        if (!LOCKS_TO_READ.includes(statement.mode)) session.block.requireWritable('lock table')
        await lockTables(statement, session.context)
        return 'LOCK TABLE'
      })
    case 'set constraints':
      return action(() => setConstraints(session, statement))
    case 'vacuum':
    case 'reindex':
    case 'cluster':
    case 'checkpoint':
      return action(() => maintain(session, statement))
  }
}

/** A read-only block may have these. */
const LOCKS_TO_READ: readonly string[] = ['access share', 'row share', 'row exclusive']

/** A statement without rows and parameters that is done at once; yields its tag. */
function action(run: () => string | Promise<string>): Runnable {
  return { schema: undefined, parameters: [], run: async () => ({ tag: await run() }) }
}

function set(session: Session, statement: SessionStatement & { kind: 'set' }): string {
  const { name, value, local } = statement
  if (name === 'transaction_read_only' && value !== undefined)
    return session.block.run({ what: 'set', session: false, readOnly: isOn(value) })
  if (local && session.block.status === 'I') {
    session.notice('SET LOCAL can only be used in transaction blocks', 'WARNING', 'no_active_sql_transaction')
    return 'SET'
  }
  if (name === 'database' && value !== undefined) {
    const { current } = session.context.catalogs
    requireDatabase(current, value)
    requireConnect(session.context.session, current, value)
  }
  if (name === 'session_authorization') session.settings.reset('role', local)
  if (value === undefined) session.settings.reset(name, local)
  else session.settings.set(name, value, local)
  return statement.reset ? 'RESET' : 'SET'
}

async function discard(session: Session, what: string): Promise<string> {
  switch (what) {
    case 'ALL':
      session.block.requireIdle('DISCARD ALL')
      session.settings.resetAll()
      session.settings.reset('session_authorization')
      session.settings.reset('role')
      session.dropStatement(undefined)
      session.closePortals(() => true)
      unlockAll(session.system)
      session.system.channels.unlisten(session.system.database, undefined)
      await dropTemporary(session.context)
      return 'DISCARD ALL'
    case 'TEMP':
      await dropTemporary(session.context)
      return 'DISCARD TEMP'
    case 'PLANS':
    case 'SEQUENCES':
      return `DISCARD ${what}`
    default:
      throw notSupported(`DISCARD ${what}`)
  }
}

/** What fails at its end is rolled back. */
async function commit({ block, group, transaction }: Session): Promise<void> {
  await group.commit()
  if (block.status !== 'T') return
  try {
    await transaction.commit()
  } catch (error) {
    block.run({ what: 'rollback', chain: false })
    throw error
  }
}
