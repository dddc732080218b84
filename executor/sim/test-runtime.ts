import type { ObjectStore } from '../../storage/contract.ts'
import type { Connector } from '../../types/connector.ts'
import type { Host } from '../../types/host.ts'
import { startRuntime } from '../coordinator.ts'
import type { JobChange, Runtime } from '../runtime-contract.ts'
import { catalogOf, jobsOf } from './test-jobs.ts'

export interface TestOptions {
  readonly store: ObjectStore
  readonly host: Host
  readonly connectors?: readonly Connector[]
  readonly inline?: boolean
  readonly sinkBytesMax?: number
  onFatal?(error: unknown): void
  log?(message: string): void
}

/** A server without SQL: the engine in this thread unless told otherwise. */
export function startTest(options: TestOptions): Promise<Runtime> {
  const { store, host, connectors = [], inline = true, sinkBytesMax } = options
  return startRuntime({
    store,
    host,
    connectors: new Map(connectors.map(connector => [connector.name, connector])),
    barrierIntervalMs: 20,
    historyMs: () => 600_000,
    inline,
    ...(sinkBytesMax !== undefined && { sinkBytesMax }),
    systemRows: () => {
      throw new Error('no system relations here')
    },
    jobsOf,
    onFatal: options.onFatal ?? (() => {}),
    log: options.log ?? (() => {}),
  })
}

/** One statement that adds jobs. */
export async function addJobs(runtime: Runtime, ...add: JobChange[]): Promise<void> {
  const present = runtime.catalog === undefined ? [] : jobsOf(runtime.catalog)
  await runtime.run({ catalog: catalogOf([...present, ...add]), add })
}
