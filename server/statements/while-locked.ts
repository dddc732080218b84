import { SqlError } from '../../types/error.ts'
import type { LockWait, StatementContext } from './contract.ts'

/**
 * Does something while no other session that locks these tables changes them. Locks are taken in one order; a transaction block
 * keeps them to its end.
 */
export async function whileLocked<T>(
  tables: readonly number[],
  context: StatementContext,
  run: () => Promise<T>,
): Promise<T> {
  const { transaction } = context
  const inOrder = tables.toSorted((a, b) => a - b)
  if (transaction !== undefined) {
    for (const table of inOrder) await transaction.lock(table)
    return run()
  }
  const releases: (() => void)[] = []
  try {
    for (const table of inOrder) releases.push(await lockTable(table, context))
    return await run()
  } finally {
    for (const release of releases) release()
  }
}

/** Resolves with what gives the table back. Throws 40P01, and 55P03 after lock_timeout or for `nowait`. */
export async function lockTable(
  table: number,
  { runtime, session, signal, catalogs }: StatementContext,
  wait: LockWait = 'wait',
): Promise<() => void> {
  if (wait === 'nowait') {
    const message = `could not obtain lock on relation "${catalogs.current.byId(table)?.name}"`
    const taken = new SqlError('lock_not_available', message)
    return runtime.lock(table, session.number, AbortSignal.abort(taken))
  }
  const ms = session.settings.duration('lock_timeout')
  if (ms === 0) return runtime.lock(table, session.number, signal)
  const timeout = new AbortController()
  const late = new SqlError('lock_not_available', 'canceling statement due to lock timeout')
  const timer = setTimeout(() => timeout.abort(late), ms)
  const signals = signal === undefined ? [timeout.signal] : [timeout.signal, signal]
  try {
    return await runtime.lock(table, session.number, AbortSignal.any(signals))
  } finally {
    clearTimeout(timer)
  }
}
