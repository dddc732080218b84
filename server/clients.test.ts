import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, test } from 'node:test'
import type pg from 'pg'
import { TestServer } from './test-server.ts'

const server = await TestServer.start()
const client = (database = 'dev') => server.connect({ database })
after(() => server.close())

test('node-postgres runs prepared statements with parameters', async () => {
  const c = await client()
  const { rows } = await c.query('SELECT $1::int + 1 AS a, $2::text AS b, $3::numeric AS c', [41, 'x', null])
  assert.deepEqual(rows, [{ a: 42, b: 'x', c: null }])
  await c.query('CREATE TABLE p (k int PRIMARY KEY, v varchar)')
  assert.equal((await c.query('INSERT INTO p VALUES ($1, $2)', [1, 'é'])).rowCount, 1)
  assert.deepEqual((await c.query({ name: 'get', text: 'SELECT v FROM p WHERE k = $1', values: [1] })).rows, [
    { v: 'é' },
  ])
  assert.deepEqual(
    (await c.query({ name: 'get', text: 'SELECT v FROM p WHERE k = $1', values: [2] })).rows,
    [],
  )
  await c.end()
})

test('an error has SQLSTATE and position, and the session goes on', async () => {
  const c = await client()
  await assert.rejects(c.query('SELECT nope FROM (VALUES (1)) v(a)'), (e: pg.DatabaseError) => {
    assert.deepEqual([e.code, e.position], ['42703', '8'])
    return true
  })
  assert.equal((await c.query('SELECT 1 AS one')).rows[0].one, 1)
  await c.query('CREATE TABLE measurements (k int)')
  await assert.rejects(c.query('SELECT * FROM mesurements'), (e: pg.DatabaseError) => {
    assert.deepEqual([e.code, e.hint], ['42P01', 'Perhaps you meant the table "measurements".'])
    return true
  })
  await c.end()
})

test('an unknown database is refused with 3D000', async () => {
  await assert.rejects(client('nowhere'), (e: pg.DatabaseError) => e.code === '3D000')
})

test('garbage, half a message and a 1 GB length cost only their own connection', async () => {
  const good = await client()
  const startup = Buffer.from(
    `0000001a00030000${Buffer.from('user\0root\0database\0dev\0\0').toString('hex')}`,
    'hex',
  )
  startup.writeInt32BE(startup.length)
  for (const bytes of [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    startup.subarray(0, 9),
    Buffer.concat([startup, Buffer.from('Q\x3f\xff\xff\xff', 'latin1')]),
  ]) {
    const socket = connect(server.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.resume()
    socket.end(bytes)
    await new Promise(resolve => socket.on('close', resolve))
  }
  assert.equal((await good.query('SELECT 2 AS two')).rows[0].two, 2)
  await good.end()
})

test('console, health and metrics answer', async () => {
  const get = async (path: string) =>
    (await fetch(`http://127.0.0.1:${server.running.httpPort}${path}`)).text()
  assert.match(await get('/'), /<title>weir/)
  assert.match(await get('/healthz'), /"status":"ok"/)
  assert.match(await get('/metrics'), /weir_epoch \d+/)
})

test('EXPLAIN as JSON has fragments, exchanges and no number of a relation', async () => {
  const c = await client()
  await c.query('CREATE TABLE explained (k int PRIMARY KEY, v varchar, n bigint)')
  const { rows } = await c.query(
    'EXPLAIN (FORMAT JSON) CREATE MATERIALIZED VIEW e AS SELECT v, sum(n) AS s FROM explained GROUP BY v',
  )
  const plan = JSON.parse(rows[0]['QUERY PLAN'])
  const operators = (nodes: { operator: string; relation?: string }[]) =>
    nodes.map(node => [node.operator, ...(node.relation === undefined ? [] : [node.relation])])
  assert.deepEqual(
    plan.fragments.map((f: { distribution: string; nodes: [] }) => [f.distribution, operators(f.nodes)]),
    [
      ['hash(k)', [['input', 'explained'], ['project']]],
      ['hash(v)', [['aggregate'], ['project'], ['materialize', 'e']]],
    ],
  )
  assert.deepEqual(plan.exchanges, [
    { from: { fragment: 1, node: 2 }, to: { fragment: 2, node: 3 }, distribution: 'hash(v)' },
  ])
  assert.deepEqual(plan.fragments[1].nodes[0].calls, ['sum(n)'])
  const text = await c.query('EXPLAIN SELECT v FROM explained WHERE k = $1', [7])
  assert.match(text.rows.map(row => row['QUERY PLAN']).join('\n'), /lookup: \[k = 7\]/)
  await c.end()
})

test('EXPLAIN ANALYZE runs the query and tells what each node emitted', async () => {
  const c = await client()
  await c.query('CREATE TABLE analyzed (k int); INSERT INTO analyzed VALUES (1), (1), (2)')
  const { rows } = await c.query(
    'EXPLAIN ANALYZE SELECT k, count(*) FROM analyzed WHERE k < $1 GROUP BY k',
    [9],
  )
  const lines = rows.map(row => row['QUERY PLAN'])
  assert.match(lines.pop(), /^Execution Time: \d+\.\d{3} ms$/)
  assert.deepEqual(lines, [
    'project { columns: [k, count(*) AS count], emitted: 2 rows }',
    '└─aggregate { by: [k], calls: [count(*)], emitted: 2 rows }',
    '  └─project { columns: [k], where: (k < 9), emitted: 3 rows }',
    '    └─input analyzed { columns: [k, _row_id], emitted: 3 rows }',
  ])
  await c.end()
})
