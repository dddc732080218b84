import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DIALECT_POINTS } from '../types/sql-dialect.ts'
import { TestServer } from './test-server.ts'

const RISINGWAVE = '-c sql_dialect=risingwave'

test('ALTER SYSTEM makes a dialect that of new sessions, also after a restart', async () => {
  await using server = await TestServer.start()
  const before = await server.connect()
  const show = async (options?: string) => {
    const client = await server.connect(options === undefined ? {} : { options })
    return (await client.query('SHOW sql_dialect')).rows[0].sql_dialect
  }
  assert.equal(await show(), 'postgresql')
  assert.equal(await show(RISINGWAVE), 'risingwave')
  await before.query("ALTER SYSTEM SET sql_dialect = 'risingwave'")
  assert.equal(await show(), 'risingwave')
  assert.equal(await show('-c sql_dialect=postgresql'), 'postgresql')
  await assert.rejects(before.query('SELECT asin(2)'), /input is out of range/)
  await server.restart()
  assert.equal(await show(), 'risingwave')
  assert.deepEqual(await server.values('SELECT asin(2)'), ['NaN'].map(Number))
  await server.rows('ALTER ROLE root SET sql_dialect = postgresql')
  assert.equal(await show(), 'postgresql')
  await server.rows('ALTER ROLE root RESET sql_dialect')
  await server.rows('ALTER SYSTEM RESET sql_dialect')
  assert.equal(await show(), 'postgresql')
})

test('a client is told the version of the dialect in force', async () => {
  await using server = await TestServer.start()
  const versions: string[] = []
  const client = await server.connect({ options: RISINGWAVE })
  const connection = (client as unknown as { connection: NodeJS.EventEmitter }).connection
  connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    if (parameterName === 'server_version') versions.push(parameterValue)
  })
  await client.query('SET sql_dialect = postgresql')
  await client.query('BEGIN')
  await client.query('SET LOCAL sql_dialect = risingwave')
  await client.query('COMMIT')
  await client.query('RESET sql_dialect')
  assert.deepEqual(versions, ['15.0', '13.14.0', '15.0', '13.14.0'])
})

test('a materialized view keeps its dialect over a restart, a prepared statement follows the session', async () => {
  await using server = await TestServer.start()
  const client = await server.connect({ options: RISINGWAVE })
  await client.query('CREATE TABLE t (a double precision)')
  await client.query('CREATE MATERIALIZED VIEW m AS SELECT asin(a) AS b FROM t')
  await client.query('INSERT INTO t VALUES (2)')
  await server.restart()
  assert.deepEqual(await server.values('SELECT b FROM m'), [Number.NaN])
  await server.rows('INSERT INTO t VALUES (3)')
  assert.deepEqual(await server.values('SELECT b FROM m'), [Number.NaN, Number.NaN])
  const other = await server.connect()
  const named = { name: 'p', text: 'SELECT asin(a) FROM t' }
  await assert.rejects(other.query(named), /input is out of range/)
  await other.query('SET sql_dialect = risingwave')
  assert.equal((await other.query(named)).rows.length, 2)
})

test('sums of numerics go on after a restart as the dialect has them', async () => {
  await using server = await TestServer.start()
  const client = await server.connect({ options: RISINGWAVE })
  await client.query('CREATE TABLE t (k int PRIMARY KEY, v numeric)')
  const of = 'sum(v)::text, avg(v)::text, stddev(v)::text, (sum(v) / 3)::text AS third FROM t'
  await client.query(`CREATE MATERIALIZED VIEW m AS SELECT ${of}`)
  await client.query('INSERT INTO t VALUES (1, 708), (2, 1.25), (3, 4)')
  await server.restart()
  await server.rows('DELETE FROM t WHERE k = 2')
  const [row] = await server.rows('SELECT * FROM m')
  assert.deepEqual(row, ['712', '356', '497.8031739553294571781944309', '237.33333333333333333333333333'])
  const again = await server.connect({ options: RISINGWAVE })
  assert.deepEqual(Object.values((await again.query(`SELECT ${of}`)).rows[0]), row)
})

test('rows with NULLs in their keys are found again after a crash', async () => {
  await using server = await TestServer.start()
  const client = await server.connect({ options: RISINGWAVE })
  await client.query('CREATE TABLE t (a int, b int, v int, PRIMARY KEY (a, b))')
  await client.query('CREATE MATERIALIZED VIEW m AS SELECT a, sum(v) AS s FROM t GROUP BY a')
  await client.query('INSERT INTO t VALUES (NULL, NULL, 1), (NULL, 2, 2), (3, NULL, 3)')
  await using other = await server.afterCrash()
  const again = await other.connect({ options: RISINGWAVE })
  await again.query('INSERT INTO t VALUES (NULL, NULL, 10)')
  await again.query('DELETE FROM t WHERE b IS NULL AND a = 3')
  const rows = await other.rows('SELECT a, b, v FROM t ORDER BY a, b')
  assert.deepEqual(rows, [
    [null, 2, 2],
    [null, null, 10],
  ])
  assert.deepEqual(await other.rows('SELECT * FROM m'), [[null, '12']])
})

test('every point where the dialects differ is in the README', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
  const missing = Object.values(DIALECT_POINTS).filter(point => !readme.includes(point))
  assert.deepEqual(missing, [])
})
