import { SqlError } from '../../types/error.ts'

/** What a timer can wait at most. */
export const TIMER_MAX_MS = 2 ** 31 - 1

/** Ends the statement that runs: at the client's request, after statement_timeout, or when the client is gone. */
export class Cancellation {
  #running: AbortController | undefined
  #timer: NodeJS.Timeout | undefined

  /** Of the statement that runs. */
  get controller(): AbortController | undefined {
    return this.#running
  }

  /** `timeoutMs` 0: no limit. */
  start(controller: AbortController, timeoutMs: number): void {
    this.#running = controller
    if (timeoutMs === 0) return
    this.#timer = setTimeout(() => this.cancel('statement timeout'), Math.min(timeoutMs, TIMER_MAX_MS))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#running = undefined
  }

  /** Without effect between statements, as in PostgreSQL. */
  cancel(reason: 'user request' | 'statement timeout' | 'connection lost'): void {
    const condition = reason === 'connection lost' ? 'connection_exception' : 'query_canceled'
    this.#running?.abort(new SqlError(condition, `canceling statement due to ${reason}`))
  }
}
