import { setTimeout } from 'node:timers/promises'
import type { Chunk } from '../../types/chunk.ts'
import { TIMER_MAX_MS } from '../session/cancellation.ts'
import { sessionByNumber } from '../system-tables/sessions.ts'
import type { StatementContext } from './contract.ts'

/** The rows of a query that may call pg_sleep: each portion follows after the time its calls asked for. */
export async function* sleeping(
  rows: AsyncIterable<Chunk>,
  context: StatementContext,
): AsyncGenerator<Chunk> {
  const session = sessionByNumber(context.session.number)
  session.sleepMs = 0
  for await (const chunk of rows) {
    const ms = session.sleepMs
    session.sleepMs = 0
    if (ms > 0) await pause(ms, context.signal)
    yield chunk
  }
}

/** Waits. Throws what a cancel request ends it with. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(Math.min(ms, TIMER_MAX_MS), undefined, signal && { signal })
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  }
}
