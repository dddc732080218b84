import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { report, startupMessage, textRows, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const DEV = { user: 'root', database: 'dev' }
const CONNECTIONS_MAX = 8
const faults: string[] = []
const server = await TestServer.start({
  barrierIntervalMs: 50,
  connectionsMax: CONNECTIONS_MAX,
  loginTimeoutMs: 300,
  log: message => faults.push(message),
})
after(() => server.close())

/** All sessions of other tests are over. */
async function noSessions(): Promise<void> {
  for (let i = 0; i < 100 && server.running.sessionCount > 0; i++) await sleep(20)
  assert.equal(server.running.sessionCount, 0)
}

test('one client too many is told so with 53300, and is taken when another has left', async () => {
  const clients: WireClient[] = []
  for (let i = 0; i < CONNECTIONS_MAX; i++) clients.push(await WireClient.start(server.port))
  const late = await WireClient.open(server.port)
  late.socket.write(startupMessage(DEV))
  const fields = report(await late.until('Z'))
  assert.deepEqual(
    [fields['S'], fields['C'], fields['M']],
    ['FATAL', '53300', 'sorry, too many clients already'],
  )
  clients[0]!.close()
  await sleep(50)
  const taken = await WireClient.start(server.port)
  assert.deepEqual(textRows(await taken.query('SELECT 1')), [['1']])
  for (const client of [...clients, taken]) client.close()
  await noSessions()
})

test('a client that says nothing, or half of something, is dropped after the login timeout', async () => {
  const from = performance.now()
  const silent = await WireClient.open(server.port)
  const half = await WireClient.open(server.port)
  half.socket.write(startupMessage(DEV).subarray(0, 11))
  assert.deepEqual([await silent.next(), await half.next()], [undefined, undefined])
  assert.ok(performance.now() - from >= 250)
})

test('a length of 1 GB, a negative one and an unknown message type end only their connection', async () => {
  const good = await WireClient.start(server.port)
  for (const bytes of ['Q\x3f\xff\xff\xff', 'Q\xff\xff\xff\xff', '\0\0\0\0\x04', 'Q\0\0\0\x03']) {
    const bad = await WireClient.start(server.port)
    bad.socket.write(Buffer.from(bytes, 'latin1'))
    const replies = await bad.until('Z')
    assert.deepEqual([report(replies)['S'], report(replies)['C']], ['FATAL', '08P01'])
    assert.equal(await bad.next(), undefined)
  }
  assert.deepEqual(textRows(await good.query('SELECT 2')), [['2']])
  good.close()
})

test('SSLRequest and GSSENCRequest are answered N, another protocol by an error', async () => {
  const client = await WireClient.open(server.port)
  const answers: string[] = []
  client.socket.removeAllListeners('data')
  client.socket.on('data', bytes => answers.push(bytes.toString()))
  client.socket.write(Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]))
  client.socket.write(Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x30]))
  await sleep(50)
  assert.equal(answers.join(''), 'NN')
  client.close()
  const old = await WireClient.open(server.port)
  old.socket.write(startupMessage(DEV, 2 << 16))
  assert.equal(report(await old.until('Z'))['C'], '0A000')
  const newer = await WireClient.open(server.port)
  newer.socket.write(startupMessage(DEV, (3 << 16) + 2))
  assert.equal((await newer.next())?.type, 'v')
  newer.close()
})

test('a client that goes away in the middle of a query ends the query', async () => {
  const client = await WireClient.start(server.port)
  await client.query(
    'CREATE TABLE wide (x int); INSERT INTO wide SELECT x FROM generate_series(1, 40000) AS g(x)',
  )
  client.out.begin('Q').string('SELECT a.x FROM wide AS a CROSS JOIN wide AS b').end()
  client.send()
  await client.next()
  client.close()
  await noSessions()
})

test('a client that reads nothing holds back its query and no more memory', async () => {
  const client = await WireClient.start(server.port)
  client.socket.pause()
  const before = process.memoryUsage.rss()
  client.out
    .begin('Q')
    .string('SELECT a.x FROM wide AS a CROSS JOIN (SELECT * FROM wide LIMIT 50) AS b')
    .end()
  client.send()
  await sleep(1000)
  const grown = process.memoryUsage.rss() - before
  assert.ok(grown < 64 << 20, `${grown >> 20} MB more`)
  const other = await WireClient.start(server.port)
  assert.deepEqual(textRows(await other.query('SELECT 1')), [['1']])
  client.close()
  other.close()
  await noSessions()
})

test('no failure of ours was logged', () => assert.deepEqual(faults, []))
