import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { startServer } from '../main.ts'

async function withServer(
  folder: string,
  work: (rows: (sql: string) => Promise<unknown[]>) => Promise<void>,
): Promise<void> {
  const server = await startServer({ data: folder, port: 0, httpPort: 0, inline: true, log: () => {} })
  const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
  await client.connect()
  try {
    await work(async sql => (await client.query({ text: sql, rowMode: 'array' })).rows.flat())
  } finally {
    await client.end()
    await server.close()
  }
}

test('a watermark WITH TTL, the rows that left and what views keep survive a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-ttl-'))
  try {
    await withServer(folder, async rows => {
      await rows('CREATE TABLE t (k int PRIMARY KEY, ts int, WATERMARK FOR ts AS ts - 10 WITH TTL)')
      await rows('CREATE MATERIALIZED VIEW m AS SELECT * FROM t')
      await rows('INSERT INTO t SELECT n, n FROM generate_series(1, 1000) AS n')
      await rows('ALTER TABLE t ALTER WATERMARK FOR ts AS ts - 5 WITH TTL')
      await rows('INSERT INTO t VALUES (1001, 1001)')
    })
    await withServer(folder, async rows => {
      assert.deepEqual(await rows('SELECT min(k) FROM t'), [996])
      assert.deepEqual(await rows('SELECT count(*) FROM m'), ['1001'])
      await rows('INSERT INTO t VALUES (5, 995), (6, 996)')
      assert.deepEqual(await rows('SELECT count(*), min(ts) FROM t'), ['7', 996])
      await rows('INSERT INTO t VALUES (7, 2000)')
      assert.deepEqual(await rows('SELECT k FROM t'), [7])
      const state = await rows('SELECT count(*) FROM m WHERE k = 5')
      assert.deepEqual(state, ['1'])
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('rows older than retention_seconds leave a table and its index, also when they came before a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-ttl-'))
  try {
    await withServer(folder, async rows => {
      await rows('SET unsafe_enable_storage_retention_for_non_append_only_tables TO true')
      await rows('CREATE TABLE a (n int) APPEND ONLY WITH (retention_seconds = 1)')
      await rows('CREATE TABLE b (n int) WITH (retention_seconds = 60)')
      await rows('CREATE INDEX a_n ON a (n)')
      await rows('CREATE MATERIALIZED VIEW m AS SELECT n FROM a')
      await rows('INSERT INTO a VALUES (1), (1)')
      await rows('INSERT INTO b VALUES (1), (1), (2)')
      await rows('DELETE FROM b WHERE n = 1')
    })
    await setTimeout(1100)
    await withServer(folder, async rows => {
      await rows('INSERT INTO a VALUES (2)')
      assert.deepEqual(await rows('SELECT n FROM a'), [2])
      assert.deepEqual(await rows('SELECT count(*) FROM a_n'), ['1'])
      assert.deepEqual(await rows('SELECT n FROM m ORDER BY n'), [1, 1, 2])
      assert.deepEqual(await rows('SELECT n FROM b'), [2])
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
