import { output, program, type Target } from './client-programs.ts'
import { withClient } from './connect.ts'
import { usageOf } from './measure.ts'
import { type ServerProcess, withFolder, withServer } from './server-process.ts'
import { withPostgres } from './sql-tpch.ts'
import { count, printTable } from './table.ts'

const CONNECTIONS = 32
const SECONDS = 4
const MARK = 10_000
const MODES = ['simple', 'prepared'] as const

/** `pgbench -S` through 32 connections, beside PostgreSQL in turns; pgbench itself takes one of the cores. */
export async function reportPgbench(): Promise<void> {
  const lines: string[][] = []
  await withPostgres(postgres =>
    withFolder(folder =>
      withServer(folder, [], async server => {
        await output(program('pgbench', postgres, ['-i', '-q', '-s', '1']))
        await fill(server)
        for (const mode of MODES) {
          const theirs = await transactions(postgres, mode)
          const before = usageOf(server.pid).cpuSeconds
          const ours = await transactions({ port: server.port, user: 'root', database: 'dev' }, mode)
          const cpu = usageOf(server.pid).cpuSeconds - before
          const mark = `${(ours / MARK).toFixed(2)}x`
          lines.push([
            mode,
            count(theirs),
            count(ours),
            mark,
            `${((cpu * 1e6) / (ours * SECONDS)).toFixed(0)} µs`,
          ])
        }
      }),
    ),
  )
  printTable(['pgbench -S -c 32', 'PostgreSQL/s', 'weir/s', 'mark 10k', 'CPU each'], lines)
}

async function transactions(target: Target, mode: string): Promise<number> {
  const said = await output(
    program('pgbench', target, ['-n', '-S', '-M', mode, '-c', String(CONNECTIONS), '-T', String(SECONDS)]),
  )
  if (!/failed transactions: 0 /.test(said)) throw new Error(said)
  return Number(/tps = ([\d.]+)/.exec(said)![1])
}

function fill(server: ServerProcess): Promise<void> {
  return withClient(server, async client => {
    for (const sql of [
      'CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler varchar)',
      'CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler varchar)',
      "INSERT INTO pgbench_accounts SELECT i, 1, 0, '' FROM generate_series(1, 100000) AS g(i)",
      "INSERT INTO pgbench_branches VALUES (1, 0, '')",
    ])
      await client.query(sql)
  })
}
