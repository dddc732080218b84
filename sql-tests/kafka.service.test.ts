import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Admin, Kafka, logLevel, type Message, type Producer } from 'kafkajs'
import type { Client } from 'pg'
import { withClient } from '../bench/connect.ts'
import { type ServerProcess, startServerProcess } from '../bench/server-process.ts'
import { kafkaClient } from '../connectors/kafka/client.ts'
import { valueBytes } from '../connectors/kafka/record-set.ts'
import { type Service, startKafka } from '../scripts/services.ts'

const folder = mkdtempSync(join(tmpdir(), 'weir-kafka-sql-'))
let broker: Service
let server: ServerProcess
let admin: Admin
let producer: Producer

before(async () => {
  broker = await startKafka(join(folder, 'kafka'))
  server = await startServerProcess(join(folder, 'weir'), ['--barrier-interval-ms', '200'])
  const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
  admin = kafka.admin()
  producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
})
after(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()])
  await server.stop()
  await broker.stop()
  rmSync(folder, { recursive: true, force: true })
})

const from = (topic: string) =>
  `WITH (connector = 'kafka', topic = '${topic}', properties.bootstrap.server = '${broker.address}')`

async function topic(name: string, ...messages: Message[]): Promise<void> {
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }] })
  if (messages.length > 0) await producer.send({ topic: name, messages })
}

/** Rows of the query once there are `count` of them. */
async function rowsOf(client: Client, text: string, count: number): Promise<unknown[][]> {
  for (let i = 0; ; i++) {
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' })
    if (rows.length === count) return rows
    assert(i < 150, `${text}: ${JSON.stringify(rows)}`)
    await sleep(100)
  }
}

test('malformed records are counted and kept in rw_errors once, whoever read them', () =>
  withClient(server, async client => {
    const bad = { value: '{"id":"x"}' }
    await topic('malformed', { value: '{"id":1}' }, bad, { value: '{"id":2}' })
    await client.query(`CREATE SOURCE malformed (id int) ${from('malformed')} FORMAT PLAIN ENCODE JSON`)
    await client.query('CREATE MATERIALIZED VIEW m1 AS SELECT id FROM malformed')
    assert.deepEqual(await rowsOf(client, 'SELECT id FROM m1 ORDER BY id', 2), [[1], [2]])
    await client.query('CREATE MATERIALIZED VIEW m2 AS SELECT id FROM malformed')
    await rowsOf(client, 'SELECT id FROM m2', 2)
    const errors = await rowsOf(client, 'SELECT origin, error, payload FROM rw_catalog.rw_errors', 1)
    assert.deepEqual(errors, [
      ['topic malformed, partition 0, offset 1', 'invalid input syntax for type int4: "x"', bad.value],
    ])
    const metrics = await (await fetch(`http://127.0.0.1:${server.httpPort}/metrics`)).text()
    assert.match(metrics, /weir_source_errors_total\{[^}]*malformed[^}]*\} 1\n/)
  }))

test('how far a source is behind its partitions is in rw_kafka_job_lag and in the metrics', () =>
  withClient(server, async client => {
    await topic('behind', ...Array.from({ length: 20 }, (_, id) => ({ value: `{"id":${id}}` })))
    const options = from('behind').replace(')', ", source_rate_limit = '1')")
    await client.query(`CREATE TABLE behind (id int) ${options} FORMAT PLAIN ENCODE JSON`)
    const slow = `SELECT partition_id, high_watermark FROM rw_kafka_job_lag
      WHERE job_id = 'behind'::regclass::int AND lag BETWEEN 1 AND 19 AND lag + consumer_offset + 1 = high_watermark`
    assert.deepEqual(await rowsOf(client, slow, 1), [['0', '20']])
    await client.query('ALTER TABLE behind SET source_rate_limit TO DEFAULT')
    await rowsOf(client, 'SELECT id FROM behind', 20)
    const there = `SELECT high_watermark, consumer_offset, lag_phase FROM rw_kafka_job_lag JOIN rw_kafka_source_metrics
      USING (source_id, partition_id, high_watermark) WHERE job_id = 'behind'::regclass::int AND lag = 0`
    assert.deepEqual(await rowsOf(client, there, 1), [['20', '19', 'LIVE']])
    const metrics = await (await fetch(`http://127.0.0.1:${server.httpPort}/metrics`)).text()
    assert.match(metrics, /weir_source_lag_records\{[^}]*behind[^}]*\} 0\n/)
    await client.query('DROP TABLE behind')
  }))

test('a table of an upsert topic keeps the last value of each key, of a column of the value or of the key', () =>
  withClient(server, async client => {
    await topic(
      'upserts',
      { key: '1', value: '{"id":1,"name":"a"}' },
      { key: '2', value: '{"id":2,"name":"b"}' },
      { key: '1', value: '{"id":1,"name":"A"}' },
      { key: '2', value: null },
      { key: '3', value: '{"name":"c"}' },
    )
    const format = 'FORMAT UPSERT ENCODE JSON'
    await client.query(`CREATE TABLE u (id int PRIMARY KEY, name text) ${from('upserts')} ${format}`)
    await client.query(
      `CREATE TABLE k (name text, PRIMARY KEY (k)) INCLUDE KEY AS k ${from('upserts')} ${format}`,
    )
    assert.deepEqual(await rowsOf(client, 'SELECT id, name FROM u ORDER BY id', 2), [
      [1, 'A'],
      [3, 'c'],
    ])
    const rows = await rowsOf(client, `SELECT encode(k, 'escape'), name FROM k ORDER BY 1`, 2)
    assert.deepEqual(rows, [
      ['1', 'A'],
      ['3', 'c'],
    ])
  }))

test('INCLUDE columns can be queried', () =>
  withClient(server, async client => {
    await topic('included', { key: 'k', value: '{"a":1}', timestamp: '1700000000123' })
    await client.query(`CREATE TABLE included (a int) INCLUDE key AS k INCLUDE timestamp AS t INCLUDE partition AS p
      INCLUDE offset ${from('included')} FORMAT PLAIN ENCODE JSON`)
    const text = `SELECT a, encode(k, 'escape'), t::text, p, _rw_kafka_offset FROM included`
    assert.deepEqual(await rowsOf(client, text, 1), [[1, 'k', '2023-11-14 22:13:20.123+00:00', '0', '0']])
  }))

test('a row above the limit of its topic stops that sink alone, with the reason, until the limit is raised', () =>
  withClient(server, async client => {
    const limit = (value: number) => [{ name: 'max.message.bytes', value: String(value) }]
    await admin.createTopics({
      topics: [
        { topic: 'narrow', numPartitions: 1, configEntries: limit(10_000) },
        { topic: 'wide', numPartitions: 1 },
      ],
    })
    await client.query('CREATE TABLE rows_out (id int PRIMARY KEY, text varchar)')
    for (const name of ['narrow', 'wide'])
      await client.query(
        `CREATE SINK ${name} FROM rows_out ${from(name).replace(')', `, primary_key = 'id')`)} FORMAT UPSERT ENCODE JSON`,
      )
    await client.query('CREATE MATERIALIZED VIEW counted_out AS SELECT count(*) AS n FROM rows_out')
    await client.query(`INSERT INTO rows_out VALUES (1, repeat('x', 20000))`)
    const jobs = async (state: string) => {
      const { rows } = await client.query({ text: 'SHOW JOBS', rowMode: 'array' })
      return (rows as string[][]).filter(row => row[2] === state).map(row => [row[1], row[5]])
    }
    while ((await jobs('failing')).length === 0) await sleep(50)
    const reason =
      /a record of 200\d\d bytes, but topic "narrow" takes 10000 at most · Raise max.message.bytes/
    const [[failing, why] = []] = await jobs('failing')
    assert.equal(failing, 'narrow')
    assert.match(why!, reason)
    const logged = `SELECT error FROM rw_catalog.rw_errors WHERE origin = 'sink'`
    assert.match(String((await rowsOf(client, logged, 1))[0]![0]), reason)
    for (let id = 2; id <= 20; id++) await client.query(`INSERT INTO rows_out VALUES (${id}, 'small')`)
    assert.deepEqual(await rowsOf(client, 'SELECT n FROM counted_out', 1), [['20']])
    assert.equal((await records('wide', 20)).length, 20)
    await rowsOf(client, logged, 1)
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: 'narrow', configEntries: limit(50_000) }],
    })
    const written = (await records('narrow', 20)).map(value => JSON.parse(value).id)
    assert.deepEqual(
      written,
      Array.from({ length: 20 }, (_, i) => i + 1),
    )
    while ((await jobs('failing')).length > 0) await sleep(50)
  }))

/** Values of the first `count` committed records of a topic. */
async function records(name: string, count: number): Promise<string[]> {
  const client = await kafkaClient({ brokers: [broker.address] })
  const found: string[] = []
  const deadline = performance.now() + 30_000
  for (let at = 0n; found.length < count; ) {
    assert(performance.now() < deadline, `${found.length} of ${count} records in ${name}`)
    for (const part of await client.fetch(name, new Map([[0, at]]), 200)) {
      for (const set of part.sets) for (let i = 0; i < set.count; i++) found.push(String(valueBytes(set, i)))
      at = part.next
    }
  }
  await client.close()
  return found
}

test('a query reads a topic from its start up to its end, without what is not committed, and again when asked again', () =>
  withClient(server, async client => {
    const record = (id: number, partition: number) => ({ value: `{"id":${id}}`, partition })
    await admin.createTopics({ topics: [{ topic: 'direct', numPartitions: 3 }] })
    const count = async () =>
      (await client.query('SELECT count(*)::int AS n, sum(id)::int AS s FROM direct')).rows
    await client.query(`CREATE SOURCE direct (id int) ${from('direct')} FORMAT PLAIN ENCODE JSON`)
    assert.deepEqual(await count(), [{ n: 0, s: null }])
    await producer.send({
      topic: 'direct',
      messages: [record(1, 0), record(2, 1), { value: 'no', partition: 1 }],
    })
    assert.deepEqual(await count(), [{ n: 2, s: 3 }])
    const open = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).producer({
      transactionalId: 'direct',
      maxInFlightRequests: 1,
    })
    await open.connect()
    const transaction = await open.transaction()
    await transaction.send({ topic: 'direct', messages: [record(10, 0)] })
    await producer.send({ topic: 'direct', messages: [record(4, 1)] })
    assert.deepEqual(await count(), [{ n: 3, s: 7 }])
    await transaction.commit()
    await open.disconnect()
    // The broker answers before its marker is in the topic.
    await rowsOf(client, 'SELECT id FROM direct', 4)
    assert.deepEqual(await count(), [{ n: 4, s: 17 }])
    assert.equal((await client.query('SELECT id FROM direct LIMIT 2')).rows.length, 2)
    const joined = 'SELECT a.id FROM direct a JOIN direct b ON a.id = b.id * 2 ORDER BY 1'
    assert.deepEqual((await client.query(joined)).rows, [{ id: 2 }, { id: 4 }])
    await client.query(
      `CREATE SOURCE newest (id int) ${from('direct').replace(')', ", scan.startup.mode = 'latest')")} FORMAT PLAIN ENCODE JSON`,
    )
    assert.deepEqual((await client.query('SELECT id FROM newest')).rows, [])
  }))
