import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('ON COMMIT DELETE ROWS obeys its owner, whoever the session is by then', async () => {
  await using server = await TestServer.start({ inline: true })
  const client = await server.connect()
  await client.query('CREATE ROLE other')
  await client.query('CREATE TEMP TABLE passing (v int) ON COMMIT DELETE ROWS')
  await client.query('SET SESSION AUTHORIZATION other')
  assert.deepEqual((await client.query('SELECT 1 AS one')).rows, [{ one: 1 }])
  assert.deepEqual((await client.query('SELECT 2 AS two')).rows, [{ two: 2 }])
  await client.query('RESET SESSION AUTHORIZATION')
  await client.query('BEGIN')
  await client.query('INSERT INTO passing VALUES (1)')
  await client.query('SET LOCAL ROLE other')
  await client.query('COMMIT')
  assert.deepEqual((await client.query('SELECT * FROM passing')).rows, [])
})
