import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { rowsOf, TestServer } from '../test-server.ts'

const server = await TestServer.start()
const client = await server.connect()
const rows = (text: string) => rowsOf(client, text)
after(() => server.close())

test('a cursor gives the rows there were, then each change once, and waits for more', async () => {
  await client.query('CREATE TABLE t (k int PRIMARY KEY, v text)')
  await client.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  await client.query("CREATE SUBSCRIPTION s FROM t WITH (retention = '1 day')")
  await client.query("UPDATE t SET v = 'c' WHERE k = 2")
  await client.query('DECLARE whole SUBSCRIPTION CURSOR FOR s FULL')
  await client.query('DECLARE begun SUBSCRIPTION CURSOR FOR s SINCE begin()')
  await client.query('DECLARE late SUBSCRIPTION CURSOR FOR s')
  const there = await rows('FETCH 10 FROM whole')
  assert.deepEqual(there.sort(), [
    [1, 'a', 'Insert', null],
    [2, 'c', 'Insert', null],
  ])
  assert.deepEqual(await rows('FETCH NEXT FROM whole'), [])
  assert.deepEqual(await rows('FETCH NEXT FROM late'), [])
  await client.query("INSERT INTO t VALUES (3, 'd')")
  await client.query('DELETE FROM t WHERE k = 1')
  for (const cursor of ['whole', 'late']) {
    const [first] = await rows(`FETCH NEXT FROM ${cursor}`)
    assert.deepEqual(first!.slice(0, 3), [3, 'd', 'Insert'])
    assert.ok(Math.abs(Number(first![3]) - Date.now()) < 60_000)
    const [second, ...others] = await rows(`FETCH 5 FROM ${cursor}`)
    assert.deepEqual(second!.slice(0, 3), [1, 'a', 'Delete'])
    assert.deepEqual(others, [])
  }
  const begun = await rows('FETCH 10 FROM begun')
  assert.deepEqual(
    begun.map(row => `${row[2]} ${row[0]} ${row[1]}`),
    ['UpdateDelete 2 b', 'UpdateInsert 2 c', 'Insert 3 d', 'Delete 1 a'],
  )
})

test('a cursor of an empty relation begins with what comes', async () => {
  await client.query('CREATE TABLE e (v int)')
  await client.query("CREATE SUBSCRIPTION es FROM e WITH (retention = '1 day')")
  await client.query('DECLARE ec SUBSCRIPTION CURSOR FOR es FULL')
  assert.deepEqual(await rows('FETCH 5 FROM ec'), [])
  await client.query('INSERT INTO e SELECT * FROM generate_series(1, 2500)')
  const all = await rows('FETCH ALL FROM ec')
  assert.equal(new Set(all.map(row => row[0])).size, 2500)
})

test('FETCH WITH (timeout) waits for a first change as long as it says, can be canceled, and SHOW tells the cursors', async () => {
  await client.query('CREATE TABLE w (v int)')
  await client.query("CREATE SUBSCRIPTION ws FROM w WITH (retention = '1 day')")
  await client.query('DECLARE wc SUBSCRIPTION CURSOR FOR ws')
  await client.query('DECLARE plain CURSOR FOR SELECT v FROM w')
  const started = Date.now()
  assert.deepEqual(await rows("FETCH 5 FROM wc WITH (timeout = '300ms')"), [])
  assert.ok(Date.now() - started >= 300)
  assert.deepEqual(await rows("FETCH 5 FROM plain WITH (timeout = '20s')"), [])
  const waiting = rows("FETCH 5 FROM wc WITH (timeout = '20s')")
  const other = await server.connect()
  await other.query('INSERT INTO w VALUES (7)')
  assert.deepEqual(
    (await waiting).map(row => row[0]),
    [7],
  )
  await client.query("SET statement_timeout = '200ms'")
  await assert.rejects(rows("FETCH 5 FROM wc WITH (timeout = '20s')"), { code: '57014' })
  await client.query('SET statement_timeout = 0')
  await assert.rejects(rows("FETCH 5 FROM wc WITH (timeout = 'soon')"), { code: '22023' })
  await assert.rejects(rows("FETCH 5 FROM wc WITH (patience = '1s')"), { code: '42601' })
  const shown = await other.query({ text: 'SHOW SUBSCRIPTION CURSORS', rowMode: 'array' })
  const own = shown.rows.filter((row: unknown[]) => row[4] === 'wc')
  assert.deepEqual(
    own.map((row: unknown[]) => row.slice(1)),
    [['root', '127.0.0.1', 'dev', 'wc', 'ws']],
  )
  const all = await other.query({ text: 'SHOW CURSORS', rowMode: 'array' })
  assert.deepEqual(
    all.rows
      .map((row: unknown[]) => String(row[4]))
      .filter(name => /^(wc|plain)$/.test(name))
      .sort(),
    ['plain', 'wc'],
  )
  await other.end()
})
