import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Service, startKafka } from '../../scripts/services.ts'
import type { SinkContext, SourceContext } from '../../types/connector.ts'
import type { Host } from '../../types/host.ts'
import { INT8, TEXT } from '../../types/type.ts'
import { RowWriter } from '../formats/row-writer.ts'
import { type KafkaClient, kafkaClient } from './client.ts'
import { kafka } from './index.ts'

const host: Host = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
  random: () => 0.5,
  randomBytes: length => new Uint8Array(length),
  crashPoint: () => {},
}
const schema = [
  { name: 'id', type: INT8 },
  { name: 'name', type: TEXT },
]
const format = (name: string) => ({ format: name, encode: 'json', options: {} })
const chunk = (...rows: [bigint, string, (1 | -1)?][]) => {
  const writer = new RowWriter(schema)
  for (const [id, name, weight] of rows) writer.push([id, name], weight ?? 1)
  return writer.chunk()
}

const dir = mkdtempSync(join(tmpdir(), 'weir-kafka-'))
let broker: Service
let client: KafkaClient
const options = (topic: string) => ({ topic, 'properties.bootstrap.server': broker.address })

before(async () => {
  broker = await startKafka(dir)
  client = await kafkaClient({ brokers: [broker.address] })
})
after(async () => {
  await client.close()
  await broker.stop()
  rmSync(dir, { recursive: true })
})

const read = async (topic: string, count: number) => {
  const found: (string | null)[] = []
  let at = 0n
  for (let i = 0; i < 50 && found.length < count; i++) {
    for (const part of await client.fetch(topic, new Map([[0, at]]), 200)) {
      found.push(...part.records.map(r => (r.value === null ? null : Buffer.from(r.value).toString())))
      at = part.next
    }
  }
  return found
}

const sinkContext = (id: string, name: string, key: number[]): SinkContext => ({
  id,
  schema,
  key,
  appendOnly: name === 'plain',
  format: format(name),
  host,
})

test('an exactly-once sink remembers its last epoch and fences the older writer', async () => {
  await client.createTopic('out', 1, {})
  const sink = kafka.sink!(options('out'), sinkContext('b-1', 'plain', []))
  await sink.validate()
  const old = await sink.open()
  assert.equal(await old.claim({ delivered: 0 }), undefined)
  await old.write(3, [chunk([1n, 'a'], [2n, 'b'])])
  const young = await sink.open()
  assert.equal(await young.claim({ delivered: 0 }), 3)
  await assert.rejects(old.write(4, [chunk([9n, 'zombie'])]))
  await young.write(4, [chunk([3n, 'c'])])
  assert.equal(await young.claim({ delivered: 4 }), 4)
  assert.deepEqual(await read('out', 3), [
    '{"id":1,"name":"a"}',
    '{"id":2,"name":"b"}',
    '{"id":3,"name":"c"}',
  ])
  await assert.rejects(young.claim({ delivered: 5 }), /progress marker of the sink was lost or went back/)
  await old.close()
  await young.close()
})

test('an upsert sink writes tombstones and an upsert source reads them as deletes', async () => {
  await client.createTopic('upserts', 1, {})
  const sink = await kafka.sink!(options('upserts'), sinkContext('b-2', 'upsert', [0])).open()
  await sink.claim({ delivered: 0 })
  await sink.write(1, [chunk([1n, 'a'], [2n, 'b'])])
  await sink.write(2, [chunk([1n, 'a', -1], [1n, 'A'], [2n, 'b', -1])])
  await sink.close()
  const context: SourceContext = { schema, include: [], format: format('upsert'), key: [0], host }
  const source = kafka.source!(options('upserts'), context)
  const reader = await source.open(new Map())
  const weights: number[] = []
  while (weights.length < 4) {
    const batch = await reader.read(100, new AbortController().signal)
    weights.push(...batch!.chunk.weights.slice(0, batch!.chunk.length))
  }
  assert.deepEqual(weights, [1, 1, 1, -1])
  await reader.close()
})

test('a source reads from explicit offsets, stops at its end and reports malformed records', async () => {
  await client.createTopic('in', 2, {})
  const producer = await client.idempotent()
  await producer.send('in', [
    { partition: 0, key: 'k', value: '{"id":1,"name":"a"}' },
    { partition: 0, value: '{"id":"x"}' },
    { partition: 0, value: '{"id":2}' },
    { partition: 1, value: '{"id":9007199254740993}' },
  ])
  await producer.close()
  const include = [
    { what: 'partition', name: 'p' },
    { what: 'offset', name: 'o' },
  ]
  const source = kafka.source!(options('in'), { schema, include, format: format('plain'), key: [], host })
  const from = new Map([['0', '1']])
  const until = new Map([
    ['0', '3'],
    ['1', '1'],
  ])
  const reader = await source.open(from, until)
  const ids: bigint[] = []
  const errors: string[] = []
  const offsets = new Map<string, string>()
  for (;;) {
    const batch = await reader.read(1, new AbortController().signal)
    if (batch === undefined) break
    ids.push(...(batch.chunk.columns[0]!.data as BigInt64Array).slice(0, batch.chunk.length))
    errors.push(...batch.errors.map(error => error.origin))
    for (const [id, offset] of batch.offsets) offsets.set(id, offset)
  }
  await reader.close()
  assert.deepEqual(ids.sort(), [2n, 9007199254740993n])
  assert.deepEqual(errors, ['topic in, partition 0, offset 1'])
  assert.deepEqual(offsets, until)
})
