import type { LockMode, Wait } from '../table-locks.ts'
import type { StatementContext } from './contract.ts'

type Locking = Pick<StatementContext, 'locks' | 'session' | 'signal' | 'transaction'>

/**
 * Does something with tables that blocks may have locked. What a transaction block does is done when it ends: until then the tables
 * are taken. Throws 40P01, 55P03, 57014.
 */
export async function whileAllowed<T>(
  tables: readonly number[],
  mode: LockMode,
  context: Locking,
  run: () => Promise<T>,
): Promise<T> {
  const { locks, session, transaction } = context
  const untilEnd = transaction !== undefined
  const ends: (() => void)[] = []
  try {
    for (const table of tables.toSorted((a, b) => a - b))
      ends.push(await locks.take(table, session.number, mode, lockWait(context), untilEnd))
    return await run()
  } finally {
    for (const end of ends) end()
  }
}

/**
 * Changes rows of tables. Those that it has `read` nobody else changes in between: a table is locked from the first statement that
 * changes rows it has read until these are durable, or to the end of the block.
 */
export function whileChanging<T>(
  { tables, read, mode = 'row exclusive' }: Changing,
  context: Locking,
  run: () => Promise<T>,
): Promise<T> {
  return whileAllowed(tables, mode, context, () => whileAllowed(read, 'row changes', context, run))
}

interface Changing {
  readonly tables: readonly number[]
  /** Of these, those whose rows decide what is changed. */
  readonly read: readonly number[]
  readonly mode?: LockMode
}

/** Waits until no block keeps the session from these tables. */
export async function whenAllowed(
  tables: readonly number[],
  mode: LockMode,
  context: Locking,
): Promise<void> {
  if (!context.locks.idle)
    await whileAllowed(tables, mode, { ...context, transaction: undefined }, async () => {})
}

export function lockWait({ session, signal }: Locking): Wait {
  return { signal, timeoutMs: session.settings.duration('lock_timeout') }
}
