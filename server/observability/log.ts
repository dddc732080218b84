import { destination, pino } from 'pino'

export type Fields = Readonly<Record<string, unknown>>

/** What the server tells its operator: one event a line, with fields. Never a statement's text: it may hold secrets. */
export interface Log {
  debug(event: string, fields?: Fields): void
  info(event: string, fields?: Fields): void
  warn(event: string, fields?: Fields): void
  /** A failure of ours; `err` among the fields is printed with its stack. */
  error(event: string, fields?: Fields): void
  /** Everything logged is written; for the last words before an exit. */
  flush(): void
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

/** JSON lines on the standard error: level, time (ISO), msg and the fields. */
export function jsonLog(level: string): Log {
  const out = destination({ dest: 2, sync: false })
  const log = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: name => ({ level: name }) },
    },
    out,
  )
  return {
    debug: (event, fields = {}) => log.debug(fields, event),
    info: (event, fields = {}) => log.info(fields, event),
    warn: (event, fields = {}) => log.warn(fields, event),
    error: (event, fields = {}) => log.error(fields, event),
    flush: () => out.flushSync(),
  }
}

/** Warnings and errors as text, for a caller who wants lines. */
export function lineLog(write: (line: string) => void): Log {
  const line = (event: string, fields: Fields = {}) => {
    const { err, ...others } = fields
    const cause = err instanceof Error ? (err.stack ?? err.message) : err
    const rest = Object.keys(others).length === 0 ? '' : ` ${JSON.stringify(others)}`
    write(cause === undefined ? `${event}${rest}` : `${event}${rest}: ${cause}`)
  }
  return { debug() {}, info() {}, warn: line, error: line, flush() {} }
}
