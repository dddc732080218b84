import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { program, type Target } from './client-programs.ts'
import { withClient } from './connect.ts'
import { quantile, usageOf } from './measure.ts'
import { type ServerProcess, withFolder, withServer } from './server-process.ts'
import { count, megabytes, milliseconds, printTable } from './table.ts'

const ROWS = 1_000_000
const BATCH = 100_000
const MARK = 500_000
const SLOW_SECONDS = 3
const ASLEEP_AFTER_MS = 200
/** How often another session asks for a row meanwhile. */
const OTHER_MS = 20

/** A million rows streamed to psql: rows a second, memory on top, and how long another session waits meanwhile. */
export function reportStream(): Promise<void> {
  return withFolder(folder =>
    withServer(folder, [], async server => {
      const target = { port: server.port, user: 'root', database: 'dev' }
      await withClient(server, async client => {
        await client.query(
          'CREATE TABLE wide (id bigint PRIMARY KEY, name varchar, amount numeric, at timestamp)',
        )
        for (let from = 0; from < ROWS; from += BATCH)
          await client.query(
            `INSERT INTO wide SELECT n, 'name ' || n, n * 0.25, timestamp '2026-01-01' + n * interval '1 second'
             FROM generate_series(${from}, ${from + BATCH - 1}) AS g(n)`,
          )
      })
      const lines = [
        await streamed('SELECT id, name FROM wide', server, target, 0),
        await streamed('SELECT id, name FROM wide', server, target, 0),
        await streamed('SELECT * FROM wide', server, target, 0),
        await streamed('SELECT * FROM wide ORDER BY name', server, target, 0),
        await streamed('SELECT * FROM wide', server, target, SLOW_SECONDS),
      ]
      printTable(
        ['1M rows to psql', 'rows/s', 'mark 500k', 'memory on top', 'others p50', 'p99', 'most'],
        lines,
      )
    }),
  )
}

/** `slow`: so many seconds psql is stopped. */
async function streamed(sql: string, server: ServerProcess, target: Target, slow: number): Promise<string[]> {
  const before = usageOf(server.pid).rssBytes
  let most = before
  let going = true
  const waits: number[] = []
  const other = withClient(server, async client => {
    while (going) {
      const from = performance.now()
      await client.query(`SELECT name FROM wide WHERE id = ${waits.length}`)
      waits.push(performance.now() - from)
      most = Math.max(most, usageOf(server.pid).rssBytes)
      await sleep(OTHER_MS)
    }
  })
  const from = performance.now()
  const psql = program('psql', target, ['-X', '-q', '-At', '-c', sql])
  let lines = 0
  psql.stdout!.on('data', (data: Buffer) => {
    for (let at = data.indexOf(10); at !== -1; at = data.indexOf(10, at + 1)) lines++
  })
  if (slow > 0) {
    await sleep(ASLEEP_AFTER_MS)
    psql.kill('SIGSTOP')
    await sleep(slow * 1000)
    psql.kill('SIGCONT')
  }
  await once(psql, 'close')
  const seconds = (performance.now() - from) / 1000
  going = false
  await other
  if (lines !== ROWS) throw new Error(`${sql}: ${lines} rows`)
  const rate = ROWS / seconds
  const name = slow > 0 ? `${sql}, ${slow} s asleep` : sql
  const times = [quantile(waits, 0.5), quantile(waits, 0.99), Math.max(...waits)].map(milliseconds)
  return [name, count(rate), `${(rate / MARK).toFixed(2)}x`, megabytes(most - before), ...times]
}
