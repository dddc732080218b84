import { randomInt } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import { Connection, type Hub } from './connection.ts'

const CONNECTIONS_MAX = 5000
const STARTUP_MS = 10_000

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** Accepts PostgreSQL clients. Throws the socket's error (EADDRINUSE …). */
export async function listen(
  host: string,
  port: number,
  shared: Hub['shared'],
  log: (message: string) => void,
): Promise<Listener> {
  const sessions = new Map<number, { secret: number; cancel(): void }>()
  const sockets = new Set<Socket>()
  let lastPid = 0
  const hub: Hub = {
    shared,
    log,
    register(cancel) {
      const pid = ++lastPid
      const secret = randomInt(2 ** 31)
      sessions.set(pid, { secret, cancel })
      return { pid, secret, release: () => sessions.delete(pid) }
    },
    cancel(pid, secret) {
      const session = sessions.get(pid)
      if (session?.secret === secret) session.cancel()
    },
  }
  const server: Server = createServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    void new Connection(socket, hub).run(STARTUP_MS)
  })
  server.maxConnections = CONNECTIONS_MAX
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
