import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { installJdbc, installPgx, installPython } from '../../scripts/clients.ts'
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
