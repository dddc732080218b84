import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectors } from '../connectors/index.ts'
import { startRuntime } from '../executor/coordinator.ts'
import { realHost } from '../executor/host.ts'
import { noPersistence } from '../executor/no-persistence.ts'
import { Catalog } from '../planner/catalog.ts'
import { loadParser } from '../planner/parse/index.ts'
import { Fenced } from '../storage/contract.ts'
import { Metadata } from '../storage/metadata.ts'
import { openStore } from '../storage/open-store.ts'
import { authentication } from './authentication.ts'
import { type Config, helpText, readConfig } from './config.ts'
import { listenHttp } from './http.ts'
import { listen } from './listener.ts'
import type { CatalogHolder } from './statements/index.ts'
import { jobsOf } from './statements/jobs.ts'
import { systemRelation, systemRows } from './system-tables/index.ts'

export interface ServerOptions extends Partial<Config> {
  /** The engine runs in this thread. */
  readonly inline?: boolean
  log?(message: string): void
  /** The server cannot go on. Default: the process ends with status 1. */
  onFatal?(error: unknown): void
}

export interface RunningServer {
  readonly port: number
  readonly httpPort: number
  readonly sessionCount: number
  close(): Promise<void>
}

/** Opens the bucket, recovers, listens. The only place that wires the parts together. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const defaults = readConfig([], {})
  const config: Config = { ...(defaults as Config), ...options }
  requireSafe(config)
  const log = options.log ?? (message => console.error(message))
  const onFatal = options.onFatal ?? stopProcess
  const opened: (() => void | Promise<void>)[] = []
  const close = async () => {
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last()
  }
  try {
    const host = realHost()
    const [store] = await Promise.all([openStore(config.state || join(config.data, 'bucket')), loadParser()])
    const catalogs = catalogHolder()
    const metadata = new Metadata(join(config.data, 'metadata.sqlite'), log)
    opened.push(() => metadata.close())
    const runtime = await startRuntime({
      store,
      host,
      ...(config.state === 'none:' && { persistence: noPersistence() }),
      connectors,
      connectorsModule: new URL('../connectors/index.ts', import.meta.url).href,
      barrierIntervalMs: config.barrierIntervalMs,
      metadata,
      ...(options.inline !== undefined && { inline: options.inline }),
      systemRows: id => systemRows(id, { runtime, catalogs, metadata }),
      jobsOf,
      onFatal,
      log,
    })
    opened.push(() => runtime.close())
    catalogs.update(Catalog.parse(runtime.catalog))
    const sql = await listen({
      ...config,
      authentication: authentication(config.user, config.password),
      shared: { runtime, catalogs, connectors, systemRelation },
      failed: error => log(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    })
    opened.push(() => sql.close())
    const http = await listenHttp(config.host, config.httpPort, { runtime, catalogs, store })
    opened.push(() => http.close())
    return {
      port: sql.port,
      httpPort: http.port,
      get sessionCount() {
        return sql.sessionCount
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Throws where anyone on the network could log in or listen. */
function requireSafe({ host, password, insecure }: Config): void {
  if (/^(127\.|localhost$|::1$)/.test(host)) return
  if (password === '')
    throw new Error(`refusing to listen on ${host} without a password: set WEIR_PASSWORD, or use loopback`)
  if (!insecure)
    throw new Error(
      `refusing to listen on ${host}: nothing is encrypted; --insecure yes if the network is trusted`,
    )
}

function catalogHolder(): CatalogHolder {
  let current = Catalog.empty()
  let last: Promise<unknown> = Promise.resolve()
  return {
    get current() {
      return current
    },
    exclusive(run) {
      const next = last.then(run, run)
      last = next.catch(() => {})
      return next
    },
    update(next) {
      current = next
    },
  }
}

function stopProcess(error: unknown): void {
  console.error(error instanceof Fenced ? `weir stops: ${error.message}` : error)
  process.exit(1)
}

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') {
    console.log(helpText())
    return
  }
  const server = await startServer(config)
  console.log(
    `weir ready: postgres://root@${config.host}:${server.port}/dev  console http://${config.host}:${server.httpPort}`,
  )
  let closing = false
  const stop = () => {
    if (closing) process.exit(1)
    closing = true
    server.close().then(
      () => process.exit(0),
      error => stopProcess(error),
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  main().catch(error => {
    const { code, message } = error as NodeJS.ErrnoException
    console.error(
      code === 'EADDRINUSE'
        ? `weir: the port is in use (${message}); choose another with --port`
        : `weir: ${message}`,
    )
    process.exit(1)
  })
