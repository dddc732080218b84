import { setTimeout } from 'node:timers/promises'
import type { Chunk } from '../../types/chunk.ts'
import { TIMER_MAX_MS } from '../session/cancellation.ts'
import type { PendingLock } from '../system-tables/advisory-locks.ts'
import { sessionByNumber } from '../system-tables/sessions.ts'
import type { StatementContext } from './contract.ts'

/** The rows of a query that may call pg_sleep or pg_advisory_lock: each portion follows after what its calls asked for. */
export async function* sleeping(
  rows: AsyncIterable<Chunk>,
  context: StatementContext,
): AsyncGenerator<Chunk> {
  const session = sessionByNumber(context.session.number)
  session.sleepMs = 0
  session.locks = []
  try {
    for await (const chunk of rows) {
      const ms = session.sleepMs
      session.sleepMs = 0
      if (ms > 0) await pause(ms, context.signal)
      for (const lock of session.locks) await granted(lock, context.signal)
      session.locks = []
      yield chunk
    }
  } finally {
    for (const lock of session.locks) lock.cancel()
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

/** Throws what a cancel request ends it with. */
async function granted(lock: PendingLock, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw signal.reason
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    await Promise.race([lock.granted, aborted])
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}
