import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { report, textRows, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const server = await TestServer.start({ barrierIntervalMs: 50 })
after(() => server.close())

/** How a session ends that says nothing after these statements. */
async function endOf(...statements: readonly string[]): Promise<string> {
  const client = await WireClient.start(server.port)
  for (const sql of statements) await client.query(sql)
  const fields = report(await client.until('Z'))
  assert.equal(await client.next(), undefined)
  return `${fields['S']} ${fields['C']} ${fields['M']}`
}

test('a silent session ends after idle_session_timeout, one in a block after its own', async () => {
  assert.equal(
    await endOf("SET idle_session_timeout = '50ms'"),
    'FATAL 57P05 terminating connection due to idle-session timeout',
  )
  assert.equal(
    await endOf("SET idle_in_transaction_session_timeout = '50ms'", 'BEGIN'),
    'FATAL 25P03 terminating connection due to idle-in-transaction timeout',
  )
})

test('who works, or is silent where it may be, stays', async () => {
  const client = await WireClient.start(server.port)
  await client.query("SET idle_session_timeout = '150ms'; SET idle_in_transaction_session_timeout = '1h'")
  for (let i = 0; i < 5; i++) {
    await sleep(60)
    assert.deepEqual(textRows(await client.query('SELECT 1')), [['1']])
  }
  await client.query('BEGIN')
  await sleep(250)
  assert.deepEqual(textRows(await client.query('SELECT 2')), [['2']])
  client.close()
})

test('pg_stat_activity tells states; pg_cancel_backend and pg_terminate_backend end statements and sessions', async () => {
  const watcher = await WireClient.start(server.port)
  const other = await WireClient.start(server.port, { user: 'postgres', database: 'dev' })
  const state = async () =>
    textRows(
      await watcher.query(
        "SELECT state, wait_event, client_addr, xact_start IS NULL FROM pg_stat_activity WHERE usename = 'postgres'",
      ),
    )
  assert.deepEqual(await state(), [['idle', 'ClientRead', '127.0.0.1', 't']])
  await other.query('BEGIN')
  assert.deepEqual(await state(), [['idle in transaction', 'ClientRead', '127.0.0.1', 'f']])
  const [[pid] = []] = textRows(await other.query('SELECT pg_backend_pid()'))
  const running = other.query(
    'SELECT count(*) FROM generate_series(1, 10000) a CROSS JOIN generate_series(1, 100000) b',
  )
  await sleep(100)
  assert.deepEqual(await state(), [['active', undefined, '127.0.0.1', 'f']])
  assert.deepEqual(textRows(await watcher.query(`SELECT pg_cancel_backend(${pid})`)), [['t']])
  assert.equal(report(await running)['C'], '57014')
  assert.deepEqual(await state(), [['idle in transaction', 'ClientRead', '127.0.0.1', 'f']])
  assert.deepEqual(textRows(await watcher.query(`SELECT pg_terminate_backend(${pid})`)), [['t']])
  assert.equal(report(await other.until('Z'))['C'], '57P01')
  assert.deepEqual(textRows(await watcher.query(`SELECT pg_cancel_backend(${pid})`)), [['f']])
  watcher.close()
})

test('a sort of many rows lets cancel and other sessions through', async () => {
  const client = await WireClient.start(server.port)
  await client.query(
    'CREATE TABLE big (x int); INSERT INTO big SELECT (x::bigint * 7919 % 300007)::int FROM generate_series(1, 300000) AS g(x)',
  )
  await client.query("SET statement_timeout = '150ms'")
  const other = await WireClient.start(server.port)
  const sorting = client.query(
    'SELECT count(*) FROM (SELECT x FROM big ORDER BY x % 1000, x DESC OFFSET 1) AS s',
  )
  let answers = 0
  void sorting.finally(() => {
    answers = -answers
  })
  while (answers >= 0 && answers < 1000) {
    await other.query('SELECT 1')
    if (answers >= 0) answers++
  }
  assert.equal(report(await sorting)['C'], '57014')
  assert.ok(-answers >= 1, `${-answers} answers`)
  client.close()
  other.close()
})
