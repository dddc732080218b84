import { canceled } from './canceled.ts'

/** Milliseconds that calls of pg_sleep asked for and that nobody has waited for yet. */
let asked = 0

/** Notes that the query that runs now is to wait: kernels cannot, the query does between two steps. */
export function askForSleep(seconds: number): void {
  if (seconds > 0) asked += seconds * 1000
}

/** Drops what calls outside of a query asked for. */
export function forgetSleep(): void {
  asked = 0
}

/** Waits for what was asked for; undefined: nothing was. Other sessions go on. */
export function sleepAsked(signal: AbortSignal | undefined): Promise<void> | undefined {
  if (asked === 0) return undefined
  const ms = Math.min(asked, 2 ** 31 - 1)
  asked = 0
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      if (signal !== undefined) reject(canceled(signal))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
