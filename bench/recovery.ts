import type { Client } from 'pg'
import { numberOf, sleep, withClient } from './connect.ts'
import { usageOf } from './measure.ts'
import { withFolder, withServer } from './server-process.ts'
import { count, megabytes, printTable } from './table.ts'

/** Stored rows of about a million and ten million; half are groups of the operator, half rows of the view. */
const ROWS = [1_000_000, 10_000_000]

/** Fills a view, stops the server, starts it again: time to its ready line, less what an empty one takes. */
export async function reportRecovery(sizes: readonly number[] = ROWS): Promise<void> {
  const rows: string[][] = []
  const emptyMs = await withFolder(async folder => {
    await withServer(folder, [], async () => {})
    return withServer(folder, [], async server => server.readyMs)
  })
  for (const size of sizes.length === 0 ? ROWS : sizes) rows.push(await recoverOnce(size, emptyMs))
  printTable(['stored rows', 'bucket', 'ready', 'empty', 'rows/s', 'mark 3M/s', 'CPU s', 'peak RSS'], rows)
}

function recoverOnce(size: number, emptyMs: number): Promise<string[]> {
  return withFolder(async folder => {
    const stored = await withServer(folder, [], server =>
      withClient(server, async client => {
        await fill(client, size / 2)
        const held = await numberOf(client, 'SELECT count(*) FROM filled')
        const objects = 'FROM rw_catalog.rw_state_objects'
        return {
          held,
          rows: await numberOf(client, `SELECT sum(rows) ${objects}`),
          bytes: await numberOf(client, `SELECT sum(bytes) ${objects}`),
        }
      }),
    )
    return withServer(folder, [], async server => {
      const { cpuSeconds, rssPeakBytes } = usageOf(server.pid)
      const held = await withClient(server, client => numberOf(client, 'SELECT count(*) FROM filled'))
      if (held !== stored.held) throw new Error(`restored ${held} rows of ${stored.held}`)
      const perSecond = stored.rows / ((server.readyMs - emptyMs) / 1000)
      return [
        count(stored.rows),
        megabytes(stored.bytes),
        `${(server.readyMs / 1000).toFixed(2)} s`,
        `${(emptyMs / 1000).toFixed(2)} s`,
        count(perSecond),
        `${(perSecond / 3e6).toFixed(2)}x`,
        cpuSeconds.toFixed(1),
        megabytes(rssPeakBytes),
      ]
    })
  })
}

/** A view with a group for every bid (a millisecond each); returns when all of it is committed. */
async function fill(client: Client, groups: number): Promise<void> {
  const events = Math.ceil((groups / 46) * 50)
  await client.query(`CREATE SOURCE bid WITH (connector = 'nexmark', nexmark.table.type = 'Bid',
    nexmark.event.num = '${events}', nexmark.min.event.gap.in.ns = '0', nexmark.events.per.second = '1000')`)
  await client.query(`CREATE MATERIALIZED VIEW filled AS
    SELECT auction, bidder, date_time, max(price) AS price, count(*) AS bids FROM bid
    GROUP BY auction, bidder, date_time`)
  const offset = 'SELECT max("offset"::bigint) FROM rw_catalog.rw_source_offsets'
  while ((await numberOf(client, offset)) < events) await sleep(200)
}
