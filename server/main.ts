import { flushCompileCache } from 'node:module'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectors } from '../connectors/index.ts'
import { startRuntime } from '../executor/coordinator.ts'
import { realHost } from '../executor/host.ts'
import { noPersistence } from '../executor/no-persistence.ts'
import type { Runtime } from '../executor/runtime-contract.ts'
import { Catalog } from '../planner/catalog.ts'
import { loadParser } from '../planner/parse/index.ts'
import { withoutTemporary } from '../planner/temp-schema.ts'
import { Fenced } from '../storage/contract.ts'
import { Metadata } from '../storage/metadata.ts'
import { openStore } from '../storage/open-store.ts'
import { type Admission, isLoopback, readAdmission } from './admission.ts'
import { authentication } from './authentication.ts'
import { tuneCollector } from './collector.ts'
import { type Config, helpText, readConfig } from './config.ts'
import { listenHttp } from './http/listen.ts'
import { listen } from './listener.ts'
import { Health } from './observability/health.ts'
import { jsonLog, type Log, lineLog } from './observability/log.ts'
import { meteredStore } from './observability/metered-store.ts'
import { Metrics, type MetricsContext, observed } from './observability/metrics.ts'
import { watchProgress, watchRecovery } from './observability/progress.ts'
import { systemParameter } from './session/system-parameters.ts'
import type { CatalogHolder } from './statements/index.ts'
import { jobsOf } from './statements/jobs.ts'
import { systemRows } from './system-tables/index.ts'
import { TableLocks } from './table-locks.ts'

export interface ServerOptions extends Partial<Config> {
  /** The engine runs in this thread. */
  readonly inline?: boolean
  /** Is told of warnings and errors, in place of the log on the standard error. */
  log?(message: string): void
  /** The server cannot go on. Default: the process ends with status 1. */
  onFatal?(error: unknown): void
}

export interface RunningServer {
  readonly port: number
  readonly httpPort: number
  readonly consoleUrl: string
  readonly sessionCount: number
  /** Reads certificate and host rules again, for connections that begin from now on. Throws Error; then the old ones hold. */
  reload(): void
  close(): Promise<void>
}

/** Opens the bucket, recovers, listens. The only place that wires the parts together. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const defaults = readConfig([], {})
  const config: Config = { ...(defaults as Config), ...options }
  let admission = readAdmission(config)
  const log = options.log === undefined ? jsonLog(config.logLevel) : lineLog(options.log)
  const health = new Health()
  const metrics = new Metrics()
  const onFatal = (error: unknown) => {
    health.fail(error)
    ;(options.onFatal ?? (cause => stopProcess(cause, log)))(error)
  }
  const opened: (() => void | Promise<void>)[] = [() => metrics.close()]
  const close = async () => {
    health.enter('stopping')
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) await last()
  }
  try {
    let running: MetricsContext | undefined
    const page = consoleAt(config, admission)
    const pages = { ...config, health, running: () => running }
    const http = await listenHttp(page.host, config.httpPort, page.encryption, pages, log)
    opened.push(() => http.close())
    const state = config.state || join(config.data, 'bucket')
    const [opening] = await Promise.all([openStore(state), loadParser()])
    const { store, meters } = meteredStore(opening)
    const catalogs = catalogHolder()
    const metadata = new Metadata(join(config.data, 'metadata.sqlite'), message => log.warn(message))
    opened.push(() => metadata.close())
    health.enter('recovering')
    const recoveryStart = performance.now()
    const stopWatching = watchRecovery(log, () => health.restoredRows)
    const runtime: Runtime = await startRuntime({
      store,
      host: realHost(),
      ...(state === 'none:' && { persistence: noPersistence() }),
      connectors,
      connectorsModule: new URL('../connectors/index.ts', import.meta.url).href,
      barrierIntervalMs: () =>
        Number(systemParameter(catalogs.current, 'barrier_interval_ms', config.barrierIntervalMs)),
      historyMs: () => Number(systemParameter(catalogs.current, 'time_travel_retention_ms')),
      garbageIntervalMs: config.garbageIntervalMs,
      queryMemoryBytes: queryMemory(config.queryMemoryMb),
      metadata: observed(metadata, metrics),
      ...(options.inline !== undefined && { inline: options.inline }),
      systemRows: id => systemRows(id, runtime, metadata),
      jobsOf,
      restored: rows => {
        health.restoredRows += rows
      },
      onFatal,
      log: message => log.warn(message),
    }).finally(stopWatching)
    opened.push(() => runtime.close())
    catalogs.update(await withoutLeftovers(Catalog.parse(runtime.catalog), runtime))
    const { restoredRows } = health
    log.info('recovered', {
      bucket: store.name,
      epoch: runtime.epoch,
      rows: restoredRows,
      ms: Math.round(performance.now() - recoveryStart),
    })
    const sql = await listen({
      ...config,
      authentication: authentication(
        config.user,
        config.password,
        () => catalogs.current.roles,
        () => admission.rules,
      ),
      encryption: () => admission.encryption,
      shared: {
        runtime,
        catalogs,
        locks: new TableLocks(),
        connectors,
        connectionsMax: config.connectionsMax,
      },
      failed: error => log.error('statement failed by a fault of ours', { err: error }),
    })
    opened.push(() => sql.close())
    const sessionCount = () => sql.sessionCount
    running = { runtime, catalogs, meters, storeStats: store.stats, metrics, sessionCount }
    opened.push(watchProgress(runtime, catalogs, log))
    health.enter('ready')
    return {
      port: sql.port,
      httpPort: http.port,
      consoleUrl: `${page.encryption === undefined ? 'http' : 'https'}://${page.host}:${http.port}`,
      get sessionCount() {
        return sql.sessionCount
      },
      reload() {
        admission = readAdmission(config)
        http.encrypt(admission.encryption)
        log.info('certificate and host rules read again')
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The console asks for the server's password: without one it stays on loopback, whatever the host rules say. */
function consoleAt(
  { host, password }: Config,
  { encryption }: Admission,
): Omit<Admission, 'rules'> & { host: string } {
  if (isLoopback(host)) return { host, encryption: undefined }
  return password === '' ? { host: '127.0.0.1', encryption: undefined } : { host, encryption }
}

/** Bytes of rows that one query may hold. */
function queryMemory(megabytes: number): number {
  if (megabytes > 0) return megabytes * 2 ** 20
  return Math.floor(Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem()) / 4)
}

/** Temporary relations of sessions that are no more. */
async function withoutLeftovers(catalog: Catalog, runtime: Runtime): Promise<Catalog> {
  const next = withoutTemporary(catalog, () => true)
  if (next === catalog) return catalog
  const drop = catalog.relations.flatMap(({ id }) => (next.byId(id) === undefined ? [id] : []))
  await runtime.run({ catalog: next.toJson(), ...(drop.length > 0 && { drop }) })
  return next
}

function catalogHolder(): CatalogHolder {
  let current = Catalog.empty()
  let coming: Catalog | undefined
  let last: Promise<unknown> = Promise.resolve()
  return {
    get current() {
      return current
    },
    get coming() {
      return coming
    },
    announce(next) {
      coming = next
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

function stopProcess(error: unknown, log?: Log): void {
  if (error instanceof Fenced) console.error(`weir stops: ${error.message}`)
  else console.error(error)
  log?.flush()
  process.exit(1)
}

async function main(): Promise<void> {
  tuneCollector()
  const config = readConfig(process.argv.slice(2), process.env)
  if (config === 'help') {
    console.log(helpText())
    return
  }
  const server = await startServer(config)
  let closing = false
  const stop = () => {
    if (closing) process.exit(1)
    closing = true
    server.close().then(
      () => process.exit(0),
      error => stopProcess(error),
    )
  }
  process.on('SIGHUP', () => {
    try {
      server.reload()
    } catch (error) {
      console.error(`weir: nothing was reloaded: ${(error as Error).message}`)
    }
  })
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  console.log(`weir ready: postgres://root@${config.host}:${server.port}/dev  console ${server.consoleUrl}`)
  // For the next start, should this process be killed.
  setTimeout(() => flushCompileCache(), 2000).unref()
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  main().catch(error => {
    console.error(`weir: ${(error as Error).message}`)
    process.exit(1)
  })
