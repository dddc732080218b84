import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { TestServer } from '../test-server.ts'

type Heard = readonly [channel: string, payload: string | undefined, pid: number]

function hearing(client: pg.Client): { readonly told: Heard[]; until(count: number): Promise<void> } {
  const told: Heard[] = []
  let check = () => {}
  client.on('notification', ({ channel, payload, processId }) => {
    told.push([channel, payload, processId])
    check()
  })
  return {
    told,
    until: count =>
      new Promise(resolve => {
        check = () => told.length >= count && resolve()
        check()
      }),
  }
}

test('who listens hears what others say, while idle and after its own statements', async () => {
  await using server = await TestServer.start({ inline: true })
  const [a, b] = [await server.connect(), await server.connect()]
  const heard = hearing(a)
  const pid = Number((await b.query('SELECT pg_backend_pid() AS p')).rows[0].p)
  await a.query('LISTEN news')
  await a.query('LISTEN "Other"')
  assert.deepEqual((await a.query('SELECT pg_listening_channels() AS c')).rows, [
    { c: 'news' },
    { c: 'Other' },
  ])
  await b.query("NOTIFY news, 'one'")
  await b.query("SELECT pg_notify('Other', 'two')")
  await b.query("NOTIFY unheard, 'x'")
  await heard.until(2)
  assert.deepEqual(heard.told, [
    ['news', 'one', pid],
    ['Other', 'two', pid],
  ])
  // What is said twice in one transaction is heard once, at its end; what is rolled back is not heard.
  await b.query('BEGIN')
  await b.query("NOTIFY news, 'three'")
  await b.query("NOTIFY news, 'three'")
  await b.query('NOTIFY news')
  await a.query('SELECT 1')
  assert.equal(heard.told.length, 2)
  await b.query('COMMIT')
  await b.query('BEGIN')
  await b.query("NOTIFY news, 'never'")
  await b.query('ROLLBACK')
  await heard.until(4)
  assert.deepEqual(
    heard.told.slice(2).map(([, payload]) => payload),
    ['three', ''],
  )
  // In a block of its own it is told after the block.
  await a.query('BEGIN')
  await b.query("NOTIFY news, 'late'")
  await a.query('SELECT 1')
  assert.equal(heard.told.length, 4)
  await a.query('COMMIT')
  await heard.until(5)
  await a.query('UNLISTEN news')
  await b.query("NOTIFY news, 'gone'")
  await a.query('NOTIFY "Other", \'own\'')
  await heard.until(6)
  assert.equal(heard.told[5]![1], 'own')
  await a.query('UNLISTEN *')
  assert.deepEqual((await a.query('SELECT pg_listening_channels() AS c')).rows, [])
})

test('channels are of a database, and names and payloads have limits', async () => {
  await using server = await TestServer.start({ inline: true })
  const a = await server.connect()
  await a.query('CREATE DATABASE elsewhere')
  const b = await server.connect({ database: 'elsewhere' })
  const heard = hearing(a)
  await a.query('LISTEN news')
  await b.query("NOTIFY news, 'not for you'")
  await a.query("NOTIFY news, 'for you'")
  await heard.until(1)
  assert.deepEqual(
    heard.told.map(([, payload]) => payload),
    ['for you'],
  )
  await assert.rejects(a.query("SELECT pg_notify('', 'x')"), {
    code: '22023',
    message: 'channel name cannot be empty',
  })
  await assert.rejects(a.query("SELECT pg_notify('c', repeat('x', 8000))"), {
    message: 'payload string too long',
  })
  await assert.rejects(a.query("SELECT pg_notify(repeat('c', 64), 'x')"), {
    message: 'channel name too long',
  })
})
