import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './test-server.ts'

const COUNT = "SELECT count(*)::int FROM pg_class WHERE relpersistence = 't'"
const SCHEMAS = "SELECT count(*)::int FROM pg_namespace WHERE nspname LIKE 'pg_temp%'"

async function until(server: TestServer, sql: string, wanted: unknown): Promise<void> {
  const end = Date.now() + 10_000
  while ((await server.values(sql))[0] !== wanted) {
    assert.ok(Date.now() < end, `${sql} is not ${wanted}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

test('temporary relations go with their session, also when its connection breaks', async () => {
  await using server = await TestServer.start({ inline: true, barrierIntervalMs: 20 })
  const [one, two] = [await server.connect(), await server.connect()]
  for (const client of [one, two]) {
    await client.query('CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1)')
    await client.query('CREATE VIEW v AS SELECT * FROM t')
  }
  assert.deepEqual(await server.values(COUNT), [4])
  await one.end()
  await until(server, COUNT, 2)
  assert.equal((await two.query('SELECT * FROM v')).rowCount, 1)
  ;(two as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  await until(server, COUNT, 0)
  await until(server, SCHEMAS, 0)
})

test('a session does not reach the temporary relations of another, nor may everybody make some', async () => {
  await using server = await TestServer.start({ inline: true, barrierIntervalMs: 20 })
  const one = await server.connect()
  await one.query('CREATE TEMP TABLE t (a int)')
  const [schema] = await server.values("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pg_temp%'")
  const refused = { code: '0A000', message: 'cannot access temporary tables of other sessions' }
  await assert.rejects(server.rows(`SELECT * FROM ${schema}.t`), refused)
  await assert.rejects(server.rows(`INSERT INTO ${schema}.t VALUES (1)`), refused)
  await assert.rejects(server.rows(`CREATE TABLE ${schema}.u (a int)`), { code: '42P16' })
  await server.rows('CREATE ROLE guest LOGIN')
  const guest = await server.connect({ user: 'guest' })
  await guest.query('CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (2)')
  assert.deepEqual((await guest.query('SELECT a FROM t')).rows, [{ a: 2 }])
  await server.rows('REVOKE TEMP ON DATABASE dev FROM public')
  await assert.rejects(guest.query('CREATE TEMP TABLE u (a int)'), {
    code: '42501',
    message: 'permission denied to create temporary tables in database "dev"',
  })
})

test('what a crash leaves of temporary relations goes at the next start', async () => {
  await using first = await TestServer.start({ inline: true, barrierIntervalMs: 20 })
  await first.rows('CREATE TABLE kept (a int)')
  await first.rows('INSERT INTO kept VALUES (1)')
  await first.rows('CREATE TEMP SEQUENCE s')
  await first.rows("CREATE TEMP TABLE t AS SELECT a, nextval('s') AS n FROM kept")
  await first.rows('CREATE INDEX ON t (n)')
  await first.rows('CREATE VIEW v AS SELECT t.n FROM t JOIN kept USING (a)')
  assert.deepEqual(await first.values(COUNT), [4])
  await using again = await first.afterCrash()
  assert.deepEqual(await again.values(COUNT), [0])
  assert.deepEqual(await again.values(SCHEMAS), [0])
  assert.deepEqual(await again.values('SELECT a FROM kept'), [1])
  await again.rows('CREATE TEMP TABLE t (a int)')
  assert.deepEqual(await again.values('SELECT count(*)::int FROM t'), [0])
  await again.restart()
  assert.deepEqual(await again.values('SELECT a FROM kept'), [1])
})
