import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startServer } from './main.ts'

test('pg_sleep holds its own session up and no other, and ends when it is canceled', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-sleep-'))
  const server = await startServer({ data: folder, port: 0, httpPort: 0, inline: true, log: () => {} })
  const connect = async () => {
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
    await client.connect()
    return client
  }
  const [sleeper, other] = [await connect(), await connect()]
  try {
    const started = performance.now()
    let awake = false
    const sleeping = sleeper.query('SELECT pg_sleep(0.6), 1 AS one').then(({ rows }) => {
      awake = true
      return rows
    })
    await other.query('SELECT 1')
    assert.equal(awake, false)
    assert.deepEqual(await sleeping, [{ pg_sleep: '', one: 1 }])
    assert.ok(performance.now() - started >= 590)
    await sleeper.query('SET statement_timeout = 50')
    await assert.rejects(sleeper.query('SELECT pg_sleep(60)'), /canceling statement due to statement timeout/)
    await assert.rejects(sleeper.query('CREATE MATERIALIZED VIEW never AS SELECT pg_sleep(1)'), /pg_sleep/)
  } finally {
    await sleeper.end()
    await other.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
