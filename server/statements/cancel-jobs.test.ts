import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startServer } from '../main.ts'

test('a job in the background is read on after a restart, and CANCEL JOBS gives it up', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-cancel-'))
  const run = async (work: (rows: (sql: string) => Promise<unknown[]>) => Promise<void>) => {
    const server = await startServer({ data: folder, port: 0, httpPort: 0, inline: true, log: () => {} })
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
    await client.connect()
    await work(async sql => (await client.query({ text: sql, rowMode: 'array' })).rows.flat())
    await client.end()
    await server.close()
  }
  const open = 'SELECT ddl_id::int FROM rw_ddl_progress ORDER BY 1'
  try {
    await run(async rows => {
      await rows('CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) AS n')
      await rows('SET background_ddl TO true')
      for (const name of ['a', 'b'])
        await rows(`CREATE MATERIALIZED VIEW ${name} WITH (backfill_rate_limit = 0) AS SELECT n FROM t`)
    })
    await run(async rows => {
      const jobs = await rows(open)
      assert.equal(jobs.length, 2)
      await assert.rejects(rows('SELECT * FROM a'), { code: '55000' })
      assert.deepEqual(await rows(`CANCEL JOBS ${jobs[0]}`), [String(jobs[0])])
      assert.deepEqual(await rows(open), [jobs[1]])
      await assert.rejects(rows('SELECT * FROM a'), { code: '42P01' })
      await rows('INSERT INTO t VALUES (0)')
      await rows('ALTER MATERIALIZED VIEW b SET backfill_rate_limit TO DEFAULT')
      await rows('WAIT')
      assert.deepEqual(await rows('SELECT count(*), min(n) FROM b'), ['1001', 0])
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})
