import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import type pg from 'pg'
import { TestServer } from '../test-server.ts'

const server = await TestServer.start()
after(() => server.close())
const one = await server.connect()
const two = await server.connect()
await one.query('CREATE TABLE t (k int PRIMARY KEY, v int)')
await one.query('CREATE TABLE bag (v int)')
await one.query('CREATE TABLE once (k int PRIMARY KEY, v int) ON CONFLICT DO NOTHING')
await one.query('CREATE MATERIALIZED VIEW total AS SELECT sum(v) AS s FROM t')

beforeEach(async () => {
  for (const table of ['t', 'bag', 'once']) await one.query(`DELETE FROM ${table}`)
  await one.query('INSERT INTO t VALUES (1, 10)')
})

const values = async (client: pg.Client, text: string): Promise<unknown[]> =>
  (await client.query({ text, rowMode: 'array' })).rows.flat()

interface Wire {
  parse(message: object): void
  bind(message: object): void
  execute(message: object): void
  sync(): void
}

/** Statements sent one behind the other, with one Sync behind all; resolves with the tags, or the code of the error behind them. */
function pipeline(client: pg.Client, texts: readonly string[]): Promise<string[]> {
  return new Promise(resolve => {
    const answers: string[] = []
    const submittable = {
      submit(wire: Wire) {
        for (const text of texts) {
          wire.parse({ name: '', text, types: [] })
          wire.bind({ portal: '', statement: '', values: [] })
          wire.execute({ portal: '', rows: 0 })
        }
        wire.sync()
      },
      handleRowDescription() {},
      handleDataRow() {},
      handlePortalSuspended() {},
      handleEmptyQuery() {},
      handleCommandComplete: ({ text }: { text: string }) => answers.push(text),
      // Its last answer: the client drops it then.
      handleError: ({ code }: { code: string }) => resolve([...answers, code]),
      handleReadyForQuery: () => resolve(answers),
    }
    client.query(submittable as unknown as pg.Query)
  })
}

test('the changes of one message are one transaction', async () => {
  await one.query('INSERT INTO t VALUES (2, 20); UPDATE t SET v = v + 1; DELETE FROM t WHERE v = 11')
  assert.deepEqual(await values(two, 'SELECT k, v FROM t'), [2, 21])
  await assert.rejects(
    one.query('DELETE FROM t; INSERT INTO bag VALUES (1); SELECT 1 / 0; DELETE FROM bag'),
    {
      code: '22012',
    },
  )
  assert.deepEqual(await values(two, 'SELECT k FROM t UNION ALL SELECT v FROM bag'), [2])
})

test('so are those of all messages up to a Sync', async () => {
  const inserts = Array.from({ length: 300 }, (_, i) => `INSERT INTO t VALUES (${i + 10}, 1)`)
  assert.equal((await pipeline(one, inserts)).length, 300)
  assert.deepEqual(await values(two, 'SELECT count(*)::int FROM t'), [301])
  const failing = [
    'DELETE FROM t',
    'INSERT INTO bag VALUES (1) RETURNING v',
    'INSERT INTO t VALUES (1 / 0, 1)',
  ]
  assert.deepEqual(await pipeline(one, [...failing, 'SELECT 1']), ['DELETE 301', 'INSERT 0 1', '22012'])
  assert.deepEqual(await values(two, 'SELECT count(*)::int FROM t'), [301])
  assert.deepEqual(await values(two, 'SELECT * FROM bag'), [])
})

test('BEGIN takes what came before it in the message into its block', async () => {
  await one.query('INSERT INTO bag VALUES (1); BEGIN; INSERT INTO bag VALUES (2)')
  assert.deepEqual(await values(one, 'SELECT v FROM bag ORDER BY v'), [1, 2])
  assert.deepEqual(await values(two, 'SELECT v FROM bag'), [])
  await one.query('ROLLBACK')
  assert.deepEqual(await values(one, 'SELECT v FROM bag'), [])
})

test('COMMIT and ROLLBACK in a message end what came before them', async () => {
  await one.query('INSERT INTO bag VALUES (1); ROLLBACK; INSERT INTO bag VALUES (2); COMMIT')
  const last = 'INSERT INTO bag VALUES (3); COMMIT; INSERT INTO bag VALUES (4); SELECT 1 / 0'
  await assert.rejects(one.query(last), { code: '22012' })
  assert.deepEqual(await values(two, 'SELECT v FROM bag ORDER BY v'), [2, 3])
})

test('who would not see what waits has it committed first', async () => {
  const [, total] = (await one.query(
    'INSERT INTO t VALUES (2, 5); SELECT s::int FROM total',
  )) as unknown as pg.QueryResult[]
  assert.deepEqual(total!.rows, [{ s: 15 }])
  await one.query(
    'INSERT INTO once VALUES (1, 1); INSERT INTO once VALUES (1, 2); UPDATE once SET v = v + 10',
  )
  assert.deepEqual(await values(two, 'SELECT v FROM once'), [11])
  await one.query('INSERT INTO bag VALUES (7); CREATE TABLE made AS SELECT * FROM bag; DROP TABLE made')
  assert.deepEqual(await values(two, 'SELECT v FROM bag'), [7])
})

test('what reads views of tables does not have it committed first', async () => {
  await one.query('CREATE VIEW seen AS SELECT k, v FROM t; CREATE VIEW summed AS SELECT s FROM total')
  await assert.rejects(one.query('INSERT INTO t VALUES (2, 20); SELECT count(*) FROM seen; SELECT 1 / 0'))
  assert.deepEqual(await values(two, 'SELECT k FROM t'), [1])
  await one.query(
    'INSERT INTO bag SELECT 1; INSERT INTO t VALUES (2, 5); INSERT INTO bag SELECT s FROM summed',
  )
  assert.deepEqual(await values(two, 'SELECT v FROM bag ORDER BY v'), [1, 15])
})

test('a function in SQL sees what waits, too', async () => {
  await one.query('CREATE FUNCTION sums() RETURNS bigint LANGUAGE sql AS $$ SELECT s FROM total $$')
  await one.query('CREATE FUNCTION twice() RETURNS bigint LANGUAGE sql AS $$ SELECT 2 * sums() $$')
  await one.query('CREATE FUNCTION three() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) + 2 FROM t $$')
  await one.query('INSERT INTO t VALUES (2, 5); INSERT INTO bag SELECT twice()')
  assert.deepEqual(await values(two, 'SELECT v FROM bag'), [30])
  await assert.rejects(one.query('DELETE FROM bag; INSERT INTO bag SELECT three(); SELECT 1 / 0'))
  assert.deepEqual(await values(two, 'SELECT v FROM bag'), [30])
})

test('EXECUTE is what it was prepared of', async () => {
  await one.query('PREPARE put (int) AS INSERT INTO bag VALUES ($1)')
  await assert.rejects(one.query('EXECUTE put (1); EXECUTE put (2); SELECT 1 / 0'), { code: '22012' })
  assert.deepEqual(await values(two, 'SELECT v FROM bag'), [])
  await one.query('EXECUTE put (1); EXECUTE put (2)')
  assert.deepEqual(await values(two, 'SELECT v FROM bag ORDER BY v'), [1, 2])
})

test('what a statement of a message locks is locked until its end', async () => {
  const all = two.query('SELECT v FROM t FOR UPDATE; SELECT pg_sleep(0.5); UPDATE t SET v = v + 1')
  const taken = async (): Promise<boolean> => {
    await one.query('BEGIN')
    const error = await one.query('SELECT v FROM t FOR UPDATE NOWAIT').then(() => undefined, String)
    await one.query('ROLLBACK')
    return error?.includes('could not obtain lock') === true
  }
  let isDone = false
  const done = all.finally(() => {
    isDone = true
  })
  while (!(await taken())) assert.equal(isDone, false)
  await one.query('UPDATE t SET v = v * 2')
  await done
  assert.deepEqual(await values(one, 'SELECT v FROM t'), [22])
})

test('SET CONSTRAINTS is about the message', async () => {
  await one.query('CREATE TABLE child (k int REFERENCES t DEFERRABLE)')
  await one.query('SET CONSTRAINTS ALL DEFERRED; INSERT INTO child VALUES (7); INSERT INTO t VALUES (7, 7)')
  assert.deepEqual(await values(two, 'SELECT k FROM child'), [7])
  const late = 'SET CONSTRAINTS ALL DEFERRED; INSERT INTO child VALUES (8)'
  await assert.rejects(one.query(late), { code: '23503' })
  await assert.rejects(one.query('INSERT INTO child VALUES (8); INSERT INTO t VALUES (8, 8)'), {
    code: '23503',
  })
  await one.query('DROP TABLE child')
})

test('the last statement is not said to be done before all of them are', async () => {
  await one.query('CREATE TABLE child (k int REFERENCES t DEFERRABLE INITIALLY DEFERRED)')
  const answers: string[] = []
  const heard = (message: { text: string }) => answers.push(message.text)
  const { connection } = one as unknown as { connection: NodeJS.EventEmitter }
  connection.on('commandComplete', heard)
  await assert.rejects(one.query('DELETE FROM bag; INSERT INTO child VALUES (9)'), { code: '23503' })
  connection.off('commandComplete', heard)
  assert.deepEqual(answers, ['DELETE 0'])
  await one.query('DROP TABLE child')
})

test('what a message that fails has said is not heard', async () => {
  const heard: string[] = []
  two.on('notification', ({ payload }) => heard.push(payload!))
  await two.query('LISTEN ch')
  await assert.rejects(one.query("NOTIFY ch, 'a'; SELECT 1 / 0"))
  await assert.rejects(one.query("NOTIFY ch, 'b'; COMMIT; NOTIFY ch, 'c'; SELECT 1 / 0"))
  await one.query("NOTIFY ch, 'd'; ROLLBACK; NOTIFY ch, 'e'")
  await two.query('SELECT 1')
  assert.deepEqual(heard, ['b', 'e'])
})

test('a message locks only while it is answered', async () => {
  await one.query('UPDATE t SET v = v + 1; UPDATE t SET v = v + 1')
  await assert.rejects(one.query('UPDATE t SET v = v + 1; SELECT 1 / 0'))
  await two.query("SET lock_timeout = '2s'")
  await two.query('UPDATE t SET v = v + 1')
  assert.deepEqual(await values(one, 'SELECT v FROM t'), [13])
})
