import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../scripts/services.ts'
import { difference } from '../sql-tests/fuzz/compare.ts'
import { copyInto, type Target } from './client-programs.ts'
import { quantile, usageOf } from './measure.ts'
import { type ServerProcess, withFolder, withServer } from './server-process.ts'
import { megabytes, milliseconds, printTable } from './table.ts'
import { tpchRows } from './tpch/generate.ts'
import { postgresIndexes, tpchQueries, tpchTables } from './tpch/schema.ts'

/** The first two may fill indexes that the others use. */
const TIMES = 5

export interface TpchOptions {
  readonly scale: number
  /** Numbers of the queries; empty: all. */
  readonly only: readonly number[]
}

/** The 22 queries of TPC-H as batch queries, in turns with a PostgreSQL that has the same rows; answers must be equal. */
export function reportTpch(options: TpchOptions): Promise<void> {
  return withPostgres(postgres =>
    withFolder(folder => withServer(folder, [], server => compare(postgres, server, options))),
  )
}

async function compare(postgres: Target, server: ServerProcess, { scale, only }: TpchOptions): Promise<void> {
  const weir = { port: server.port, user: 'root', database: 'dev' }
  const clients = [await connected(postgres), await connected(weir)] as const
  const loading = [await fill(postgres, clients[0], scale), await fill(weir, clients[1], scale)]
  for (const sql of postgresIndexes) await clients[0].query(sql)
  console.log(
    `TPC-H, scale ${scale}: loaded in ${loading.map(ms => `${(ms / 1000).toFixed(1)} s`).join(' (PostgreSQL) and ')},`,
    `${megabytes(usageOf(server.pid).rssBytes)}`,
  )
  const lines: string[][] = []
  const sums = [0, 0, 0, 0]
  for (const [i, sql] of tpchQueries().entries()) {
    if (only.length > 0 && !only.includes(i + 1)) continue
    const took: number[][] = [[], []]
    let wrong: string | undefined
    for (let n = 0; n < TIMES; n++) {
      const [expected, actual] = [await run(clients[0], sql, took[0]!), await run(clients[1], sql, took[1]!)]
      wrong ??= difference({ rows: expected, count: 0 }, { rows: actual, count: 0 })
    }
    if (wrong !== undefined) console.error(`q${i + 1}: ${wrong}`)
    const values = took.flatMap(times => [times[0]!, quantile(times, 0.5)])
    for (const [k, ms] of values.entries()) sums[k] = sums[k]! + ms
    lines.push(line(`q${i + 1}`, values, wrong === undefined ? 'equal' : 'DIFFERS'))
  }
  printTable(
    ['query', 'PostgreSQL, first', 'median', 'weir, first', 'median', 'as fast, first', 'median', 'rows'],
    [...lines, line('all', sums, `peak ${megabytes(usageOf(server.pid).rssPeakBytes)}`)],
  )
  await Promise.all(clients.map(client => client.end()))
}

function line(name: string, values: readonly number[], last: string): string[] {
  const [p0, p, w0, w] = values as [number, number, number, number]
  const ratios = [`${(p0 / w0).toFixed(2)}x`, `${(p / w).toFixed(2)}x`]
  return [name, ...[p0, p, w0, w].map(milliseconds), ...ratios, last]
}

type Rows = (string | null)[][]

async function run(client: pg.Client, text: string, took: number[]): Promise<Rows> {
  const from = performance.now()
  const { rows } = await client.query<(string | null)[]>({ text, rowMode: 'array' })
  took.push(performance.now() - from)
  return rows
}

async function fill(target: Target, client: pg.Client, scale: number): Promise<number> {
  const rows = tpchRows(scale)
  const from = performance.now()
  for (const [table, columns] of Object.entries(tpchTables)) {
    await client.query(`CREATE TABLE ${table} (${columns})`)
    await copyInto(target, table, rows[table]!())
  }
  return performance.now() - from
}

async function connected(target: Target): Promise<pg.Client> {
  const types = { getTypeParser: () => (text: string) => text }
  const client = new pg.Client({ host: '127.0.0.1', ...target, types })
  await client.connect()
  return client
}

/** Runs `use` beside a real PostgreSQL that is gone afterwards. */
export async function withPostgres<R>(use: (target: Target) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(join(tmpdir(), 'weir-bench-postgres-'))
  const service = await startPostgres(folder)
  try {
    return await use({ port: Number(service.address.split(':')[1]), user: 'postgres', database: 'postgres' })
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
