import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { makeCertificate } from '../scripts/certificate.ts'
import { Messages } from './protocol/frames.ts'
import { mutate, seeded } from './protocol/mutate.ts'
import { sampleStreams } from './protocol/sample-streams.ts'
import { startupMessage, textRows, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

/** Any number by WEIR_FUZZ_STREAMS and WEIR_FUZZ_DISCONNECTS. */
const STREAMS = Number(process.env['WEIR_FUZZ_STREAMS'] ?? 2000)
const DISCONNECTS = Number(process.env['WEIR_FUZZ_DISCONNECTS'] ?? 300)
const AT_ONCE = 16
const GROWTH_MB_MAX = 20
const ANSWER_MS_MAX = 5000
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
const faults: string[] = []
const common = { barrierIntervalMs: 100, loginTimeoutMs: 500, log: (message: string) => faults.push(message) }
/** One that asks for nothing, and one with TLS and a password. */
const server = await TestServer.start(common)
const guarded = await TestServer.start(
  folder => ({
    ...common,
    password: 'secret',
    tlsCert: join(folder, 'server.crt'),
    tlsKey: join(folder, 'server.key'),
  }),
  folder => makeCertificate(join(folder, 'server'), 'weir'),
)
after(async () => {
  await server.close()
  await guarded.close()
})

/** Sends the bytes in one or several packets; leaves politely, abruptly, or waits until it is thrown out. */
async function attack(port: number, bytes: Buffer, random: () => number): Promise<void> {
  const socket = open(port)
  const closed = new Promise(resolve => socket.on('close', resolve))
  if (random() < 0.8) socket.resume()
  const cut = Math.floor(random() * bytes.length)
  socket.write(bytes.subarray(0, cut))
  if (random() < 0.2) await sleep(random() * 5)
  socket.write(bytes.subarray(cut))
  const leaving = random()
  if (leaving < 0.4) socket.end()
  else {
    await sleep(random() * 4)
    if (leaving < 0.7) socket.resetAndDestroy()
    else socket.destroy()
  }
  socket.resume()
  await closed
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  return socket
}

/** Memory that is reachable, in this process. */
function usedMb(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) >> 20
}

/**
 * Runs `count` attacks, some at a time, beside a session that goes on asking. Asserts that it is answered soon and rightly, that
 * no session is left, that memory is flat after a fourth of them, and that nothing was logged as a fault of ours.
 */
async function survives(count: number, attackOnce: () => Promise<void>): Promise<void> {
  const good = await WireClient.start(server.port)
  let begun = 0
  let first: number | undefined
  const warm = Math.min(count, Math.max(500, count / 4))
  const worker = async () => {
    while (begun++ < count) {
      if (begun >= warm) first ??= usedMb()
      await attackOnce()
    }
  }
  const workers = Promise.all(Array.from({ length: AT_ONCE }, worker))
  let over = false
  void workers.finally(() => {
    over = true
  })
  let longestMs = 0
  while (!over) {
    const from = performance.now()
    assert.deepEqual(textRows(await good.query('SELECT k FROM t WHERE k < 3 ORDER BY k')), [['1'], ['2']])
    longestMs = Math.max(longestMs, performance.now() - from)
    await sleep(20)
  }
  await workers
  for (let i = 0; i < 250 && server.running.sessionCount + guarded.running.sessionCount > 1; i++)
    await sleep(20)
  assert.equal(server.running.sessionCount + guarded.running.sessionCount, 1, 'sessions of clients that left')
  // What the last statements used is let go of when their sockets and timers are.
  let last = usedMb()
  for (let i = 0; i < 50 && last - (first ?? last) >= GROWTH_MB_MAX; i++) {
    await sleep(100)
    last = usedMb()
  }
  console.log(
    `in use after ${warm} ${first} MB, after ${count} ${last} MB; longest answer ${Math.round(longestMs)} ms`,
  )
  assert.ok(last - (first ?? last) < GROWTH_MB_MAX, `${last - first!} MB more`)
  assert.ok(longestMs < ANSWER_MS_MAX, `another session waited ${longestMs} ms`)
  assert.deepEqual(faults, [])
  good.close()
}

test('tables that sessions use', async () => {
  const client = await WireClient.start(server.port)
  await client.query(`
    CREATE TABLE t (k int PRIMARY KEY, v varchar);
    INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL);
    CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler varchar);
    CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler varchar);
    CREATE TABLE u (k int PRIMARY KEY, v varchar);
    CREATE TABLE wide (x int); INSERT INTO wide SELECT x FROM generate_series(1, 20000) AS g(x)`)
  client.close()
})

test(`${STREAMS} mutated streams cost only their own connections (WEIR_SEED=${seed})`, async () => {
  const random = seeded(seed)
  const samples = sampleStreams('root')
  await survives(STREAMS, async () => {
    const whole = samples[Math.floor(random() * samples.length)]!
    const startup = random() < 0.2 ? 0 : startupEnd(whole)
    const bytes = Buffer.concat([whole.subarray(0, startup), mutate(whole.subarray(startup), random)])
    await attack(random() < 0.1 ? guarded.port : server.port, bytes, random)
  })
})

/** Where the startup message ends, and the requests for encryption before it. */
function startupEnd(bytes: Buffer): number {
  let at = 0
  while (at + 8 <= bytes.length) {
    const [length, code] = [bytes.readInt32BE(at), bytes.readInt32BE(at + 4)]
    at += length
    if (code >>> 16 === 3) return at
  }
  return 0
}

/** Statements that are worth leaving in the middle of. */
function busyStreams(): Buffer[] {
  const rows = Array.from({ length: 200 }, (_, i) => `${1000 + i}\tx\n`).join('')
  const queries = [
    'SELECT a.x FROM wide AS a CROSS JOIN wide AS b',
    'SELECT a.x FROM wide AS a CROSS JOIN (SELECT x FROM wide LIMIT 10) AS b ORDER BY a.x * 7919 % 20011',
    'SELECT count(*) FROM wide AS a JOIN wide AS b ON a.x % 100 = b.x % 100',
    "INSERT INTO u SELECT x, 'y' FROM wide WHERE x < 50 ON CONFLICT (k) DO NOTHING; DELETE FROM u WHERE k < 50",
    'COPY wide TO STDOUT',
  ]
  const streams = queries.map(sql => new Messages().begin('Q').string(sql).end())
  const copy = new Messages().begin('Q').string('COPY u FROM STDIN').end()
  for (let i = 0; i < 20; i++) copy.begin('d').text(rows).end()
  const portal = new Messages().begin('P').string('').string('SELECT * FROM wide').int16(0).end()
  portal.begin('B').string('').string('').int16(0).int16(0).int16(0).end()
  for (let i = 0; i < 20; i++) portal.begin('E').string('').int32(100).end()
  const startup = startupMessage({ user: 'root', database: 'dev' })
  return [...streams, copy, portal].map(out => Buffer.concat([startup, out.take()]))
}

test(`${DISCONNECTS} clients that are gone in the middle of a statement leave nothing behind`, async () => {
  const random = seeded(seed)
  const samples = busyStreams()
  await survives(DISCONNECTS, async () => {
    const bytes = samples[Math.floor(random() * samples.length)]!
    const socket = open(server.port)
    const closed = new Promise(resolve => socket.on('close', resolve))
    if (random() < 0.7) socket.resume()
    socket.write(random() < 0.3 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes)
    await sleep(random() * 30)
    if (random() < 0.7) socket.resetAndDestroy()
    else socket.destroy()
    await closed
  })
})
