import type { Client } from 'pg'
import { sleep, withClient } from './connect.ts'
import { type Epoch, epochsAfter, machineBusySeconds, quantile, usageOf } from './measure.ts'
import { eventsOf, nexmarkQueries, sourcesOf } from './nexmark-queries.ts'
import { withFolder, withServer } from './server-process.ts'

export interface NexmarkOptions {
  /** Default: what takes the query about ten seconds. */
  readonly events?: number
  /** Epochs are not stored anywhere: what the guarantee costs is the difference. */
  readonly checkpoint: boolean
}

/** One query from the start of its sink to the commit of its last event. */
export interface NexmarkResult {
  readonly query: string
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
  readonly cpuSeconds: number
  /** Cores that other processes kept busy meanwhile: far from 0, the run says little. */
  readonly otherCores: number
  readonly rssPeakBytes: number
  readonly barrierP50Ms: number
  readonly barrierP99Ms: number
  readonly epochs: number
  readonly bytesPerEpoch: number
}

const POLL_MS = 50
const STALL_MS = 60_000

/** A fresh server and folder, sources without readers, then the query as a sink into nothing. */
export function runNexmark(query: string, options: NexmarkOptions): Promise<NexmarkResult> {
  const text = nexmarkQueries[query]
  if (text === undefined)
    throw new Error(`no query ${query}; there are ${Object.keys(nexmarkQueries).join(', ')}`)
  const events = options.events ?? eventsOf[query]!
  const state = options.checkpoint ? [] : ['--state', 'none:']
  return withFolder(folder =>
    withServer(folder, [...state, '--barrier-interval-ms', '1000'], server =>
      withClient(server, async client => {
        for (const sql of sourcesOf(events)) await client.query(sql)
        const epoch = (await epochsAfter(client, 0)).at(-1)?.epoch ?? 0
        const before = usageOf(server.pid)
        const busy = machineBusySeconds()
        const bench = usageOf(process.pid)
        const startedMs = Date.now()
        await client.query(`CREATE SINK result AS ${text} WITH (connector = 'blackhole')`)
        await allRead(client, events, server.pid)
        const epochs = await epochsAfter(client, epoch)
        const seconds = (epochs.at(-1)!.atMs - startedMs) / 1000
        const cpuSeconds = usageOf(server.pid).cpuSeconds - before.cpuSeconds
        const own = cpuSeconds + usageOf(process.pid).cpuSeconds - bench.cpuSeconds
        return {
          query,
          events,
          seconds,
          eventsPerSecond: events / seconds,
          cpuSeconds,
          otherCores: Math.max(0, machineBusySeconds() - busy - own) / seconds,
          rssPeakBytes: usageOf(server.pid).rssPeakBytes,
          ...latencies(epochs),
        }
      }),
    ),
  )
}

function latencies(epochs: readonly Epoch[]) {
  const barriers = epochs.map(e => e.barrierMs)
  return {
    barrierP50Ms: quantile(barriers, 0.5),
    barrierP99Ms: quantile(barriers, 0.99),
    epochs: epochs.length,
    bytesPerEpoch: epochs.reduce((sum, e) => sum + e.bytes, 0) / epochs.length,
  }
}

/** Waits until the committed offset of every source that is read has passed the last event. */
async function allRead(client: Client, events: number, pid: number): Promise<void> {
  let last = ''
  let movedMs = Date.now()
  for (;;) {
    const { rows } = await client.query<{ relation: number; offset: string }>(
      'SELECT relation, "offset" FROM rw_catalog.rw_source_offsets',
    )
    if (rows.length > 0 && rows.every(row => Number(row.offset) >= events)) return
    const now = JSON.stringify(rows)
    if (now !== last) movedMs = Date.now()
    else if (Date.now() - movedMs > STALL_MS)
      throw new Error(`no progress for ${STALL_MS / 1000} s at ${now} (process ${pid})`)
    last = now
    await sleep(POLL_MS)
  }
}
