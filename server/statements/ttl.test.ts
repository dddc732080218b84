import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { TestServer } from '../test-server.ts'

test('a watermark WITH TTL, the rows that left and what views keep survive a restart', async () => {
  await using server = await TestServer.start({ inline: true })
  const values = (sql: string) => server.values(sql)
  await values('CREATE TABLE t (k int PRIMARY KEY, ts int, WATERMARK FOR ts AS ts - 10 WITH TTL)')
  await values('CREATE MATERIALIZED VIEW m AS SELECT * FROM t')
  await values('INSERT INTO t SELECT n, n FROM generate_series(1, 1000) AS n')
  await values('ALTER TABLE t ALTER WATERMARK FOR ts AS ts - 5 WITH TTL')
  await values('INSERT INTO t VALUES (1001, 1001)')
  await server.restart()
  assert.deepEqual(await values('SELECT min(k) FROM t'), [996])
  assert.deepEqual(await values('SELECT count(*) FROM m'), ['1001'])
  await values('INSERT INTO t VALUES (5, 995), (6, 996)')
  assert.deepEqual(await values('SELECT count(*), min(ts) FROM t'), ['7', 996])
  await values('INSERT INTO t VALUES (7, 2000)')
  assert.deepEqual(await values('SELECT k FROM t'), [7])
  const state = await values('SELECT count(*) FROM m WHERE k = 5')
  assert.deepEqual(state, ['1'])
})

test('rows older than retention_seconds leave a table and its index, also when they came before a restart', async () => {
  await using server = await TestServer.start({ inline: true })
  const values = (sql: string) => server.values(sql)
  await values('SET unsafe_enable_storage_retention_for_non_append_only_tables TO true')
  await values('CREATE TABLE a (n int) APPEND ONLY WITH (retention_seconds = 1)')
  await values('CREATE TABLE b (n int) WITH (retention_seconds = 60)')
  await values('CREATE INDEX a_n ON a (n)')
  await values('CREATE MATERIALIZED VIEW m AS SELECT n FROM a')
  await values('INSERT INTO a VALUES (1), (1)')
  await values('INSERT INTO b VALUES (1), (1), (2)')
  await values('DELETE FROM b WHERE n = 1')
  await setTimeout(1100)
  await server.restart()
  await values('INSERT INTO a VALUES (2)')
  assert.deepEqual(await values('SELECT n FROM a'), [2])
  assert.deepEqual(await values('SELECT count(*) FROM a_n'), ['1'])
  assert.deepEqual(await values('SELECT n FROM m ORDER BY n'), [1, 1, 2])
  assert.deepEqual(await values('SELECT n FROM b'), [2])
})
