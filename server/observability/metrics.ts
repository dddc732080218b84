import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Runtime, VersionObserver } from '../../executor/runtime-contract.ts'
import type { EpochStats } from '../../storage/contract.ts'
import type { CatalogHolder } from '../statements/index.ts'
import { Exposition, type Labels } from './exposition.ts'
import { Histogram } from './histogram.ts'
import type { RequestKind, RequestMeter } from './metered-store.ts'

type Delay = ReturnType<typeof monitorEventLoopDelay>

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30]

/** What is counted while the server runs; the rest is read when metrics are asked for. */
export class Metrics {
  readonly barrier = new Histogram(SECONDS)
  readonly seal = new Histogram(SECONDS)
  readonly upload = new Histogram(SECONDS)
  epochBytes = 0
  epochRows = 0
  lastCommitMs = 0
  #lag: Delay | undefined

  /** One committed epoch. */
  epoch(stats: EpochStats): void {
    this.barrier.observe(stats.barrierMs / 1000)
    this.seal.observe(stats.sealMs / 1000)
    this.upload.observe(stats.uploadMs / 1000)
    this.epochBytes += stats.bytes
    this.epochRows += stats.rows
    this.lastCommitMs = stats.atMs
  }

  /** Begins to watch how late the main thread's timers are. Costs a timer, so only where somebody asks. */
  lag(): Delay {
    if (this.#lag === undefined) {
      this.#lag = monitorEventLoopDelay({ resolution: 20 })
      this.#lag.enable()
    }
    return this.#lag
  }

  close(): void {
    this.#lag?.disable()
  }
}

/** An observer that also tells the metrics. */
export function observed(observer: VersionObserver, metrics: Metrics): VersionObserver {
  return {
    recovered: version => observer.recovered(version),
    committed(stats, version) {
      metrics.epoch(stats)
      observer.committed(stats, version)
    },
  }
}

export interface MetricsContext {
  readonly runtime: Runtime
  readonly catalogs: CatalogHolder
  readonly meters: Readonly<Record<RequestKind, RequestMeter>>
  readonly storeStats: { readonly bytesPut: number; readonly bytesGot: number }
  readonly metrics: Metrics
  sessionCount(): number
}

/** Everything in Prometheus' text format. Relations are labelled by id and name. */
export function metricsText(context: MetricsContext): string {
  const out = new Exposition()
  writeProcess(out, context)
  writeEpochs(out, context)
  writeRelations(out, context)
  writeStore(out, context)
  return out.text
}

function writeProcess(out: Exposition, { metrics, sessionCount }: MetricsContext): void {
  const lag = metrics.lag()
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  out.family('weir_sessions', 'gauge', 'connected clients', sessionCount())
  out.family(
    'weir_event_loop_lag_seconds',
    'gauge',
    'how late timers of the main thread were',
    ([50, 99, 100] as const).map(q => [
      { quantile: q / 100 },
      (q === 100 ? lag.max : lag.percentile(q)) / 1e9,
    ]),
  )
  lag.reset()
  out.family('process_resident_memory_bytes', 'gauge', 'resident memory', rss)
  out.family('process_cpu_seconds_total', 'counter', 'CPU time', (user + system) / 1e6)
  out.family('weir_heap_bytes', 'gauge', 'memory of the main thread', [
    [{ kind: 'heap' }, heapUsed],
    [{ kind: 'buffers' }, arrayBuffers],
  ])
}

function writeEpochs(out: Exposition, { runtime, metrics }: MetricsContext): void {
  out.family('weir_epoch', 'gauge', 'last committed epoch', runtime.epoch)
  out.family(
    'weir_epochs_in_flight',
    'gauge',
    'epochs that are not committed yet',
    runtime.stats().epochsInFlight,
  )
  out.histogram('weir_barrier_seconds', 'from the barrier to the commit', [[{}, metrics.barrier]])
  out.histogram('weir_seal_seconds', 'time the engine took to seal an epoch', [[{}, metrics.seal]])
  out.histogram('weir_upload_seconds', 'time the upload of an epoch took', [[{}, metrics.upload]])
  out.family('weir_epoch_bytes_total', 'counter', 'bytes of committed epochs', metrics.epochBytes)
  out.family('weir_epoch_rows_total', 'counter', 'changed rows of committed epochs', metrics.epochRows)
}

function writeRelations(out: Exposition, { runtime, catalogs }: MetricsContext): void {
  const stats = runtime.stats()
  const named = (relation: number): Labels => ({
    relation,
    name: catalogs.current.byId(relation)?.name ?? '',
  })
  const byOperator = stats.operators.map(o => ({
    labels: { ...named(o.relation), node: o.node, kind: o.kind },
    ...o,
  }))
  const state = new Map<number, number>()
  for (const { relation, stateBytes } of stats.operators)
    state.set(relation, (state.get(relation) ?? 0) + stateBytes)
  const { sources, sinks, serving } = stats
  out.family(
    'weir_source_rows_total',
    'counter',
    'rows read',
    sources.map(s => [named(s.relation), s.rows]),
  )
  out.family(
    'weir_source_bytes_total',
    'counter',
    'bytes read',
    sources.map(s => [named(s.relation), s.bytes]),
  )
  out.family(
    'weir_source_errors_total',
    'counter',
    'records not read',
    sources.map(s => [named(s.relation), s.errors]),
  )
  const offsets = runtime.offsets()
  const behind = (relation: number, ends: Readonly<Record<string, string>>): number =>
    Object.entries(ends).reduce(
      (sum, [id, end]) => sum + Number(end) - Number(offsets[relation]?.[id] ?? 0),
      0,
    )
  out.family(
    'weir_source_lag_records',
    'gauge',
    'records outside that no commit holds yet',
    Object.entries(runtime.sourceEnds()).map(([id, ends]) => [named(Number(id)), behind(Number(id), ends)]),
  )
  out.family(
    'weir_sink_rows_total',
    'counter',
    'rows delivered',
    sinks.map(s => [named(s.relation), s.rows]),
  )
  out.family(
    'weir_sink_bytes_total',
    'counter',
    'bytes delivered',
    sinks.map(s => [named(s.relation), s.bytes]),
  )
  const lags = runtime.sinks()
  out.family(
    'weir_sink_lag_epochs',
    'gauge',
    'committed epochs not delivered',
    lags.map(s => [named(s.relation), s.committed - s.delivered]),
  )
  out.family(
    'weir_sink_backlog_bytes',
    'gauge',
    'bytes not delivered',
    lags.map(s => [named(s.relation), s.backlogBytes]),
  )
  out.family(
    'weir_sink_failing',
    'gauge',
    '1: the last delivery failed',
    lags.map(s => [named(s.relation), s.error === '' ? 0 : 1]),
  )
  out.family(
    'weir_operator_rows_in_total',
    'counter',
    'rows that reached an operator',
    byOperator.map(o => [o.labels, o.rowsIn]),
  )
  out.family(
    'weir_operator_rows_out_total',
    'counter',
    'rows that left an operator',
    byOperator.map(o => [o.labels, o.rowsOut]),
  )
  out.family(
    'weir_state_bytes',
    'gauge',
    'operator state',
    [...state].map(([relation, bytes]) => [named(relation), bytes]),
  )
  out.family(
    'weir_serving_bytes',
    'gauge',
    'rows kept for queries',
    serving.map(s => [named(s.relation), s.bytes]),
  )
  out.family(
    'weir_serving_rows',
    'gauge',
    'distinct rows kept for queries',
    serving.map(s => [named(s.relation), s.rows]),
  )
}

function writeStore(out: Exposition, { meters, storeStats }: MetricsContext): void {
  const kinds = Object.entries(meters)
  out.histogram(
    'weir_store_request_seconds',
    'requests to the object store',
    kinds.map(([kind, { seconds }]) => [{ kind }, seconds]),
  )
  out.family(
    'weir_store_errors_total',
    'counter',
    'requests that failed',
    kinds.map(([kind, { errors }]) => [{ kind }, errors]),
  )
  out.family('weir_store_bytes_total', 'counter', 'bytes sent to and got from the object store', [
    [{ direction: 'put' }, storeStats.bytesPut],
    [{ direction: 'get' }, storeStats.bytesGot],
  ])
}
