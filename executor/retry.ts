import { Fenced } from '../storage/contract.ts'
import { AssertionError } from '../types/error.ts'
import type { Host } from '../types/host.ts'

const FIRST_MS = 100
const LONGEST_MS = 10_000

/** Pauses that double from 0.1 s to 10 s, with jitter. */
export class Backoff {
  readonly #host: Host
  #ms = FIRST_MS

  constructor(host: Host) {
    this.#host = host
  }

  async pause(signal?: AbortSignal): Promise<void> {
    const ms = this.#ms * (0.5 + this.#host.random() / 2)
    this.#ms = Math.min(LONGEST_MS, this.#ms * 2)
    await this.#host.sleep(ms, signal)
  }

  reset(): void {
    this.#ms = FIRST_MS
  }
}

/** Repeats until it succeeds or `signal` aborts: the outside world is expected to come back. Fencing and our own faults pass. */
export async function retrying<R>(
  host: Host,
  signal: AbortSignal,
  failed: (error: unknown) => void,
  act: () => Promise<R>,
): Promise<R> {
  const backoff = new Backoff(host)
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (error instanceof Fenced || error instanceof AssertionError || signal.aborted) throw error
      failed(error)
    }
    await backoff.pause(signal)
  }
}
