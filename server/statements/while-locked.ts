import type { StatementContext } from './contract.ts'

/** Does something while no other statement that locks these tables changes them. Locks are taken in one order. */
export async function whileLocked<T>(
  tables: readonly number[],
  { runtime }: Pick<StatementContext, 'runtime'>,
  run: () => Promise<T>,
): Promise<T> {
  const releases: (() => void)[] = []
  try {
    for (const table of tables.toSorted((a, b) => a - b)) releases.push(await runtime.lock(table))
    return await run()
  } finally {
    for (const release of releases) release()
  }
}
