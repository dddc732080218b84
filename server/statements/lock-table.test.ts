import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { TestServer } from '../test-server.ts'

/** Whether a statement is still under way after a while. */
async function waits(statement: Promise<unknown>): Promise<boolean> {
  return Promise.race([statement.then(() => false), sleep(100, true)])
}

const code = (error: { code?: string }) => error.code

/** Runs some statements at the clients. */
const at = async (client: pg.Client, ...statements: string[]) => {
  for (const sql of statements) await client.query(sql)
}

test('a locked table keeps from it what PostgreSQL would keep, until the block ends', async () => {
  await using server = await TestServer.start({ inline: true })
  const [a, b] = [await server.connect(), await server.connect()]
  const reset = () => at(a, 'DROP TABLE IF EXISTS t', 'CREATE TABLE t (k int PRIMARY KEY, v int)')
  const attempts = {
    'SELECT count(*) FROM t': ['access exclusive'],
    'SELECT v FROM t WHERE k = 1': ['access exclusive'],
    'INSERT INTO t VALUES (1, 1)': ['share', 'share row exclusive', 'exclusive', 'access exclusive'],
    'WITH w AS (DELETE FROM t RETURNING k) SELECT * FROM w': ['share', 'access exclusive'],
    'TRUNCATE t': ['access share', 'row exclusive', 'access exclusive'],
    'ALTER TABLE t ADD COLUMN w int': ['access share', 'access exclusive'],
    'CREATE INDEX t_v ON t (v)': ['row exclusive', 'share row exclusive'],
    'DROP TABLE t': ['access share', 'exclusive'],
  }
  for (const [sql, modes] of Object.entries(attempts))
    for (const mode of ['access share', 'row exclusive', 'share', 'exclusive', 'access exclusive']) {
      const keeps = modes.includes(mode)
      // Only what is listed is told of each statement.
      if (!keeps && mode !== 'access share') continue
      await reset()
      await at(a, 'BEGIN', `LOCK TABLE t IN ${mode} MODE`)
      const attempt = b.query(sql)
      if (keeps) assert.ok(await waits(attempt), `${sql} beside ${mode}`)
      else await attempt
      await at(a, 'COMMIT')
      await attempt
    }
})

test('who has locked a table goes on, others are in turn, and a writer is waited for', async () => {
  await using server = await TestServer.start({ inline: true })
  const clients = await Promise.all(Array.from({ length: 4 }, () => server.connect()))
  await server.rows('CREATE TABLE counted (n int)')
  await server.rows('INSERT INTO counted VALUES (0)')
  const add = async (client: pg.Client) => {
    for (let i = 0; i < 5; i++) {
      await at(client, 'BEGIN', 'LOCK counted IN EXCLUSIVE MODE')
      const { rows } = await client.query('SELECT n FROM counted')
      await at(client, `UPDATE counted SET n = ${rows[0].n + 1}`, 'COMMIT')
    }
  }
  await Promise.all(clients.map(add))
  assert.deepEqual(await server.values('SELECT n FROM counted'), [20])
})

test('NOWAIT, lock_timeout, cancel, a deadlock and a session that leaves', async () => {
  await using server = await TestServer.start({ inline: true })
  const [a, b] = [await server.connect(), await server.connect()]
  await at(a, 'CREATE TABLE t (k int)', 'CREATE TABLE u (k int)', 'CREATE VIEW v AS SELECT k FROM t')
  await assert.rejects(a.query('LOCK TABLE t'), { code: '25P01' })
  await at(a, 'BEGIN', 'LOCK TABLE v IN SHARE MODE')
  const fails = async (sql: string) => {
    const failed = await b.query(sql).catch(code)
    await at(b, 'ROLLBACK TO s')
    return failed
  }
  await at(b, 'BEGIN', 'LOCK t IN SHARE MODE NOWAIT', 'SAVEPOINT s')
  assert.equal(await fails('LOCK t NOWAIT'), '55P03')
  await at(b, "SET lock_timeout = '50ms'", 'SAVEPOINT s')
  assert.equal(await fails('INSERT INTO t VALUES (1)'), '55P03')
  await at(b, 'RESET lock_timeout', "SET statement_timeout = '50ms'", 'SAVEPOINT s')
  assert.equal(await fails('LOCK t'), '57014')
  await at(b, 'RESET statement_timeout', 'LOCK TABLE u IN EXCLUSIVE MODE', 'SAVEPOINT s')
  // Each has SHARE of t; a waits for u, so b must not wait for a.
  const waiting = a.query('DELETE FROM u')
  assert.ok(await waits(waiting))
  assert.equal(await fails('INSERT INTO t VALUES (1)'), '40P01')
  await b.end()
  await waiting
  await at(a, 'INSERT INTO t VALUES (2)', 'COMMIT')
  await at(a, 'BEGIN READ ONLY', 'LOCK t IN ACCESS SHARE MODE', 'LOCK pg_class IN ACCESS SHARE MODE')
  assert.equal(await a.query('LOCK t IN SHARE MODE').catch(code), '25006')
  await at(a, 'ROLLBACK', 'CREATE SEQUENCE q', 'CREATE USER reader', 'GRANT SELECT ON t TO reader')
  await at(a, 'BEGIN')
  await assert.rejects(a.query('LOCK q'), { code: '42809', message: 'cannot lock relation "q"' })
  await at(a, 'ROLLBACK', 'BEGIN')
  await assert.rejects(a.query('LOCK nothing'), { code: '42P01' })
  await at(a, 'ROLLBACK', 'BEGIN', 'SET ROLE reader', 'LOCK t IN ACCESS SHARE MODE')
  assert.equal(await a.query('LOCK t').catch(code), '42501')
})

test('a lock waits for the changes of an open block, and its holder reads them', async () => {
  await using server = await TestServer.start({ inline: true })
  const [a, b] = [await server.connect(), await server.connect()]
  await at(a, 'CREATE TABLE t (k int)', 'BEGIN', 'INSERT INTO t VALUES (1)', 'INSERT INTO t VALUES (2)')
  await at(b, 'BEGIN')
  const locked = b.query('LOCK t IN SHARE MODE')
  assert.ok(await waits(locked))
  await at(a, 'COMMIT')
  await locked
  assert.deepEqual((await b.query('SELECT count(*) AS n FROM t')).rows, [{ n: '2' }])
  const inserted = a.query('INSERT INTO t VALUES (3)')
  assert.ok(await waits(inserted))
  await at(b, 'ROLLBACK')
  await inserted
})

test('a view that is of another table after the wait is waited for there', async () => {
  await using server = await TestServer.start({ inline: true })
  const [a, b, c] = [await server.connect(), await server.connect(), await server.connect()]
  for (const change of ['UPDATE v SET n = n + 1', 'WITH w AS (UPDATE v SET n = n + 1) SELECT 1']) {
    await at(a, 'DROP VIEW IF EXISTS v', 'DROP TABLE IF EXISTS one, two', 'CREATE TABLE one (n int)')
    await at(
      a,
      'CREATE TABLE two (n int)',
      'INSERT INTO two VALUES (1)',
      'CREATE VIEW v AS SELECT n FROM one',
    )
    await at(a, 'BEGIN', 'LOCK TABLE one')
    const changed = b.query(change)
    assert.equal(await waits(changed), true)
    await at(c, 'CREATE OR REPLACE VIEW v AS SELECT n FROM two', 'BEGIN', 'UPDATE two SET n = n * 10')
    await a.query('COMMIT')
    assert.equal(await waits(changed), true, change)
    await c.query('COMMIT')
    await changed
    assert.deepEqual(await server.rows('SELECT n FROM two'), [[11]])
  }
})
