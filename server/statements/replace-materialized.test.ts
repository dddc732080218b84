import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('of two who replace a view at once one does, and one who gives up leaves nothing', async () => {
  await using server = await TestServer.start()
  await server.rows('CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 100)')
  await server.rows('CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t')
  const [one, two] = [await server.connect(), await server.connect()]

  await one.query('SET background_ddl = true; SET backfill_rate_limit = 0')
  const first = one.query('CREATE OR REPLACE MATERIALIZED VIEW m AS SELECT sum(n) AS n FROM t')
  for (;;) {
    const [[made]] = (await server.rows(
      "SELECT count(*)::int FROM rw_relations WHERE name = 'm (next)'",
    )) as [[number]]
    if (made === 1) break
  }
  const replace = 'CREATE OR REPLACE MATERIALIZED VIEW m AS SELECT max(n) AS n FROM t'
  await assert.rejects(two.query(replace), { code: '55006' })
  const [[pid]] = (await server.rows(
    "SELECT pid FROM pg_stat_activity WHERE query LIKE '%sum(n)%' AND query NOT LIKE '%pid%'",
  )) as [[number]]
  await server.rows(`SELECT pg_cancel_backend(${pid})`)
  await assert.rejects(first, { code: '57014' })
  assert.deepEqual(await server.rows("SELECT name FROM rw_relations WHERE name LIKE 'm%'"), [['m']])

  await two.query(replace)
  assert.deepEqual(await server.rows('SELECT n FROM m'), [[100]])
})
