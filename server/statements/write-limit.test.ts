import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startServer } from '../main.ts'

test('dml_rate_limit: 0 lets statements wait until it is changed or they are canceled, also after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-writes-'))
  const start = () => startServer({ data: folder, port: 0, httpPort: 0, inline: true, log: () => {} })
  const connect = async (port: number) => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'root', database: 'dev' })
    await client.connect()
    return client
  }
  try {
    const first = await start()
    const a = await connect(first.port)
    await a.query('CREATE TABLE t (v int)')
    await a.query('ALTER TABLE t SET dml_rate_limit TO 0')
    await a.end()
    await first.close()
    const second = await start()
    const writer = await connect(second.port)
    const admin = await connect(second.port)
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
    await writer.end()
    await admin.end()
    await second.close()
  } finally {
    await rm(folder, { recursive: true })
  }
})
