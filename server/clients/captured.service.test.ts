import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type Service, startPostgres } from '../../scripts/services.ts'
import { type RunningServer, startServer } from '../main.ts'

let folder = ''
let service: Service
let server: RunningServer
let theirs: pg.Client
let mine: pg.Client

const SETUP = [
  'create schema app',
  'create table app.t(id int primary key, v varchar not null, n numeric default 0, ts timestamptz, j jsonb, a int[])',
  'create table t2(id int primary key, x text)',
  'create index t2_x on t2(x)',
  'create view v1 as select id, v from app.t',
  'create materialized view mv1 as select count(*) c from app.t',
]

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-captured-'))
  service = await startPostgres(await mkdtemp(join(tmpdir(), 'weir-oracle-')))
  server = await startServer({ data: join(folder, 'weir'), port: 0, httpPort: 0, logLevel: 'error' })
  const port = Number(service.address.split(':')[1])
  theirs = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  mine = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
  for (const client of [theirs, mine]) {
    await client.connect()
    for (const statement of SETUP) await client.query(statement)
  }
})
after(async () => {
  await theirs.end()
  await mine.end()
  await server.close()
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Types that stand for one another here: text is varchar, a name is text of any length. */
const SAME = new Map([
  [25, 1043],
  [19, 1043],
  [1009, 1015],
  [1003, 1015],
])

/** Columns and their types as a client is told them, or the error. */
async function described(client: pg.Client, text: string): Promise<string> {
  const count = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(match => Number(match[1])))
  try {
    const result = await client.query({ text, values: Array<null>(count).fill(null) })
    return result.fields.map(f => `${f.name} ${SAME.get(f.dataTypeID) ?? f.dataTypeID}`).join(', ')
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `error ${code} ${message}`
  }
}

test("queries that clients send on their own have PostgreSQL's columns and types", async () => {
  const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8')
  const text = `${await read('captured.sql')}\n${await read('tools.sql')}`
  const queries = text.split('\n').filter(line => line !== '' && !line.startsWith('--'))
  const wrong: string[] = []
  for (const query of queries) {
    const expected = await described(theirs, query)
    if (expected.startsWith('error')) continue
    const actual = await described(mine, query)
    if (actual !== expected) wrong.push(`${query}\nexpected ${expected}\nactual   ${actual}`)
  }
  assert.equal(wrong.length, 0, `${wrong.length} of ${queries.length} differ\n${wrong.join('\n\n')}`)
})

test('every backslash command of psql answers without an error', async () => {
  const text = await readFile(new URL('backslash.txt', import.meta.url), 'utf8')
  const commands = text.split('\n').filter(line => line !== '')
  const said = await psql(commands.map(c => `\\echo ### '${c.replaceAll('\\', '\\\\')}'\n${c}`).join('\n'))
  const failed = said.split('### ').filter(part => /ERROR|FATAL|invalid command/.test(part))
  assert.deepEqual(failed, [])
  for (const command of commands) assert.ok(said.includes(`### ${command}\n`), command)
})

test('psql describes tables, views, indexes, schemas and roles', async () => {
  const said = await psql(
    [
      '\\d app.t',
      '\\d+ v1',
      '\\d mv1',
      '\\d t2_x',
      '\\di',
      '\\dn',
      '\\du',
      '\\dp',
      '\\dt *.t*',
      '\\dT int4',
    ].join('\n'),
  )
  const expected = await readFile(new URL('backslash.out', import.meta.url), 'utf8')
  assert.equal(said, expected)
})

/** What psql prints for a script. */
async function psql(script: string): Promise<string> {
  const args = ['-X', '-h', '127.0.0.1', '-p', String(server.port), '-U', 'root', '-d', 'dev']
  const child = spawn('sh', ['-c', 'exec psql "$@" 2>&1', 'psql', ...args], { timeout: 60_000 })
  child.stdin.end(`${script}\n`)
  const said: Buffer[] = []
  child.stdout.on('data', data => said.push(data))
  await once(child, 'close')
  return Buffer.concat(said).toString()
}
