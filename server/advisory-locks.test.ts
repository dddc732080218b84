import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './test-server.ts'

test('advisory locks keep sessions apart until they are given back, or their session ends', async () => {
  await using server = await TestServer.start({ inline: true })
  const [first, second] = [await server.connect(), await server.connect()]
  const value = async (client: typeof first, sql: string) =>
    Object.values((await client.query(`SELECT ${sql}`)).rows[0] as object)[0] as unknown
  await first.query('SELECT pg_advisory_lock(7)')
  assert.equal(await value(first, 'pg_try_advisory_lock(7)'), true)
  assert.equal(await value(second, 'pg_try_advisory_lock(7)'), false)
  assert.equal(await value(second, 'pg_try_advisory_lock(0, 7)'), true)
  assert.equal(await value(second, 'pg_advisory_unlock(7)'), false)

  let has = false
  const waiting = second.query('SELECT pg_advisory_lock(7)').then(() => {
    has = true
  })
  assert.equal(await value(first, 'pg_advisory_unlock(7)'), true)
  assert.equal(await value(first, 'pg_sleep(0.05) IS NOT NULL'), true)
  assert.equal(has, false, 'it was taken twice')
  assert.equal(await value(first, 'pg_advisory_unlock(7)'), true)
  await waiting

  await first.query('SET statement_timeout = 50')
  await assert.rejects(first.query('SELECT pg_advisory_lock(7)'), /statement timeout/)
  await first.query('RESET statement_timeout')
  await second.query('SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL')
  assert.equal(await value(second, 'pg_try_advisory_lock(7)'), true, 'who gave up waiting has not got it')

  const later = first.query('SELECT pg_advisory_lock(7)')
  await second.end()
  await later
})

test('shared advisory locks are had by many, or by one alone', async () => {
  await using server = await TestServer.start({ inline: true })
  const [first, second] = [await server.connect(), await server.connect()]
  const is = async (client: typeof first, sql: string, expected: boolean) =>
    assert.deepEqual((await client.query(`SELECT ${sql} AS is`)).rows, [{ is: expected }], sql)
  await is(first, 'pg_try_advisory_lock_shared(1)', true)
  await is(second, 'pg_try_advisory_lock_shared(1)', true)
  await is(first, 'pg_try_advisory_lock(1)', false)
  await is(second, 'pg_advisory_unlock(1)', false)
  await is(second, 'pg_advisory_unlock_shared(1)', true)
  await is(first, 'pg_try_advisory_lock(1)', true)
  await is(second, 'pg_try_advisory_lock_shared(1)', false)
  await first.query('DISCARD ALL')
  await is(second, 'pg_try_advisory_lock(1)', true)
})
