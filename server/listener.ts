import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { SqlError } from '../types/error.ts'
import type { Authentication } from './authentication.ts'
import { byAdministrator, Connection, type Hub } from './connection.ts'
import type { Encryption } from './encryption.ts'
import { listenAt } from './listening.ts'
import type { Session, SharedContext } from './session/session.ts'

/** Beyond the sessions: clients that log in, cancel, or are told that there are too many. */
const WAITING_MAX = 100
const SECRET_BYTES = 4

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly connectionsMax: number
  readonly loginTimeoutMs: number
  readonly authentication: Authentication
  encryption(): Encryption | undefined
  readonly shared: SharedContext
  failed(error: unknown): void
}

export interface Listener {
  readonly port: number
  readonly sessionCount: number
  close(): Promise<void>
}

/** Accepts PostgreSQL clients. Throws the socket's error. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { host, port, connectionsMax, loginTimeoutMs, authentication, shared } = options
  const sessions = new Map<number, { readonly secret: Buffer; readonly session: Session }>()
  const connections = new Set<Connection>()
  let lastPid = 0
  let closing = false
  const hub: Hub = {
    shared,
    authentication,
    loginTimeoutMs,
    encryption: () => options.encryption(),
    failed: error => options.failed(error),
    get closing() {
      return closing
    },
    register(session) {
      if (sessions.size >= connectionsMax)
        throw new SqlError('too_many_connections', 'sorry, too many clients already')
      const pid = ++lastPid
      const secret = randomBytes(SECRET_BYTES)
      sessions.set(pid, { secret, session })
      return { pid, secret, release: () => sessions.delete(pid) }
    },
    cancel(pid, secret) {
      const found = sessions.get(pid)
      if (found === undefined || secret.length !== found.secret.length) return
      if (timingSafeEqual(secret, found.secret)) found.session.cancellation.cancel('user request')
    },
  }
  const server: Server = createServer({ noDelay: true, allowHalfOpen: true, keepAlive: true }, socket => {
    const connection = new Connection(socket, hub)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
    void connection.run()
  })
  server.maxConnections = connectionsMax + WAITING_MAX
  const listening = await listenAt(server, { host, port, flag: '--port' })
  return {
    port: listening,
    get sessionCount() {
      return sessions.size
    },
    async close() {
      closing = true
      const closed = new Promise(resolve => server.close(resolve))
      for (const connection of connections) connection.end(byAdministrator())
      await closed
    },
  }
}
