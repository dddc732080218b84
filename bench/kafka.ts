import { join } from 'node:path'
import type { Client } from 'pg'
import { NEXMARK_SCHEMAS } from '../connectors/nexmark/schema.ts'
import { type Service, startKafka } from '../scripts/services.ts'
import { sleep, withClient } from './connect.ts'
import { countRecords, createTopic, fillBids } from './kafka-topics.ts'
import { epochsAfter, machineBusySeconds, quantile, usageOf } from './measure.ts'
import { nexmarkQueries } from './nexmark-queries.ts'
import { withFolder, withServer } from './server-process.ts'
import { count, megabytes, milliseconds, printTable } from './table.ts'

export interface KafkaOptions {
  /** Bids in the input topic. */
  readonly events: number
  readonly delivery: 'exactly-once' | 'at-least-once'
}

const POLL_MS = 50
const STALL_MS = 60_000
const HEADS = ['query', 'records', 'records/s', 'CPU s', 'records/CPU s', 'broker CPU s', 'peak RSS'].concat(
  'barrier p50',
  'p99',
  'epochs',
  'written',
  'other cores',
)

/** Kafka to Kafka through the real server and a broker of its own: JSON bids in, JSON rows out in one transaction an epoch. */
export async function reportKafka(queries: readonly string[], options: KafkaOptions): Promise<void> {
  const names = queries.length === 0 ? ['q0', 'q1'] : queries
  await withFolder(async folder => {
    const broker = await startKafka(join(folder, 'kafka'))
    try {
      await fillBids(broker.address, 'bids', options.events)
      const rows: string[][] = []
      for (const query of names) rows.push(await run(query, join(folder, query), broker, options))
      printTable(HEADS, rows)
    } finally {
      await broker.stop()
    }
  })
}

function run(query: string, folder: string, broker: Service, options: KafkaOptions): Promise<string[]> {
  const text = nexmarkQueries[query]
  if (text === undefined) throw new Error(`no query ${query}`)
  return withServer(folder, ['--barrier-interval-ms', '1000'], server =>
    withClient(server, async client => {
      await createTopic(broker.address, query)
      const columns = NEXMARK_SCHEMAS.bid.map(({ name, type }) => `${name} ${type.name}`).join(', ')
      const at = (topic: string) =>
        `connector = 'kafka', topic = '${topic}', properties.bootstrap.server = '${broker.address}'`
      await client.query(`CREATE SOURCE bid (${columns}) WITH (${at('bids')}) FORMAT PLAIN ENCODE JSON`)
      const epoch = (await epochsAfter(client, 0)).at(-1)?.epoch ?? 0
      const before = [server.pid, broker.pid, process.pid].map(pid => usageOf(pid).cpuSeconds)
      const busy = machineBusySeconds()
      const started = performance.now()
      const sink = `WITH (${at(query)}, delivery = '${options.delivery}') FORMAT PLAIN ENCODE JSON`
      await client.query(`CREATE SINK result AS ${text} ${sink}`)
      const all = (offsets: readonly number[]) => offsets.reduce((sum, offset) => sum + offset, 0)
      await allDelivered(client, offsets => all(offsets) >= options.events)
      const seconds = (performance.now() - started) / 1000
      const used = [server.pid, broker.pid, process.pid].map((pid, i) => usageOf(pid).cpuSeconds - before[i]!)
      const others = machineBusySeconds() - busy - used.reduce((sum, cpu) => sum + cpu, 0)
      const epochs = await epochsAfter(client, epoch)
      const written = await countRecords(broker.address, query)
      if (written !== options.events && options.delivery === 'exactly-once')
        throw new Error(`${query}: ${written} records of ${options.events} came out`)
      const barriers = epochs.map(e => e.barrierMs)
      return [
        query,
        count(options.events),
        count(options.events / seconds),
        used[0]!.toFixed(1),
        count(options.events / used[0]!),
        used[1]!.toFixed(1),
        megabytes(usageOf(server.pid).rssPeakBytes),
        milliseconds(quantile(barriers, 0.5)),
        milliseconds(quantile(barriers, 0.99)),
        String(epochs.length),
        megabytes(epochs.reduce((sum, e) => sum + e.bytes, 0)),
        (Math.max(0, others) / seconds).toFixed(2),
      ]
    }),
  )
}

/** Waits until the sources' committed offsets are `read`, and the sinks have delivered all that came of it. */
export async function allDelivered(
  client: Client,
  read: (offsets: readonly number[]) => boolean,
): Promise<void> {
  let last = ''
  let movedMs = Date.now()
  for (;;) {
    const { rows: offsets } = await client.query<{ offset: string }>(
      'SELECT "offset" FROM rw_catalog.rw_source_offsets',
    )
    const { rows: sinks } = await client.query<{ delivered_epoch: string; committed_epoch: string }>(
      'SELECT delivered_epoch, committed_epoch FROM rw_catalog.rw_sink_progress',
    )
    const delivered = sinks.every(s => s.delivered_epoch === s.committed_epoch && s.delivered_epoch !== '0')
    const now = JSON.stringify([offsets, sinks])
    const all = read(offsets.map(row => Number(row.offset)))
    if (all && offsets.length > 0 && delivered && now === last) return
    if (now !== last) movedMs = Date.now()
    else if (Date.now() - movedMs > STALL_MS)
      throw new Error(`no progress for ${STALL_MS / 1000} s at ${now}`)
    last = now
    await sleep(POLL_MS)
  }
}
