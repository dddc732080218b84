import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Kafka, logLevel } from 'kafkajs'
import { startKafka } from '../../scripts/services.ts'
import type { SourceContext } from '../../types/connector.ts'
import type { KafkaMessage } from './batch-writer.ts'
import { format, host, idAndName, readAll, type TestBroker, testBroker } from './harness.ts'
import { kafka } from './index.ts'

let broker: TestBroker

before(async () => {
  broker = await testBroker(startKafka)
})
after(() => broker.stop())

const plain: SourceContext = { schema: idAndName, include: [], format: format('plain'), key: [], host }

async function send(topic: string, ...messages: KafkaMessage[]): Promise<void> {
  const producer = await broker.client.idempotent()
  await producer.send(topic, messages)
  await producer.close()
}

const row = (id: number, more: object = {}) => ({ partition: 0, value: JSON.stringify({ id }), ...more })
const ids = (rows: readonly (readonly unknown[])[]) => rows.map(r => Number(r[0])).sort((a, b) => a - b)

test('scan.startup.mode latest starts behind what is there, and the position is known before the first record', async () => {
  await broker.client.createTopic('latest', 2, {})
  await send('latest', row(1), row(2), row(3, { partition: 1 }))
  const options = { ...broker.options('latest'), 'scan.startup.mode': 'latest' }
  const source = kafka.source!(options, plain)
  const first = await source.open(new Map())
  const start = await readAll(first, r => r.offsets.size === 2)
  await first.close()
  assert.deepEqual(start.rows, [])
  const expected: [string, string][] = [
    ['0', '2'],
    ['1', '1'],
  ]
  assert.deepEqual([...start.offsets].sort(), expected)
  await send('latest', row(4), row(5, { partition: 1 }))
  // As after a crash: records that came while nobody read are not skipped.
  const second = await source.open(start.offsets)
  const { rows } = await readAll(second, r => r.rows.length === 2)
  await second.close()
  assert.deepEqual(ids(rows), [4, 5])
})

test('scan.startup.mode timestamp starts at the first record of that time, or at the end when there is none', async () => {
  await broker.client.createTopic('timed', 2, {})
  const at = (ms: number) => ({ timestampMs: 1_700_000_000_000 + ms })
  await send('timed', row(1, at(0)), row(2, at(10)), row(3, at(20)), row(9, { partition: 1, ...at(0) }))
  const options = {
    ...broker.options('timed'),
    'scan.startup.mode': 'timestamp',
    'scan.startup.timestamp.millis': '1700000000010',
  }
  const reader = await kafka.source!(options, plain).open(new Map())
  const { rows, offsets } = await readAll(reader, r => r.rows.length === 2 && r.offsets.size === 2)
  await reader.close()
  assert.deepEqual(ids(rows), [2, 3])
  assert.equal(offsets.get('1'), '1')
})

test('partitions added while running are read from their beginning', async () => {
  await broker.client.createTopic('growing', 1, {})
  await send('growing', row(1))
  const options = { ...broker.options('growing'), 'scan.startup.mode': 'latest' }
  const reader = await kafka.source!({ ...options, 'properties.metadata.max.age.ms': '200' }, plain).open(
    new Map(),
  )
  await readAll(reader, r => r.offsets.size === 1)
  await broker.client.addPartitions('growing', 3)
  await send('growing', row(2, { partition: 2 }), row(3, { partition: 1 }), row(4))
  const { rows, offsets } = await readAll(reader, r => r.rows.length === 3)
  await reader.close()
  assert.deepEqual(ids(rows), [2, 3, 4])
  assert.deepEqual([...offsets.keys()].sort(), ['0', '1', '2'])
})

test('INCLUDE gives key, timestamp, offset, partition and headers', async () => {
  await broker.client.createTopic('included', 2, {})
  const headers = [
    ['trace', Buffer.from('a')],
    ['trace', Buffer.from([255])],
    ['empty', Buffer.alloc(0)],
  ] as const
  await send('included', {
    ...row(1, { key: 'k' }),
    partition: 1,
    headers,
    timestampMs: 1_700_000_000_123,
  })
  const what = ['key', 'timestamp', 'offset', 'partition', 'header']
  const include = what.map(name => ({ what: name, name: `_${name}` }))
  const source = kafka.source!(broker.options('included'), { ...plain, include })
  const reader = await source.open(new Map())
  const { rows } = await readAll(reader, r => r.rows.length === 1)
  await reader.close()
  const [, , key, timestamp, offset, partition, header] = rows[0]!
  assert.deepEqual(Buffer.from(key as Uint8Array).toString(), 'k')
  assert.deepEqual([timestamp, offset, partition], [1_700_000_000_123_000n, '0', '1'])
  const found = (header as [string, Uint8Array][]).map(([k, v]) => [k, Buffer.from(v).toString('hex')])
  assert.deepEqual(found, [
    ['trace', '61'],
    ['trace', 'ff'],
    ['empty', ''],
  ])
  await assert.rejects(
    async () =>
      kafka.source!(broker.options('included'), {
        ...plain,
        include: [{ what: 'shoe', name: 's' }],
      }),
    /cannot INCLUDE shoe/,
  )
})

test('malformed records are reported with where they lie and never stop the reader', async () => {
  await broker.client.createTopic('malformed', 1, {})
  const bad = [
    '{',
    '{"id":',
    '{"id":"x"}',
    '',
    'null',
    '[1]',
    '{"id":1}}',
    Buffer.from('{"id":1,"name":"\xff"}', 'latin1'),
  ]
  await send('malformed', ...bad.map(value => ({ partition: 0, value })), row(7))
  const reader = await kafka.source!(broker.options('malformed'), plain).open(new Map())
  const { rows, errors, offsets } = await readAll(reader, r => r.rows.length > 0, 3)
  await reader.close()
  assert.deepEqual(ids(rows), [7])
  assert.deepEqual(
    errors.map(e => e.origin),
    bad.map((_, i) => `topic malformed, partition 0, offset ${i}`),
  )
  assert.equal(Buffer.from(errors[2]!.payload!).toString(), '{"id":"x"}')
  assert.equal(offsets.get('0'), String(bad.length + 1))
})

test('a source reads from explicit offsets and stops at its end', async () => {
  await broker.client.createTopic('in', 2, {})
  await send('in', row(0), row(1, { key: 'k' }), row(2), row(3), {
    partition: 1,
    value: '{"id":9007199254740993}',
  })
  const from = new Map([['0', '1']])
  const until = new Map([
    ['0', '3'],
    ['1', '1'],
  ])
  const reader = await kafka.source!(broker.options('in'), plain).open(from, until)
  const { rows, offsets } = await readAll(reader, () => false, 1)
  await reader.close()
  assert.deepEqual(rows.map(r => r[0]).sort(), [1n, 2n, 9007199254740993n])
  assert.deepEqual(offsets, until)
})

test('every compression of Kafka is read', async () => {
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    await broker.client.createTopic(codec, 1, { 'compression.type': codec })
    const names = Array.from({ length: 300 }, (_, i) => `${'name '.repeat(i % 50)}${i * 7919}`)
    await send(codec, ...names.map((name, id) => ({ partition: 0, value: JSON.stringify({ id, name }) })))
    const reader = await kafka.source!(broker.options(codec), plain).open(new Map())
    const { rows } = await readAll(reader, r => r.rows.length === names.length)
    await reader.close()
    assert.deepEqual(
      rows,
      names.map((name, id) => [BigInt(id), name]),
    )
  }
})

test('records of aborted transactions are not read, and do not hold the reader up', async () => {
  await broker.client.createTopic('aborted', 1, {})
  const address = broker.options('aborted')['properties.bootstrap.server']!
  const kafkajs = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING })
  const producer = kafkajs.producer({ transactionalId: 'test', idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  for (const id of [1, 2, 3, 4]) {
    const transaction = await producer.transaction()
    await transaction.send({ topic: 'aborted', messages: [row(id)] })
    await (id % 2 === 0 ? transaction.commit() : transaction.abort())
  }
  await producer.disconnect()
  await send('aborted', row(5))
  const reader = await kafka.source!(broker.options('aborted'), plain).open(new Map())
  const { rows } = await readAll(reader, r => r.rows.length === 3)
  await reader.close()
  assert.deepEqual(ids(rows), [2, 4, 5])
})
