import type { LockMode, Wait } from '../table-locks.ts'
import type { StatementContext } from './contract.ts'

type Locking = Pick<StatementContext, 'locks' | 'session' | 'signal' | 'transaction'>

/**
 * Does something with tables that blocks may have locked. What a transaction block does is done when it ends: until then the tables
 * are taken. Throws 40P01, 55P03, 57014.
 */
export function whileAllowed<T>(
  tables: readonly number[],
  mode: LockMode,
  context: Locking,
  run: () => Promise<T>,
): Promise<T> {
  const asked = tables.map(table => ({ table, mode }))
  return whileLocked(() => asked, context, run)
}

export interface TableLock {
  readonly table: number
  readonly mode: LockMode
}

/**
 * The same with modes of their own. `asked` is called again after each wait: the catalog may have changed. All take tables in the
 * same order.
 */
export async function whileLocked<T>(
  asked: () => readonly TableLock[],
  context: Locking,
  run: () => Promise<T>,
): Promise<T> {
  const { locks, session, transaction } = context
  const untilEnd = transaction !== undefined
  const ends: (() => void)[] = []
  const has = new Set<string>()
  const nextOf = () =>
    asked()
      .filter(({ table, mode }) => !has.has(`${table} ${mode}`))
      .toSorted((a, b) => a.table - b.table)[0]
  try {
    for (let next = nextOf(); next !== undefined; next = nextOf()) {
      const { table, mode } = next
      ends.push(await locks.take(table, session.number, mode, lockWait(context), untilEnd))
      has.add(`${table} ${mode}`)
    }
    return await run()
  } finally {
    for (const end of ends) end()
  }
}

/**
 * Changes rows of tables. Those that it has `read` nobody else changes in between: a table is locked from the first statement that
 * changes rows it has read until these are durable, or to the end of the block. `changing` is called again after each wait.
 */
export function whileChanging<T>(
  changing: () => Changing,
  context: Locking,
  run: () => Promise<T>,
): Promise<T> {
  const asked = () => {
    const { tables, read, keys } = changing()
    return [...locksOf(tables, 'row exclusive'), ...locksOf(read, 'row changes'), ...keys]
  }
  return whileLocked(asked, context, run)
}

function locksOf(tables: readonly number[], mode: LockMode): TableLock[] {
  return tables.map(table => ({ table, mode }))
}

interface Changing {
  readonly tables: readonly number[]
  /** Of these, those whose rows decide what is changed. */
  readonly read: readonly number[]
  /** What foreign keys ask. */
  readonly keys: readonly TableLock[]
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
