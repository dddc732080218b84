import { getRandomValues } from 'node:crypto'
import type { Host } from '../types/host.ts'

/** The machine's own clock, timers and randomness; `crashAt` (`C05:3`) kills the process at the third hit of C05. */
export function realHost(crashAt = process.env['WEIR_CRASH_AT']): Host {
  const crash = crashPoint(crashAt)
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep,
    random: () => Math.random(),
    randomBytes: length => getRandomValues(new Uint8Array(length)),
    crashPoint: crash,
  }
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
  })
}

function crashPoint(crashAt: string | undefined): (id: string) => void {
  if (crashAt === undefined || crashAt === '') return () => {}
  const [target, count] = crashAt.split(':')
  let left = Number(count ?? 1)
  return id => {
    if (id !== target || --left > 0) return
    process.kill(process.pid, 'SIGKILL')
  }
}
