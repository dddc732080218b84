import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('dml_rate_limit: 0 lets statements wait until it is changed or they are canceled, also after a restart', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE t (v int)')
  await server.rows('ALTER TABLE t SET dml_rate_limit TO 0')
  await server.restart()
  const [writer, admin] = [await server.connect(), await server.connect()]
  await writer.query('SET statement_timeout TO 300')
  await assert.rejects(writer.query('INSERT INTO t VALUES (1)'), { code: '57014' })
  await writer.query('SET statement_timeout TO 0')
  const written = writer.query('INSERT INTO t VALUES (2)')
  assert.deepEqual((await admin.query('SELECT * FROM t')).rows, [])
  await admin.query('ALTER TABLE t SET dml_rate_limit TO 10')
  await written
  const startedMs = performance.now()
  await writer.query('INSERT INTO t SELECT * FROM generate_series(1, 5)')
  await writer.query('INSERT INTO t VALUES (3)')
  assert.ok(performance.now() - startedMs > 500, 'five rows take half a second at ten a second')
  assert.equal((await admin.query('SELECT count(*)::int AS n FROM t')).rows[0].n, 7)
})
