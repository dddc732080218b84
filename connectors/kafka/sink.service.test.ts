import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startKafka } from '../../scripts/services.ts'
import type { SourceContext } from '../../types/connector.ts'
import {
  chunk,
  format,
  host,
  idAndName,
  readAll,
  sinkContext,
  type TestBroker,
  testBroker,
} from './harness.ts'
import { kafka } from './index.ts'
import { internalCluster } from './kafkajs-internals.ts'
import { kafkaSettings } from './options.ts'
import { KafkaProducer } from './producer.ts'

let broker: TestBroker

before(async () => {
  broker = await testBroker(startKafka)
})
after(() => broker.stop())

const values = async (topic: string, count: number) => (await broker.read(topic, count)).map(r => r.value)

test('an exactly-once sink remembers its last epoch and fences the older writer', async () => {
  await broker.client.createTopic('out', 1, {})
  const sink = kafka.sink!(broker.options('out'), sinkContext('b-1', 'plain', []))
  await sink.validate()
  const old = await sink.open()
  assert.equal(await old.claim({ delivered: 0 }), undefined)
  await old.write([{ epoch: 3, chunks: [chunk([1n, 'a'], [2n, 'b'])] }])
  const young = await sink.open()
  assert.equal(await young.claim({ delivered: 0 }), 3)
  await assert.rejects(old.write([{ epoch: 4, chunks: [chunk([9n, 'zombie'])] }]))
  await young.write([{ epoch: 4, chunks: [chunk([3n, 'c'])] }])
  assert.deepEqual(young.sent, { rows: 1, bytes: '{"id":3,"name":"c"}'.length })
  assert.equal(await young.claim({ delivered: 4 }), 4)
  assert.deepEqual(await values('out', 3), [
    '{"id":1,"name":"a"}',
    '{"id":2,"name":"b"}',
    '{"id":3,"name":"c"}',
  ])
  await assert.rejects(young.claim({ delivered: 5 }), /progress marker of the sink was lost or went back/)
  await old.close()
  await young.close()
})

test('an upsert sink writes tombstones and an upsert source reads them as deletes', async () => {
  await broker.client.createTopic('upserts', 1, {})
  const sink = await kafka.sink!(broker.options('upserts'), sinkContext('b-2', 'upsert', [0])).open()
  await sink.claim({ delivered: 0 })
  // Both in one transaction: 2 comes and goes.
  await sink.write([
    { epoch: 1, chunks: [chunk([1n, 'a'], [2n, 'b'])] },
    { epoch: 2, chunks: [chunk([1n, 'a', -1], [1n, 'A'], [2n, 'b', -1])] },
  ])
  assert.equal(await sink.claim({ delivered: 0 }), 2)
  await sink.close()
  const context: SourceContext = { schema: idAndName, include: [], format: format('upsert'), key: [0], host }
  const source = kafka.source!(broker.options('upserts'), context)
  const reader = await source.open(new Map())
  const { rows, weights } = await readAll(reader, r => r.rows.length === 4)
  await reader.close()
  assert.deepEqual(weights, [1, 1, 1, -1])
  assert.deepEqual(rows.at(-1), [2n, null])
})

test('an epoch of 500,000 rows, and of rows near the limit of a batch, is one transaction', async () => {
  await broker.client.createTopic('large', 1, {})
  const sink = kafka.sink!(broker.options('large'), sinkContext('b-3', 'plain', []))
  const writer = await sink.open()
  await writer.claim({ delivered: 0 })
  const wide = 'x'.repeat(700_000)
  const chunks = Array.from({ length: 125 }, (_, c) =>
    chunk(...Array.from({ length: 4000 }, (_, i): [bigint, string] => [BigInt(c * 4000 + i), 'name'])),
  )
  await writer.write([{ epoch: 7, chunks: [...chunks, chunk([500_000n, wide], [500_001n, wide])] }])
  await writer.close()
  const source = kafka.source!(broker.options('large'), {
    schema: idAndName,
    include: [],
    format: format('plain'),
    key: [],
    host,
  })
  const reader = await source.open(new Map())
  const { rows } = await readAll(reader, r => r.rows.length === 500_002, 4096)
  await reader.close()
  assert(rows.every(([id], i) => id === BigInt(i)))
  assert.deepEqual(await broker.read('weir_progress', 1).then(r => r.length > 0), true)
  const again = await sink.open()
  assert.equal(await again.claim({ delivered: 0 }), 7)
  await again.close()
})

test('rows of an epoch that was not committed are not seen, and its successor writes them', async () => {
  await broker.client.createTopic('torn', 1, {})
  const sink = kafka.sink!(broker.options('torn'), sinkContext('b-4', 'plain', []))
  const writer = await sink.open()
  await writer.claim({ delivered: 0 })
  // Refused behind the first part of the epoch.
  const parts = [chunk([1n, 'x'.repeat(800_000)]), chunk([2n, 'x'.repeat(2_000_000)])]
  await assert.rejects(
    writer.write([{ epoch: 1, chunks: parts }]),
    /a record of 20000\d\d bytes, but topic "torn" takes 1048588/,
  )
  assert.equal(await writer.claim({ delivered: 0 }), undefined)
  await writer.write([{ epoch: 1, chunks: [chunk([1n, 'small'])] }])
  await writer.close()
  assert.deepEqual(await values('torn', 1), ['{"id":1,"name":"small"}'])
})

test('what another sink has open in the progress topic hides no marker behind it', async () => {
  await broker.client.createTopic('beside', 1, {})
  const sink = kafka.sink!(broker.options('beside'), sinkContext('b-8', 'plain', []))
  const writer = await sink.open()
  await writer.claim({ delivered: 0 })
  const other = new KafkaProducer(
    internalCluster(kafkaSettings(broker.options('beside')), {}),
    'other',
    60_000,
  )
  await other.start()
  await other.send('weir_progress', [{ key: 'other', value: '{"epoch":1}' }])
  await writer.write([{ epoch: 7, chunks: [chunk([1n, 'a'])] }])
  await writer.close()
  const next = await sink.open()
  assert.equal(await next.claim({ delivered: 0 }), 7)
  await next.close()
  await other.commit(() => {})
  await other.close()
})

test('at least once: every row arrives, without a transaction and without a marker', async () => {
  await broker.client.createTopic('plain', 1, {})
  const options = { ...broker.options('plain'), delivery: 'at-least-once', 'progress.topic': 'unused' }
  const sink = kafka.sink!(options, sinkContext('b-5', 'plain', []))
  await sink.validate()
  assert.equal(sink.guarantee, 'at_least_once')
  const writer = await sink.open()
  assert.equal(await writer.claim({ delivered: 3 }), undefined)
  await writer.write([{ epoch: 4, chunks: [chunk([1n, 'a'])] }])
  await writer.write([{ epoch: 4, chunks: [chunk([1n, 'a'])] }])
  assert.deepEqual(writer.sent, { rows: 2, bytes: 2 * '{"id":1,"name":"a"}'.length })
  await writer.close()
  assert.deepEqual(await values('plain', 2), ['{"id":1,"name":"a"}', '{"id":1,"name":"a"}'])
  await assert.rejects(broker.client.partitions('unused'), /does not exist/)
})

test('a debezium sink and a debezium source understand each other', async () => {
  await broker.client.createTopic('dbz', 1, {})
  const writer = await kafka.sink!(broker.options('dbz'), sinkContext('b-6', 'debezium', [0])).open()
  await writer.claim({ delivered: 0 })
  await writer.write([{ epoch: 1, chunks: [chunk([1n, 'a'], [2n, 'b'])] }])
  await writer.write([{ epoch: 2, chunks: [chunk([1n, 'a', -1], [1n, 'A'], [2n, 'b', -1])] }])
  await writer.close()
  const context: SourceContext = {
    schema: idAndName,
    include: [],
    format: format('debezium'),
    key: [0],
    host,
  }
  const reader = await kafka.source!(broker.options('dbz'), context).open(new Map())
  const { rows, weights } = await readAll(reader, r => r.rows.length === 5)
  await reader.close()
  assert.deepEqual(
    rows.map((row, i) => [...row, weights[i]]),
    [
      [1n, 'a', 1],
      [2n, 'b', 1],
      [1n, 'a', -1],
      [1n, 'A', 1],
      [2n, 'b', -1],
    ],
  )
})

test('batches keep to the limit of the topic; a row above it is an error until the limit is raised', async () => {
  const limit = (bytes: number) => ({ 'max.message.bytes': String(bytes) })
  await broker.client.createTopic('narrow', 1, limit(20_000))
  for (const [id, delivery] of [
    ['b-7', 'exactly-once'],
    ['b-8', 'at-least-once'],
  ] as const) {
    const sink = kafka.sink!({ ...broker.options('narrow'), delivery }, sinkContext(id, 'plain', []))
    const writer = await sink.open()
    await writer.claim({ delivered: 0 })
    const rows = Array.from({ length: 100 }, (_, i): [bigint, string] => [BigInt(i), 'x'.repeat(1000)])
    await writer.write([{ epoch: 1, chunks: [chunk(...rows)] }])
    await assert.rejects(writer.write([{ epoch: 2, chunks: [chunk([100n, 'x'.repeat(30_000)])] }]), {
      condition: 'program_limit_exceeded',
      message: /^a row makes a record of 300\d\d bytes, but topic "narrow" takes 20000 at most$/,
    })
    await writer.close()
  }
  await broker.configure('narrow', limit(40_000))
  const writer = await kafka.sink!(broker.options('narrow'), sinkContext('b-7', 'plain', [])).open()
  assert.equal(await writer.claim({ delivered: 0 }), 1)
  await writer.write([{ epoch: 2, chunks: [chunk([100n, 'x'.repeat(30_000)])] }])
  await writer.close()
  const lengths = (await values('narrow', 201)).map(value => value!.length)
  assert.deepEqual([lengths.length, lengths.filter(n => n > 30_000).length], [201, 1])
})
