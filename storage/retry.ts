import type { Host } from '../types/host.ts'
import { StoreError } from './store-error.ts'

const ATTEMPTS = 5
const FIRST_MS = 50
const LONGEST_MS = 2000

/** Repeats a request whose failure may pass: 5 attempts, pauses double from 50 ms with jitter. `attempt` counts from 0. */
export async function retried<R>(host: Host, act: (attempt: number) => Promise<R>): Promise<R> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await act(attempt)
    } catch (error) {
      if (!(error instanceof StoreError) || !error.retryable || attempt + 1 === ATTEMPTS) throw error
    }
    await host.sleep(Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + host.random() / 2))
  }
}
