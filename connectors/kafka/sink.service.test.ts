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
  await old.write(3, [chunk([1n, 'a'], [2n, 'b'])])
  const young = await sink.open()
  assert.equal(await young.claim({ delivered: 0 }), 3)
  await assert.rejects(old.write(4, [chunk([9n, 'zombie'])]))
  await young.write(4, [chunk([3n, 'c'])])
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
  await sink.write(1, [chunk([1n, 'a'], [2n, 'b'])])
  await sink.write(2, [chunk([1n, 'a', -1], [1n, 'A'], [2n, 'b', -1])])
  await sink.close()
  const context: SourceContext = { schema: idAndName, include: [], format: format('upsert'), key: [0], host }
  const source = kafka.source!(broker.options('upserts'), context)
  const reader = await source.open(new Map())
  const { rows, weights } = await readAll(reader, r => r.rows.length === 4)
  await reader.close()
  assert.deepEqual(weights, [1, 1, 1, -1])
  assert.deepEqual(rows.at(-1), [2n, null])
})
