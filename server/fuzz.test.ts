import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type RunningServer, startServer } from './main.ts'
import { Messages } from './protocol/frames.ts'
import { mutate, seeded } from './protocol/mutate.ts'
import { startupMessage, textRows, WireClient } from './protocol/wire-client.ts'

/** Mutated byte streams and abrupt disconnects; any number by WEIR_FUZZ_STREAMS. */
const STREAMS = Number(process.env['WEIR_FUZZ_STREAMS'] ?? 2000)
const AT_ONCE = 16
const GROWTH_MB_MAX = 20
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
const DEV = { user: 'root', database: 'dev' }
let folder = ''
let server: RunningServer
const faults: string[] = []

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-fuzz-'))
  server = await startServer({
    data: folder,
    port: 0,
    httpPort: 0,
    barrierIntervalMs: 100,
    loginTimeoutMs: 500,
    log: message => faults.push(message),
  })
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** What well-behaved clients send, in several kinds. */
function streams(): Buffer[] {
  const sessions: ((out: Messages) => void)[] = [
    out => {
      for (const sql of ['SELECT 1', 'BEGIN; SELECT 1/0', 'ROLLBACK', "SELECT 'é😀', NULL; SELECT * FROM t"])
        out.begin('Q').string(sql).end()
    },
    out => {
      out
        .begin('P')
        .string('s')
        .string('SELECT k, v FROM t WHERE k = $1 OR v = $2')
        .int16(2)
        .int32(23)
        .int32(0)
        .end()
      out
        .begin('B')
        .string('p')
        .string('s')
        .int16(1)
        .int16(0)
        .int16(2)
        .sizedText('1')
        .int32(-1)
        .int16(1)
        .int16(1)
        .end()
      out.begin('D').text('P').string('p').end()
      out.begin('E').string('p').int32(1).end()
      out.begin('H').end()
      out.begin('E').string('p').int32(0).end()
      out.begin('C').text('P').string('p').end()
      out.begin('S').end()
    },
    out => {
      out
        .begin('P')
        .string('')
        .string('SELECT $1::numeric, $2::int[], $3::timestamptz, $4::jsonb')
        .int16(0)
        .end()
      out.begin('B').string('').string('').int16(1).int16(1).int16(4)
      out.int32(10).bytes(Buffer.from([0, 1, 0, 0, 0, 0, 0, 2, 0, 7]))
      out
        .int32(28)
        .bytes(
          Buffer.from('0000000100000000000000170000000200000001000000040000000500000004', 'hex').subarray(
            0,
            28,
          ),
        )
      out
        .int32(8)
        .bytes(Buffer.alloc(8))
        .int32(3)
        .bytes(Buffer.from([1, 0x7b, 0x7d]))
        .int16(1)
        .int16(1)
        .end()
      out.begin('E').string('').int32(0).end()
      out.begin('S').end()
    },
    out => {
      for (const sql of ['BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM t', 'FETCH 2 c', 'CLOSE c', 'COMMIT'])
        out.begin('Q').string(sql).end()
      out.begin('X').end()
    },
  ]
  return sessions.map(write => {
    const out = new Messages()
    write(out)
    return Buffer.concat([startupMessage(DEV), out.take()])
  })
}

/** Sends the bytes in one or several packets; leaves politely, abruptly, or waits until it is thrown out. */
async function attack(bytes: Buffer, random: () => number): Promise<void> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => {})
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

/** Memory that is reachable, in this process. */
function usedMb(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) >> 20
}

test(`${STREAMS} mutated streams cost only their own connections (WEIR_SEED=${seed})`, async () => {
  const random = seeded(seed)
  const good = await WireClient.start(server.port)
  await good.query(
    "CREATE TABLE t (k int PRIMARY KEY, v varchar); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL)",
  )
  const kinds = streams()
  let begun = 0
  const worker = async () => {
    while (begun++ < STREAMS) {
      const whole = kinds[Math.floor(random() * kinds.length)]!
      const startup = random() < 0.2 ? 0 : startupMessage(DEV).length
      const bytes = Buffer.concat([whole.subarray(0, startup), mutate(whole.subarray(startup), random)])
      await attack(bytes, random)
    }
  }
  const warm = Math.min(STREAMS, Math.max(500, STREAMS / 4))
  let first: number | undefined
  const watcher = setInterval(() => {
    if (begun >= warm) first ??= usedMb()
  }, 20)
  const between = setInterval(() => void good.query('SELECT count(*) FROM t'), 20)
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  clearInterval(between)
  clearInterval(watcher)
  for (let i = 0; i < 100 && server.sessionCount > 1; i++) await sleep(20)
  assert.equal(server.sessionCount, 1, 'sessions of clients that left')
  await sleep(50)
  while (textRows(await good.query('SELECT 42')).flat()[0] !== '42') {}
  const last = usedMb()
  console.log(`in use after ${warm} streams ${first} MB, after ${STREAMS} ${last} MB`)
  assert.ok(last - first! < GROWTH_MB_MAX, `${last - first!} MB more`)
  assert.deepEqual(faults, [])
  good.close()
})
