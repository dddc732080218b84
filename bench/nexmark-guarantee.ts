import { basename, join } from 'node:path'
import { type Service, startKafka } from '../scripts/services.ts'
import { withClient } from './connect.ts'
import { allDelivered } from './kafka.ts'
import { countRecords, createTopic } from './kafka-topics.ts'
import { machineBusySeconds, usageOf } from './measure.ts'
import { nexmarkQueries, sourcesOf } from './nexmark-queries.ts'
import { withFolder, withServer } from './server-process.ts'
import { count, printTable } from './table.ts'

const DELIVERIES = ['exactly-once', 'at-least-once'] as const
type Delivery = (typeof DELIVERIES)[number]

interface Run {
  readonly eventsPerSecond: number
  /** Of server and broker. */
  readonly cpuSeconds: number
  readonly records: number
  readonly otherCores: number
}

const HEADS = ['query', 'events', 'records', 'exactly once/s', 'at least once/s', 'cost'].concat(
  'CPU s',
  'CPU s',
  'other cores',
)

/**
 * Each query from the in-process generator into a topic: exactly once, at least once, and the other way round. Into nothing, as `bench
 * nexmark` runs otherwise, both are the same work: there is no target whose transactions could cost something.
 */
export async function reportGuarantee(queries: readonly string[], events: number): Promise<void> {
  const names = queries.length === 0 ? ['q0', 'q1', 'q2'] : queries
  const rows: string[][] = []
  await withFolder(async folder => {
    const broker = await startKafka(join(folder, 'kafka'))
    try {
      // A young broker is slower, whoever writes.
      await run(names[0]!, 'exactly-once', events, join(folder, 'warm'), broker)
      for (const query of names) {
        const runs: Record<Delivery, Run[]> = { 'exactly-once': [], 'at-least-once': [] }
        for (const [i, delivery] of [...DELIVERIES, ...DELIVERIES.toReversed()].entries())
          runs[delivery].push(await run(query, delivery, events, join(folder, `${query}-${i}`), broker))
        const [exact, least] = [mean(runs['exactly-once']), mean(runs['at-least-once'])]
        const cost = 1 - exact.eventsPerSecond / least.eventsPerSecond
        rows.push([
          query,
          count(events),
          count(exact.records),
          count(exact.eventsPerSecond),
          count(least.eventsPerSecond),
          `${(cost * 100).toFixed(1)} %`,
          exact.cpuSeconds.toFixed(1),
          least.cpuSeconds.toFixed(1),
          Math.max(exact.otherCores, least.otherCores).toFixed(2),
        ])
      }
    } finally {
      await broker.stop()
    }
  })
  printTable(HEADS, rows)
}

function mean(runs: readonly Run[]): Run {
  const of = (part: keyof Run) => runs.reduce((sum, one) => sum + one[part], 0) / runs.length
  return {
    eventsPerSecond: of('eventsPerSecond'),
    cpuSeconds: of('cpuSeconds'),
    records: of('records'),
    otherCores: of('otherCores'),
  }
}

function run(
  query: string,
  delivery: Delivery,
  events: number,
  folder: string,
  broker: Service,
): Promise<Run> {
  const text = nexmarkQueries[query]
  if (text === undefined)
    throw new Error(`no query ${query}; there are ${Object.keys(nexmarkQueries).join(', ')}`)
  const topic = basename(folder)
  return withServer(folder, ['--barrier-interval-ms', '1000'], server =>
    withClient(server, async client => {
      await createTopic(broker.address, topic)
      for (const sql of sourcesOf(events)) await client.query(sql)
      const pids = [server.pid, broker.pid]
      const before = pids.map(pid => usageOf(pid).cpuSeconds)
      const bench = usageOf(process.pid).cpuSeconds
      const busy = machineBusySeconds()
      const started = performance.now()
      const at = `connector = 'kafka', topic = '${topic}', properties.bootstrap.server = '${broker.address}'`
      const how = `delivery = '${delivery}', force_append_only = 'true'`
      await client.query(`CREATE SINK result AS ${text} WITH (${at}, ${how}) FORMAT PLAIN ENCODE JSON`)
      await allDelivered(client, offsets => offsets.every(offset => offset >= events))
      const seconds = (performance.now() - started) / 1000
      const cpuSeconds = pids.reduce((sum, pid, i) => sum + usageOf(pid).cpuSeconds - before[i]!, 0)
      const own = cpuSeconds + usageOf(process.pid).cpuSeconds - bench
      return {
        eventsPerSecond: events / seconds,
        cpuSeconds,
        records: await countRecords(broker.address, topic),
        otherCores: Math.max(0, machineBusySeconds() - busy - own) / seconds,
      }
    }),
  )
}
