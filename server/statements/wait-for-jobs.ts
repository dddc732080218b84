import { canceled } from '../../executor/canceled.ts'
import type { Result, StatementContext } from './contract.ts'

/** WAIT: until every job made in the background has read what its inputs hold. */
export async function waitForJobs(context: StatementContext): Promise<Result> {
  await caughtUp(context, () => true)
  return { tag: 'WAIT' }
}

/** Until those jobs have read what their inputs hold. Throws 57014. */
export async function caughtUp(
  { runtime, signal }: StatementContext,
  isMeant: (relation: number) => boolean,
): Promise<void> {
  const open = () =>
    runtime.progress().some(({ relation }) => isMeant(relation) && runtime.isBackfilling(relation))
  while (open()) {
    if (signal?.aborted) throw canceled(signal)
    await runtime.flush()
  }
}
