import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Log } from '../observability/log.ts'
import type { HttpContext } from './routes.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const REQUEST_MS = 30_000

/** Listens at once; what answers is loaded with the first request, as most servers are never asked. */
export async function listenHttp(
  host: string,
  port: number,
  context: HttpContext,
  log: Log,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  let loading: Promise<Handler> | undefined
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
    (request, response) => {
      loading ??= import('./routes.ts').then(({ handler }) => handler(context))
      loading.then(
        handle => handle(request, response),
        error => {
          log.error('console failed', { err: error })
          response.writeHead(500).end()
        },
      )
    },
  )
  server.maxConnections = 100
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
      server.closeAllConnections()
      await closed
    },
  }
}
