import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('a job in the background is read on after a restart, and CANCEL JOBS gives it up', async () => {
  await using server = await TestServer.start({ inline: true })
  const values = (sql: string) => server.values(sql)
  const open = 'SELECT ddl_id::int FROM rw_ddl_progress ORDER BY 1'
  await values('CREATE TABLE t AS SELECT n FROM generate_series(1, 1000) AS n')
  await values('SET background_ddl TO true')
  for (const name of ['a', 'b'])
    await values(`CREATE MATERIALIZED VIEW ${name} WITH (backfill_rate_limit = 0) AS SELECT n FROM t`)
  await server.restart()
  const jobs = await values(open)
  assert.equal(jobs.length, 2)
  await assert.rejects(values('SELECT * FROM a'), { code: '55000' })
  assert.deepEqual(await values(`CANCEL JOBS ${jobs[0]}`), [String(jobs[0])])
  assert.deepEqual(await values(open), [jobs[1]])
  await assert.rejects(values('SELECT * FROM a'), { code: '42P01' })
  await values('INSERT INTO t VALUES (0)')
  await values('ALTER MATERIALIZED VIEW b SET backfill_rate_limit TO DEFAULT')
  await values('WAIT')
  assert.deepEqual(await values('SELECT count(*), min(n) FROM b'), ['1001', 0])
})
