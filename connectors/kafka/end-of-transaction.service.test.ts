// What becomes of an epoch when a request of its transaction, or the answer to it, is lost, late or refused.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { startKafka } from '../../scripts/services.ts'
import { chunk, sinkContext, type TestBroker, testBroker } from './harness.ts'
import { kafka } from './index.ts'
import { internalCluster } from './kafkajs-internals.ts'
import { KafkaProducer } from './producer.ts'
import { END_TXN, type Fate, PRODUCE, type RequestProxy, startRequestProxy } from './request-proxy.ts'

let broker: TestBroker
let proxy: RequestProxy

before(async () => {
  broker = await testBroker(startKafka)
  proxy = await startRequestProxy(broker.options('')['properties.bootstrap.server']!)
})
after(async () => {
  await proxy.close()
  await broker.stop()
})
beforeEach(() => {
  proxy.fate = () => 'pass'
})

/** The fate of the next end of a transaction; later ones pass. */
function nextEnd(fate: () => Fate | Promise<Fate>): void {
  proxy.fate = apiKey => {
    if (apiKey !== END_TXN) return 'pass'
    proxy.fate = () => 'pass'
    return fate()
  }
}

async function writerTo(topic: string) {
  await broker.client.createTopic(topic, 1, {})
  const options = { ...broker.options(topic), 'properties.bootstrap.server': proxy.address }
  const sink = kafka.sink!(options, sinkContext(`end-${topic}`, 'plain', []))
  return sink.open()
}

const ids = async (topic: string, count: number) =>
  (await broker.read(topic, count)).map(record => JSON.parse(record.value!).id)

test('the answer is lost: the marker says that the epoch is there, and it is not written again', async () => {
  const writer = await writerTo('answered')
  await writer.claim({ delivered: 0 })
  const ends = proxy.count(END_TXN)
  nextEnd(() => 'lose-answer')
  await assert.rejects(writer.write([{ epoch: 1, chunks: [chunk([1n, 'a'])] }]), /Kafka: /)
  assert.equal(proxy.count(END_TXN), ends + 1, 'the request went out once')
  assert.equal(await writer.claim({ delivered: 0 }), 1)
  await writer.write([{ epoch: 2, chunks: [chunk([2n, 'b'])] }])
  await writer.close()
  assert.deepEqual(await ids('answered', 2), [1, 2])
})

test('the request is late: it does not end the transaction that was opened since', async () => {
  const writer = await writerTo('late')
  await writer.claim({ delivered: 0 })
  nextEnd(() => 'hold')
  await assert.rejects(writer.write([{ epoch: 1, chunks: [chunk([1n, 'a'])] }]), /Kafka: /)
  assert.equal(await writer.claim({ delivered: 0 }), undefined, 'the claim ended the transaction')
  let answer: Buffer | undefined
  nextEnd(async (): Promise<Fate> => {
    // Rows and marker are in the second transaction: now the first one's end comes.
    answer = await proxy.release()
    return 'hold'
  })
  await assert.rejects(writer.write([{ epoch: 1, chunks: [chunk([2n, 'half'])] }]), /Kafka: /)
  const [INVALID_PRODUCER_EPOCH, PRODUCER_FENCED] = [47, 90]
  assert.ok(
    [INVALID_PRODUCER_EPOCH, PRODUCER_FENCED].includes(answer!.readInt16BE(4)),
    answer!.toString('hex'),
  )
  assert.equal(await writer.claim({ delivered: 0 }), undefined, 'nothing was committed by it')
  await writer.write([{ epoch: 1, chunks: [chunk([3n, 'c'])] }])
  await writer.close()
  assert.deepEqual(await ids('late', 1), [3])
})

test('a producer used again after such a failure would commit half an epoch: why it is thrown away', async () => {
  await broker.client.createTopic('torn', 1, {})
  const cluster = internalCluster({ brokers: [proxy.address] }, { retries: 5 })
  const producer = new KafkaProducer(cluster, 'torn', 60_000)
  await producer.start()
  await producer.send('torn', [{ value: '{"id":1}' }])
  nextEnd(() => 'hold')
  await assert.rejects(producer.commit(() => {}))
  await producer.commit(() => {})
  await producer.send('torn', [{ value: '{"id":2}' }])
  await proxy.release()
  assert.deepEqual(await ids('torn', 2), [1, 2], 'nobody asked for the end of the second transaction')
  await producer.close()
})

test('a leader that moves refuses the requests under way: they are sent again in their order', async () => {
  const writer = await writerTo('moving')
  await writer.claim({ delivered: 0 })
  let refused = 0
  proxy.fate = apiKey => (apiKey === PRODUCE && refused++ < 5 ? notLeader('moving') : 'pass')
  const wide = 'x'.repeat(100_000)
  const rows = Array.from({ length: 60 }, (_, i): [bigint, string] => [BigInt(i), wide])
  await writer.write([{ epoch: 1, chunks: [chunk(...rows)] }])
  assert.ok(refused > 5)
  assert.equal(await writer.claim({ delivered: 0 }), 1)
  await writer.close()
  assert.deepEqual(
    await ids('moving', 60),
    rows.map(([id]) => Number(id)),
  )
})

/** ProduceResponse, version 3: NOT_LEADER_OR_FOLLOWER for the topic's partition 0. */
function notLeader(topic: string): Buffer {
  const answer = Buffer.alloc(4 + 2 + topic.length + 4 + 22 + 4)
  answer.writeInt32BE(1)
  answer.writeInt16BE(topic.length, 4)
  answer.write(topic, 6)
  answer.writeInt32BE(1, 6 + topic.length)
  answer.writeInt16BE(6, 14 + topic.length)
  return answer
}
