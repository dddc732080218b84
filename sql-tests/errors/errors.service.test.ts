import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type Service, startPostgres } from '../../scripts/services.ts'
import { type RunningServer, startServer } from '../../server/main.ts'

/** Where our answer is another one on purpose. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'SELECT * FROM (SELECT 1)': 'a subquery needs no alias, as in PostgreSQL 16',
  'CREATE TABLE t (a int)': 'a position, which PostgreSQL leaves out',
  'CREATE VIEW v AS SELECT 1': 'a position, which PostgreSQL leaves out',
  'DROP TABLE nope': 'a position, which PostgreSQL leaves out',
  'CREATE INDEX i ON t (nope)': 'a position, which PostgreSQL leaves out',
  'CREATE INDEX i ON nope (a)': 'a position, which PostgreSQL leaves out',
  'ALTER TABLE child ADD FOREIGN KEY (b) REFERENCES nope': 'a position, which PostgreSQL leaves out',
  'CREATE TABLE w (a int PRIMARY KEY, b int PRIMARY KEY)': 'no position',
  'SELECT $1': 'no position',
  'DROP VIEW t': 'the hint names the statement in other words',
  'DROP TABLE v': 'the hint names the statement in other words',
  "SET timezone = 'Nowhere'": 'names of settings are in lower case',
}

let folder = ''
let server: RunningServer
let postgres: Service
const clients: pg.Client[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-errors-'))
  server = await startServer({ data: join(folder, 'weir'), port: 0, httpPort: 0, logLevel: 'error' })
  postgres = await startPostgres(await mkdtemp(join(tmpdir(), 'weir-errors-pg-')))
  const ours = { port: server.port, database: 'dev', user: 'root' }
  const theirs = { port: Number(postgres.address.split(':')[1]), database: 'postgres', user: 'postgres' }
  for (const options of [ours, theirs]) {
    const client = new pg.Client({ host: '127.0.0.1', ...options })
    await client.connect()
    await client.query('CREATE TABLE t (a int PRIMARY KEY, b varchar, c bigint NOT NULL)')
    await client.query('CREATE TABLE u (a int, d timestamp, arr int[], j jsonb)')
    await client.query('CREATE VIEW v AS SELECT a FROM t')
    await client.query(`CREATE VIEW narrow AS SELECT b AS label, a AS k, c * 2 AS twice, c FROM t WHERE a < 10 WITH CHECK OPTION;
      CREATE VIEW twofold AS SELECT a, a AS again, c FROM t`)
    await client.query(`CREATE TABLE parent (id int PRIMARY KEY, code varchar UNIQUE, x int);
      CREATE TABLE child (id int REFERENCES parent, a int, b int, "C" varchar CONSTRAINT code REFERENCES parent (code),
        FOREIGN KEY (a) REFERENCES parent MATCH FULL);
      INSERT INTO parent VALUES (1, 'one'), (2, 'two');
      INSERT INTO child VALUES (1, 2, 3, 'two')`)
    clients.push(client)
  }
})
after(async () => {
  for (const client of clients) await client.end()
  await postgres?.stop()
  await server?.close()
  await rm(folder, { recursive: true, force: true })
})

test('errors have the code, words, position, detail and hint of PostgreSQL', async () => {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'statements.sql')
  const statements = (await readFile(file, 'utf8')).split('\n').filter(line => line !== '')
  const wrong: string[] = []
  for (const sql of statements) {
    const [ours, theirs] = await Promise.all(clients.map(client => outcome(client, sql)))
    if (ours === theirs) assert.equal(DIFFERENT[sql], undefined, `${sql} is the same by now`)
    else if (DIFFERENT[sql] === undefined) wrong.push(`${sql}\n  ours   ${ours}\n  theirs ${theirs}`)
  }
  assert.equal(wrong.join('\n'), '')
})

async function outcome(client: pg.Client, sql: string): Promise<string> {
  try {
    await client.query(sql)
    return 'no error'
  } catch (error) {
    const { code, message, position, detail, hint } = error as pg.DatabaseError
    return [code, message, position, detail, hint].map(part => part ?? '').join(' | ')
  }
}
