import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import pg from 'pg'
import { type Service, startKafka } from '../scripts/services.ts'
import { readCommitted } from './kafka-reader.ts'

/** How often the server is killed; any number by WEIR_CRASH_ROUNDS. */
const ROUNDS = Number(process.env['WEIR_CRASH_ROUNDS'] ?? 8)
const CUSTOMERS = 50
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
const folder = mkdtempSync(join(tmpdir(), 'weir-crash-'))
let broker: Service

before(async () => {
  broker = await startKafka(join(folder, 'kafka'))
})
after(async () => {
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

test(`Kafka to view to Kafka counts every event once over ${ROUNDS} kill -9 (WEIR_SEED=${seed})`, async () => {
  const random = mulberry32(seed)
  const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: [
      { topic: 'orders', numPartitions: 3 },
      { topic: 'copies', numPartitions: 2 },
      { topic: 'totals', numPartitions: 2 },
    ],
  })
  const producer = kafka.producer()
  await producer.connect()
  let server = await startWeir()
  const at = `topic = $1, properties.bootstrap.server = '${broker.address}'`
  const sql = [
    `CREATE SOURCE orders (id bigint, customer int, amount bigint) WITH (connector = 'kafka', ${at.replace('$1', "'orders'")}, scan.startup.mode = 'earliest') FORMAT PLAIN ENCODE JSON`,
    'CREATE MATERIALIZED VIEW totals AS SELECT customer, count(*) AS n, sum(amount) AS total FROM orders GROUP BY customer',
    `CREATE SINK copies AS SELECT id, amount FROM orders WITH (connector = 'kafka', ${at.replace('$1', "'copies'")}) FORMAT PLAIN ENCODE JSON`,
    `CREATE SINK totals_out FROM totals WITH (connector = 'kafka', ${at.replace('$1', "'totals'")}, primary_key = 'customer') FORMAT UPSERT ENCODE JSON`,
  ]
  for (const statement of sql) await query(server.port, statement)
  let next = 0
  const amounts: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now()
    const lifeMs = 300 + random() * 1500
    while (performance.now() - from < lifeMs) {
      const messages = Array.from({ length: 200 }, () => {
        const amount = Math.floor(random() * 1000)
        amounts.push(amount)
        return { value: JSON.stringify({ id: next++, customer: amounts.length % CUSTOMERS, amount }) }
      })
      await producer.send({ topic: 'orders', messages })
      await sleep(20)
    }
    server.process.kill('SIGKILL')
    await once(server.process, 'exit')
    server = await startWeir()
  }
  const expected = new Map<number, { n: number; total: number }>()
  amounts.forEach((amount, i) => {
    const customer = (i + 1) % CUSTOMERS
    const found = expected.get(customer) ?? { n: 0, total: 0 }
    expected.set(customer, { n: found.n + 1, total: found.total + amount })
  })
  for (let i = 0; i < 120; i++) {
    const [[count]] = (await query(server.port, 'SELECT sum(n) FROM totals')) as [[string]]
    if (Number(count) === amounts.length) break
    await sleep(500)
  }
  const rows = (await query(server.port, 'SELECT customer, n, total FROM totals')) as [
    number,
    string,
    string,
  ][]
  assert.deepEqual(
    new Map(rows.map(([c, n, total]) => [c, { n: Number(n), total: Number(total) }])),
    expected,
  )
  await query(server.port, 'FLUSH')
  await sleep(3000)
  const copies = await readCommitted(broker.address, 'copies')
  const ids = copies.map(({ value }) => (JSON.parse(value!) as { id: number }).id).sort((a, b) => a - b)
  assert.deepEqual(
    ids,
    Array.from({ length: next }, (_, i) => i),
  )
  const latest = new Map<number, { n: number; total: number }>()
  for (const { value } of await readCommitted(broker.address, 'totals')) {
    if (value === null) continue
    const { customer, n, total } = JSON.parse(value) as {
      customer: number
      n: number
      total: number | string
    }
    latest.set(customer, { n: Number(n), total: Number(total) })
  }
  assert.deepEqual(latest, expected)
  server.process.kill('SIGTERM')
  await once(server.process, 'exit')
  await producer.disconnect()
  await admin.disconnect()
})

async function startWeir(): Promise<{ process: ChildProcess; port: number }> {
  const args = ['server/main.ts', '--data', join(folder, 'weir'), '--port', '0', '--http-port', '0']
  const child = spawn(process.execPath, [...args, '--barrier-interval-ms', '200'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of child.stdout!.setEncoding('utf8')) {
    const match = /127\.0\.0\.1:(\d+)\/dev/.exec(line as string)
    if (match !== null) {
      child.stdout!.destroy()
      return { process: child, port: Number(match[1]) }
    }
  }
  throw new Error('the server did not start')
}

async function query(port: number, text: string): Promise<unknown[][]> {
  const client = new pg.Client({ host: '127.0.0.1', port, database: 'dev', user: 'root' })
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows as unknown[][]
  } finally {
    await client.end()
  }
}

function mulberry32(from: number): () => number {
  let s = from
  return () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), s | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
