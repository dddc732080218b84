import { Fenced } from '../../storage/contract.ts'

export type Phase = 'starting' | 'recovering' | 'ready' | 'stopping' | 'fenced' | 'failed'

/** Whether the server serves, and why not. */
export class Health {
  #phase: Phase = 'starting'
  /** Rows restored so far. */
  restoredRows = 0
  #reason = ''

  get phase(): Phase {
    return this.#phase
  }

  get reason(): string {
    return this.#reason
  }

  /** After a failure the phase stays. */
  enter(phase: 'recovering' | 'ready' | 'stopping'): void {
    if (this.#phase !== 'fenced' && this.#phase !== 'failed') this.#phase = phase
  }

  fail(error: unknown): void {
    this.#phase = error instanceof Fenced ? 'fenced' : 'failed'
    this.#reason = error instanceof Error ? error.message : String(error)
  }
}
