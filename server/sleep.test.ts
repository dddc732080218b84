import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './test-server.ts'

test('pg_sleep holds its own session up and no other, and ends when it is canceled', async () => {
  await using server = await TestServer.start({ inline: true })
  const [sleeper, other] = [await server.connect(), await server.connect()]
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
})
