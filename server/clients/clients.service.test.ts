import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { installJdbc, installPgx, installPython } from '../../scripts/clients.ts'
import { installPostgres } from '../../scripts/service-install.ts'
import { type RunningServer, startServer } from '../main.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
let folder = ''
let server: RunningServer

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-clients-'))
  server = await startServer({ data: folder, port: 0, httpPort: 0, logLevel: 'error' })
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

test('psycopg 3: round trips in text and binary, prepared statements, portions, errors, transactions, cancel', async () => {
  await passes(installPython(), [join(HERE, 'psycopg_check.py'), '127.0.0.1', String(server.port)])
})

test('SQLAlchemy: objects, reflection of tables, views and indexes, errors', async () => {
  await passes(installPython(), [join(HERE, 'sqlalchemy_check.py'), '127.0.0.1', String(server.port)])
})

test('pgjdbc: every query mode, batches, portions of rows, errors, cancel, metadata', async () => {
  const program = join(HERE, 'PgJdbcCheck.java')
  await passes('java', ['-cp', installJdbc(), program, '127.0.0.1', String(server.port)])
})

test('pgx: binary round trips, batches, errors, cancel, a pool', async () => {
  await passes(installPgx(), ['127.0.0.1', String(server.port)])
})

const PSQL = ['-X', '-h', '127.0.0.1', '-U', 'root', '-d', 'dev', '-v', 'VERBOSITY=verbose']

test('psql: backslash commands, variables, prepared statements, portions of rows, errors, transactions', async () => {
  const said = await passes('psql', [...PSQL, '-p', String(server.port), '-f', 'psql_check.sql'])
  const expected = await readFile(join(HERE, 'psql_check.out'), 'utf8')
  assert.equal(said, expected)
})

test('pgbench: its own tables, filled from either side, and transactions by every protocol, none fails', async () => {
  const c = new pg.Client({ host: '127.0.0.1', port: server.port, database: 'dev', user: 'root' })
  await c.connect()
  const pgbench = join(installPostgres(), 'pgbench')
  const to = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'root']
  for (const steps of ['dtGvpf', 'dtgvpf']) {
    await passes(pgbench, [...to, '-i', '-s', '1', '-I', steps, 'dev'])
    const made = await c.query(
      `SELECT (SELECT count(*) FROM pgbench_accounts) AS rows, (SELECT abalance FROM pgbench_accounts WHERE aid = 99999) AS one,
        (SELECT count(*) FROM pg_index WHERE indisprimary AND indrelid::regclass::text LIKE 'pgbench%') AS keys`,
    )
    assert.deepEqual(made.rows, [{ rows: '100000', one: 0, keys: '3' }])
  }
  const options = [...to, '-c', '4']
  for (const mode of ['simple', 'extended', 'prepared']) {
    const said = await passes(pgbench, [...options, '-S', '-M', mode, '-t', '50', 'dev'])
    assert.match(said, /number of transactions actually processed: 200\/200/)
    assert.match(said, /number of failed transactions: 0 /)
  }
  await passes(pgbench, [...options, '-M', 'prepared', '-t', '2', 'dev'])
  const { rows } = await c.query(
    'SELECT (SELECT sum(abalance) FROM pgbench_accounts) = (SELECT sum(delta) FROM pgbench_history) AS same',
  )
  assert.deepEqual(rows, [{ same: true }])
  await c.end()
})

/** The program ends with status 0 within a minute. Returns all it wrote, in order. */
async function passes(program: string, args: readonly string[]): Promise<string> {
  const child = spawn('sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args], { timeout: 60_000, cwd: HERE })
  const said: Buffer[] = []
  child.stdout.on('data', data => said.push(data))
  const code = await new Promise(resolve => {
    child.on('error', resolve)
    child.on('close', (status, signal) => resolve(status ?? signal))
  })
  const text = Buffer.concat(said).toString()
  assert.equal(code, 0, `${program} ${args.join(' ')}\n${text}`)
  return text
}
