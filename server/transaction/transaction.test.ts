import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type pg from 'pg'
import { TestServer } from '../test-server.ts'

const server = await TestServer.start()
after(() => server.close())
const one = await server.connect()
const two = await server.connect()
await one.query('CREATE TABLE t (id int PRIMARY KEY, v int)')

async function fresh(): Promise<void> {
  await one.query('DELETE FROM t')
  await one.query('INSERT INTO t VALUES (1, 10), (2, 20)')
}

const values = async (client: pg.Client, text = 'SELECT v FROM t ORDER BY id'): Promise<unknown[]> =>
  (await client.query({ text, rowMode: 'array' })).rows.flat()

const waiting = (promise: Promise<unknown>): Promise<boolean> =>
  Promise.race([promise.then(() => false), new Promise<boolean>(resolve => setTimeout(resolve, 300, true))])

test('others see the changes of a block when it is committed, all at once', async () => {
  await fresh()
  await one.query('BEGIN')
  await one.query('UPDATE t SET v = v - 5 WHERE id = $1', [1])
  await one.query('UPDATE t SET v = v + 5 WHERE id = $1', [2])
  assert.deepEqual(await values(one), [5, 25])
  assert.deepEqual(await values(two), [10, 20])
  await one.query('COMMIT')
  assert.deepEqual(await values(two), [5, 25])
})

test('a prepared statement reads what its block has changed, and not after it', async () => {
  await fresh()
  const read = async () =>
    (await one.query({ name: 'by-id', text: 'SELECT v FROM t WHERE id = $1', values: [1] })).rows[0].v
  assert.equal(await read(), 10)
  await one.query('BEGIN')
  await one.query('UPDATE t SET v = 11 WHERE id = 1')
  assert.equal(await read(), 11)
  assert.deepEqual(await values(one, 'SELECT v FROM t WHERE id = 1'), [11])
  await one.query('ROLLBACK')
  assert.equal(await read(), 10)
  assert.deepEqual(await values(one, 'SELECT v FROM t WHERE id = 1'), [10])
})

test('who changes rows of a table waits for the block that has, and sees what it did', async () => {
  await fresh()
  await one.query('BEGIN')
  await one.query('UPDATE t SET v = 100 WHERE id = 1')
  const second = two.query('UPDATE t SET v = v + 1 WHERE id = 1')
  assert.ok(await waiting(second))
  await one.query('COMMIT')
  await second
  assert.deepEqual(await values(two), [101, 20])
})

test('a block whose client is gone did not happen, and nobody waits for it', async () => {
  await fresh()
  const third = await server.connect()
  await third.query('BEGIN')
  await third.query('DELETE FROM t')
  const change = two.query('UPDATE t SET v = v + 1')
  assert.ok(await waiting(change))
  await third.end()
  await change
  assert.deepEqual(await values(two), [11, 21])
})

test('of two blocks that wait for each other one is refused', async () => {
  await fresh()
  await one.query('CREATE TABLE u (id int PRIMARY KEY, v int)')
  await one.query('INSERT INTO u VALUES (1, 1)')
  await one.query('BEGIN')
  await two.query('BEGIN')
  await one.query('UPDATE t SET v = 1')
  await two.query('UPDATE u SET v = 2')
  const first = one.query('UPDATE u SET v = 3')
  assert.ok(await waiting(first))
  await assert.rejects(two.query('UPDATE t SET v = 4'), { code: '40P01' })
  await two.query('ROLLBACK')
  await first
  await one.query('COMMIT')
  assert.deepEqual(await values(two, 'SELECT t.v, u.v FROM t JOIN u USING (id)'), [1, 3])
})

test('lock_timeout, and a statement that is cancelled, end the waiting', async () => {
  await fresh()
  await one.query('BEGIN')
  await one.query('DELETE FROM t')
  await two.query("SET lock_timeout = '100ms'")
  await assert.rejects(two.query('DELETE FROM t'), { code: '55P03' })
  await two.query("SET lock_timeout = 0; SET statement_timeout = '100ms'")
  await assert.rejects(two.query('DELETE FROM t'), { code: '57014' })
  await two.query('SET statement_timeout = 0')
  await one.query('ROLLBACK')
  await two.query('DELETE FROM t WHERE id = 1')
  assert.deepEqual(await values(one), [20])
})

test('FOR UPDATE keeps other changes waiting, NOWAIT and SKIP LOCKED do not wait', async () => {
  await fresh()
  await one.query('BEGIN')
  assert.deepEqual(await values(one, 'SELECT v FROM t WHERE id = 1 FOR UPDATE'), [10])
  const change = two.query('UPDATE t SET v = v + 1 WHERE id = 1')
  assert.ok(await waiting(change))
  const third = await server.connect()
  await third.query('BEGIN')
  assert.deepEqual(await values(third, 'SELECT v FROM t x FOR NO KEY UPDATE OF x SKIP LOCKED'), [])
  await assert.rejects(third.query('SELECT v FROM t FOR SHARE NOWAIT'), { code: '55P03' })
  await third.query('ROLLBACK')
  assert.deepEqual(await values(third, 'SELECT v FROM t ORDER BY id FOR UPDATE'), [10, 20])
  await one.query('UPDATE t SET v = 50 WHERE id = 1')
  await one.query('COMMIT')
  await change
  assert.deepEqual(await values(one), [51, 20])
})

test('FOR UPDATE of a view locks the tables that it reads', async () => {
  await fresh()
  await one.query('CREATE VIEW inner_seen AS SELECT * FROM t; CREATE VIEW seen AS SELECT v FROM inner_seen')
  await one.query('BEGIN')
  assert.deepEqual(await values(one, 'SELECT v FROM seen WHERE v = 10 FOR UPDATE'), [10])
  await two.query('BEGIN')
  await assert.rejects(two.query('SELECT v FROM t FOR UPDATE NOWAIT'), { code: '55P03' })
  await two.query('ROLLBACK')
  await one.query('COMMIT')
  await one.query('DROP VIEW inner_seen CASCADE')
})

test('many sessions that read and then write lose no change', async () => {
  await fresh()
  await one.query('UPDATE t SET v = 0')
  const clients = await Promise.all(Array.from({ length: 4 }, () => server.connect()))
  await Promise.all(
    clients.map(async client => {
      for (let i = 0; i < 5; i++) {
        await client.query('BEGIN')
        await client.query('UPDATE t SET v = v + 1')
        await client.query('UPDATE t SET v = v + 1 WHERE id = 2')
        await client.query('COMMIT')
      }
    }),
  )
  assert.deepEqual(await values(one), [20, 40])
})

test('a circle of a locked table and of changed rows is told too', async () => {
  await fresh()
  await one.query('CREATE TABLE locked (k int)')
  await one.query('BEGIN; LOCK TABLE locked IN EXCLUSIVE MODE')
  await two.query('BEGIN; UPDATE t SET v = 1')
  const first = two.query('INSERT INTO locked VALUES (1)')
  assert.ok(await waiting(first))
  await assert.rejects(one.query('UPDATE t SET v = 2'), { code: '40P01' })
  await one.query('ROLLBACK')
  await first
  await two.query('ROLLBACK')
})

test('FOR UPDATE waits where LOCK TABLE keeps it out', async () => {
  await one.query('BEGIN; LOCK TABLE t IN EXCLUSIVE MODE')
  assert.deepEqual(await values(two, 'SELECT 1 FROM t LIMIT 0'), [])
  await two.query('BEGIN')
  const locking = two.query('SELECT v FROM t FOR UPDATE')
  assert.ok(await waiting(locking))
  await one.query('ROLLBACK')
  await locking
  await two.query('ROLLBACK')
})

test('ROLLBACK TO takes back what came after what was made and written in between', async () => {
  await fresh()
  await one.query('BEGIN')
  await one.query('INSERT INTO t VALUES (3, 30)')
  await one.query('SAVEPOINT s')
  await one.query('CREATE TABLE between (a int)')
  await one.query('INSERT INTO t VALUES (4, 40)')
  await one.query('ROLLBACK TO s')
  await one.query('COMMIT')
  assert.deepEqual(await values(two), [10, 20, 30])
})

test('rows without a key that a block has changed are themselves after ROLLBACK TO', async () => {
  await one.query('CREATE TABLE bare (a int)')
  await one.query('BEGIN')
  await one.query('INSERT INTO bare VALUES (1)')
  await one.query('UPDATE bare SET a = 2')
  await one.query('SAVEPOINT s')
  await one.query('INSERT INTO bare VALUES (3)')
  await one.query('ROLLBACK TO s')
  await one.query('COMMIT')
  assert.deepEqual(await values(two, 'SELECT a, _row_id > 0 FROM bare'), [2, true])
})

test('a held cursor on a row of an earlier block takes none of a later one for it', async () => {
  await one.query('CREATE TABLE unkeyed (a int)')
  await one.query('BEGIN; INSERT INTO unkeyed VALUES (1)')
  await one.query('DECLARE h CURSOR WITH HOLD FOR SELECT a FROM unkeyed; COMMIT')
  await one.query('BEGIN; INSERT INTO unkeyed VALUES (2)')
  assert.deepEqual(await values(one, 'FETCH 1 FROM h'), [1])
  assert.deepEqual(await values(one, 'SELECT a FROM unkeyed ORDER BY a'), [1, 2])
  await one.query('UPDATE unkeyed SET a = 9 WHERE CURRENT OF h')
  await one.query('COMMIT; CLOSE h')
  assert.deepEqual(await values(two, 'SELECT a FROM unkeyed ORDER BY a'), [1, 2])
})

test('a read-only block locks no rows', async () => {
  for (const sql of ['SELECT v FROM t FOR NO KEY UPDATE', 'DECLARE c CURSOR FOR SELECT v FROM t FOR SHARE']) {
    const strength = /FOR (NO.*|SHARE)$/.exec(sql)![1]
    await one.query('BEGIN READ ONLY')
    await assert.rejects(one.query(sql), {
      code: '25006',
      message: `cannot execute SELECT FOR ${strength} in a read-only transaction`,
    })
    await one.query('ROLLBACK')
  }
})

test('a block that becomes read-only goes on reading what it has changed', async () => {
  await fresh()
  await one.query('BEGIN; INSERT INTO t VALUES (3, 30); SET TRANSACTION READ ONLY')
  assert.deepEqual(await values(one), [10, 20, 30])
  await one.query('COMMIT')
  assert.deepEqual(await values(two), [10, 20, 30])
})

test('TRUNCATE … RESTART IDENTITY does not wait for COMMIT: no number comes twice', async () => {
  await one.query('CREATE TABLE numbered (id serial PRIMARY KEY, v text)')
  await one.query("INSERT INTO numbered (v) VALUES ('a'), ('b')")
  await one.query('BEGIN')
  await one.query('INSERT INTO numbered (v) VALUES ($1)', ['c'])
  await one.query('TRUNCATE numbered RESTART IDENTITY')
  await one.query('ROLLBACK')
  assert.deepEqual(await values(two, "INSERT INTO numbered (v) VALUES ('d') RETURNING id"), [1])
  assert.deepEqual(await values(two, 'SELECT v FROM numbered'), ['d'])
})

test('ON COMMIT DELETE ROWS is no change of the block that COMMIT AND CHAIN begins', async () => {
  await one.query('CREATE TEMP TABLE scratch (a int) ON COMMIT DELETE ROWS')
  await one.query('BEGIN; INSERT INTO scratch VALUES (1); COMMIT AND CHAIN')
  await assert.rejects(one.query('SELECT 1 / 0'), { code: '22012' })
  // It has changed nothing, so it goes on reading.
  assert.deepEqual(await values(one, 'SELECT count(*) FROM scratch'), ['0'])
  await one.query('ROLLBACK')
})

test('a cursor that was held before a block outlives its ROLLBACK', async () => {
  await one.query('DECLARE held CURSOR WITH HOLD FOR SELECT generate_series(1, 3)')
  await one.query('BEGIN; DECLARE own CURSOR WITH HOLD FOR SELECT 1; ROLLBACK')
  assert.deepEqual(await values(one, 'FETCH 2 FROM held'), [1, 2])
  await assert.rejects(one.query('FETCH 1 FROM own'), { code: '34000' })
  await one.query('CLOSE held')
})

test('a cursor reads what its block had changed when it was declared, whatever comes after', async () => {
  await fresh()
  await one.query('INSERT INTO t SELECT g, g FROM generate_series(3, 3000) g')
  await one.query('BEGIN')
  await one.query('UPDATE t SET v = -1 WHERE id = 1')
  await one.query('DELETE FROM t WHERE id = 2')
  await one.query('INSERT INTO t VALUES (5000, -2)')
  await one.query('DECLARE c CURSOR FOR SELECT v FROM t WHERE v < 0 OR id > 2998')
  await one.query('SAVEPOINT s')
  await one.query('UPDATE t SET v = -3 WHERE id IN (1, 3000)')
  await one.query('DELETE FROM t WHERE id > 2999')
  assert.deepEqual(await values(one, 'SELECT v FROM t WHERE v < 0 OR id > 2998'), [2999, -3])
  const sorted = (numbers: unknown[]) => (numbers as number[]).toSorted((a, b) => a - b)
  assert.deepEqual(sorted(await values(one, 'FETCH 2 FROM c')).length, 2)
  await one.query('ROLLBACK TO s')
  await one.query('UPDATE t SET v = 0 WHERE id = 1')
  await one.query('MOVE ABSOLUTE 0 IN c')
  assert.deepEqual(sorted(await values(one, 'FETCH ALL FROM c')), [-2, -1, 2999, 3000])
  await one.query('COMMIT')
  assert.deepEqual(sorted(await values(two, 'SELECT v FROM t WHERE id IN (1, 2, 3000, 5000)')), [-2, 0, 3000])
})

test('ROLLBACK TO closes the cursors that were declared after the savepoint', async () => {
  await one.query('BEGIN; DECLARE before CURSOR FOR SELECT generate_series(1, 3); SAVEPOINT s')
  await one.query('DECLARE later CURSOR FOR SELECT 1; ROLLBACK TO s')
  assert.deepEqual(await values(one, 'FETCH 2 FROM before'), [1, 2])
  await assert.rejects(one.query('FETCH 1 FROM later'), { code: '34000' })
  await one.query('ROLLBACK')
})

test('a table that was altered meanwhile takes no rows of before', async () => {
  await one.query('CREATE TABLE w (a int)')
  await one.query('BEGIN')
  await one.query('INSERT INTO w VALUES (1)')
  await two.query('ALTER TABLE w ADD COLUMN b int')
  await assert.rejects(one.query('COMMIT'), { code: '55006' })
  assert.deepEqual(await values(one, 'SELECT count(*) FROM w'), ['0'])
  await one.query('BEGIN')
  await one.query('INSERT INTO w VALUES (1, 2)')
  await two.query('DROP TABLE w')
  await assert.rejects(one.query('COMMIT'), { code: '55006' })
})

test('ReadyForQuery and pg_stat_activity tell a block that failed', async () => {
  await fresh()
  await one.query('BEGIN')
  await one.query('INSERT INTO t VALUES (7, 7)')
  await assert.rejects(one.query('SELECT nothing'), { code: '42703' })
  const { pid } = (await two.query('SELECT pg_backend_pid() AS pid')).rows[0]
  const states = await values(
    two,
    `SELECT state FROM pg_stat_activity WHERE pid <> ${pid} AND state LIKE '%abort%'`,
  )
  assert.deepEqual(states, ['idle in transaction (aborted)'])
  for (const sql of ['INSERT INTO t VALUES (8, 8)', 'SELECT nothing', 'FETCH 1 FROM nothing'])
    await assert.rejects(one.query(sql), { code: '25P02' })
  await assert.rejects(one.query('SELECT $1::nothing', [1]), { code: '25P02' })
  await one.query('COMMIT')
  assert.deepEqual(await values(two, 'SELECT count(*) FROM t WHERE id > 2'), ['0'])
})

test('what was committed is there after a restart', async () => {
  await fresh()
  await one.query(
    'BEGIN; UPDATE t SET v = 1; INSERT INTO t VALUES (3, 1); DELETE FROM t WHERE id = 1; COMMIT',
  )
  await server.restart()
  assert.deepEqual(await server.values('SELECT id FROM t ORDER BY 1'), [2, 3])
})
