import { JsonBytes, rowWriter } from '../connectors/formats/json-writer.ts'
import { kafkaClient } from '../connectors/kafka/client.ts'
import { nexmark } from '../connectors/nexmark/index.ts'
import { NEXMARK_SCHEMAS } from '../connectors/nexmark/schema.ts'

const PARTITIONS = 2
const BATCH = 4000

export async function createTopic(address: string, topic: string): Promise<void> {
  const client = await kafkaClient({ brokers: [address] })
  await client.createTopic(topic, PARTITIONS, {})
  await client.close()
}

/** Makes a topic of `count` Nexmark bids as JSON objects, spread over its partitions in turn. */
export async function fillBids(address: string, topic: string, count: number): Promise<void> {
  const client = await kafkaClient({ brokers: [address] })
  await client.createTopic(topic, PARTITIONS, {})
  const producer = await client.idempotent()
  const schema = NEXMARK_SCHEMAS.bid
  const options = { 'nexmark.table.type': 'bid', 'nexmark.min.event.gap.in.ns': '0' }
  const generator = nexmark.generator!(
    { connector: 'nexmark', options, schema, splits: ['0'] },
    '0',
    undefined,
  )
  for (let made = 0; made < count; ) {
    const chunk = generator.next(Math.min(BATCH, count - made), 0)!
    const out = new JsonBytes()
    const write = rowWriter(out, chunk, schema)
    const messages = Array.from({ length: Math.min(chunk.length, count - made) }, (_, row) => {
      write(row)
      return { value: out.take(), partition: (made + row) % PARTITIONS }
    })
    await producer.send(topic, messages)
    made += messages.length
  }
  await producer.close()
  await client.close()
}

/** Committed records of a topic, read to its end. */
export async function countRecords(address: string, topic: string): Promise<number> {
  const client = await kafkaClient({ brokers: [address] })
  const ends = await client.offsets(topic, 'latest')
  const at = new Map([...ends.keys()].map(partition => [partition, 0n]))
  let count = 0
  while (at.size > 0) {
    for (const { partition, sets, next } of await client.fetch(topic, at, 500)) {
      for (const set of sets) count += set.count
      if (next >= ends.get(partition)!) at.delete(partition)
      else at.set(partition, next)
    }
  }
  await client.close()
  return count
}
