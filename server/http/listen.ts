import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Encryption } from '../encryption.ts'
import { listenAt } from '../listening.ts'
import type { Log } from '../observability/log.ts'
import type { HttpContext } from './routes.ts'

// An import reads every export, and with WebSocket loads the client of fetch, which nobody here uses: 3 MB resident.
const { createServer } = process.getBuiltinModule('node:http')

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const REQUEST_MS = 30_000

/** Listens at once; what answers is loaded with the first request, as most servers are never asked. */
export async function listenHttp(
  host: string,
  port: number,
  /** With which it speaks https. */
  encryption: Encryption | undefined,
  context: HttpContext,
  log: Log,
): Promise<{
  readonly port: number
  encrypt(encryption: Encryption | undefined): void
  close(): Promise<void>
}> {
  let loading: Promise<Handler> | undefined
  const answer: Handler = (request, response) => {
    loading ??= import('./routes.ts').then(({ handler }) => handler(context))
    loading.then(
      handle => handle(request, response),
      error => {
        log.error('console failed', { err: error })
        response.writeHead(500).end()
      },
    )
  }
  const limits = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }
  const secure =
    encryption && createSecureServer({ ...limits, cert: encryption.cert, key: encryption.key }, answer)
  const server = secure ?? createServer(limits, answer)
  server.maxConnections = 100
  const listening = await listenAt(server, { host, port, flag: '--http-port' })
  return {
    port: listening,
    encrypt(next) {
      if (next !== undefined) secure?.setSecureContext({ cert: next.cert, key: next.key })
    },
    async close() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
