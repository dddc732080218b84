import type { ObjectStore } from '../storage/contract.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Connector } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { ExecutorPort } from './engine-contract.ts'
import type { Persistence } from './persistence.ts'
import { EPOCH_BYTES_MAX, inlinePort } from './port.ts'
import { recover } from './recover.ts'
import { RunningRuntime } from './runtime.ts'
import type { JobChange, Runtime, VersionObserver } from './runtime-contract.ts'
import { ServingTables } from './serving.ts'
import { storePersistence } from './store-persistence.ts'
import { threadPort } from './thread-port.ts'

const SINK_BYTES_MAX = 32 << 20

export interface RuntimeOptions {
  readonly store: ObjectStore
  /** In place of the store's own format. */
  readonly persistence?: Persistence
  readonly host: Host
  readonly connectors: ReadonlyMap<string, Connector>
  /** URL of a module that exports `connectors`, for the executor thread's generators. */
  readonly connectorsModule?: string
  readonly barrierIntervalMs: number | (() => number)
  /** Between two collections of objects that nothing names; default: a minute. */
  readonly garbageIntervalMs?: number
  /** How long changes are kept for FOR SYSTEM_TIME AS OF. */
  historyMs(): number
  /** Bytes of rows that one query may hold; default: no limit. */
  readonly queryMemoryBytes?: number
  /** Memory for what one failing sink has not taken; default: 32 MB. */
  readonly sinkBytesMax?: number
  /** Is told of every version. */
  readonly metadata?: VersionObserver
  /** The engine runs in this thread. */
  readonly inline?: boolean
  /** Recovery has read so many rows more. */
  restored?(rows: number): void
  /** Rows of a relation that the server makes itself (negative ids). */
  systemRows(relation: RelationId): Chunk
  /** The jobs of a catalog document. */
  jobsOf(catalog: string): readonly JobChange[]
  /** The process must stop: another server took over, or a fault of ours. Called once. */
  onFatal(error: unknown): void
  log(message: string): void
}

/** Claims the bucket, recovers the last commit and goes on from there. */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { host, connectors, barrierIntervalMs, sinkBytesMax = SINK_BYTES_MAX } = options
  const persistence = options.persistence ?? storePersistence(options.store, host)
  host.crashPoint('C25')
  const log = await persistence.open()
  const serving = new ServingTables()
  serving.beginHistory(host.now(), () => options.historyMs())
  const around = { connectors, host, bucketId: log.version.bucketId }
  let running: RunningRuntime | undefined
  let early: unknown
  const fatal = (error: unknown): void => {
    early ??= error
    running?.fail(error)
  }
  const full = (): void => running?.endEpoch()
  const port: ExecutorPort =
    options.inline === true
      ? inlinePort(host, connectors, fatal, full)
      : threadPort(
          { connectorsModule: options.connectorsModule, epochBytesMax: EPOCH_BYTES_MAX },
          fatal,
          full,
        )
  try {
    const { version } = log
    const { jobsOf } = options
    const recovered = await recover({
      version,
      persistence,
      port,
      serving,
      around,
      host,
      sinkBytesMax,
      jobsOf,
      restored: rows => options.restored?.(rows),
    })
    if (early !== undefined) throw early
    running = new RunningRuntime(
      {
        host,
        log,
        port,
        persistence,
        serving,
        around,
        barrierIntervalMs,
        sinkBytesMax,
        garbageIntervalMs: options.garbageIntervalMs ?? 60_000,
        queryMemoryBytes: options.queryMemoryBytes,
        metadata: options.metadata,
        systemRows: relation => options.systemRows(relation),
        onFatal: error => options.onFatal(error),
        warn: message => options.log(message),
      },
      recovered,
    )
  } catch (error) {
    await port.close()
    throw error
  }
  running.start()
  return running
}
