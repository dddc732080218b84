import { canceled } from '../../executor/canceled.ts'
import type { Result, StatementContext } from './contract.ts'

/** WAIT: until every job made in the background has read what its inputs hold. */
export async function waitForJobs({ runtime, signal }: StatementContext): Promise<Result> {
  const open = () => runtime.progress().some(job => runtime.isBackfilling(job.relation))
  while (open()) {
    if (signal?.aborted) throw canceled(signal)
    await runtime.flush()
  }
  return { tag: 'WAIT' }
}
