// Our view of Kafka over kafkajs.
import type { Admin } from 'kafkajs'
import type { Epoch } from '../../types/connector.ts'
import type { KafkaMessage } from './batch-writer.ts'
import { type Fetched, fetchBatches } from './fetch.ts'
import { calmRequestQueues, internalCluster, type KafkaSettings } from './kafkajs-internals.ts'
import { KafkaProducer } from './producer.ts'
import { readProgress } from './progress.ts'
import { refusal } from './refusal.ts'

/** Sends messages that become visible together with `commit`, or never. */
export interface TransactionalProducer {
  /** One transaction over several topics. After it throws, the outcome is unknown: throw the producer away. */
  transact(topics: readonly { topic: string; messages: Iterable<KafkaMessage> }[]): Promise<void>
  close(): Promise<void>
}

/** Acknowledged by all replicas, outside of any transaction. */
export interface PlainProducer {
  send(topic: string, messages: Iterable<KafkaMessage>): Promise<void>
  close(): Promise<void>
}

export type StartAt = 'earliest' | 'latest' | { readonly timestampMs: number }

export interface KafkaClient {
  /** Partition numbers in order; SqlError when the topic does not exist. */
  partitions(topic: string): Promise<readonly number[]>
  /** Offsets by partition. */
  offsets(topic: string, at: StartAt): Promise<ReadonlyMap<number, bigint>>
  /** Reads committed records from explicit positions; waits up to `waitMs` for the first. */
  fetch(topic: string, positions: ReadonlyMap<number, bigint>, waitMs: number): Promise<readonly Fetched[]>
  /** See readProgress. */
  progress(topic: string, key: string, delivered: Epoch): Promise<Epoch | undefined>
  createTopic(topic: string, partitions: number, config: Readonly<Record<string, string>>): Promise<void>
  /** Grows the topic to so many partitions. */
  addPartitions(topic: string, count: number): Promise<void>
  topicConfig(topic: string, name: string): Promise<string | undefined>
  /** Fences every older producer of this id, and aborts what it left open. `crashPoint`: of its transactions. */
  transactional(
    transactionalId: string,
    timeoutMs: number,
    crashPoint: (id: string) => void,
  ): Promise<TransactionalProducer>
  idempotent(): Promise<PlainProducer>
  close(): Promise<void>
}

const RETRY = { initialRetryTime: 10, maxRetryTime: 500, retries: 20 }

/** Connects lazily; kafkajs is loaded here, not at start. */
export async function kafkaClient(settings: KafkaSettings): Promise<KafkaClient> {
  const kafkajs = await import('kafkajs')
  const { Kafka, logLevel } = kafkajs.default
  calmRequestQueues()
  const kafka = new Kafka({
    ...settings,
    clientId: 'weir',
    logLevel: logLevel.NOTHING,
    retry: RETRY,
    requestTimeout: 30_000,
  })
  const admin = kafka.admin()
  await guard(() => admin.connect())
  const cluster = () => internalCluster(settings, RETRY)
  const reading = cluster()
  let connected: Promise<void> | undefined
  const read = async <T>(from: () => Promise<T>): Promise<T> => {
    connected ??= reading.connect()
    await guard(() => connected!)
    return guard(from)
  }
  return {
    partitions: topic => partitions(admin, topic),
    offsets: (topic, at) => offsets(admin, topic, at),
    fetch: (topic, positions, waitMs) => read(() => fetchBatches(reading, topic, positions, waitMs)),
    progress: (topic, key, delivered) => read(() => readProgress(reading, topic, key, delivered)),
    createTopic: (topic, numPartitions, config) => createTopic(admin, topic, numPartitions, config),
    addPartitions: async (topic, count) => {
      await guard(() => admin.createPartitions({ topicPartitions: [{ topic, count }] }))
    },
    topicConfig: (topic, name) => topicConfig(admin, topic, name),
    transactional: (id, timeoutMs, crashPoint) =>
      transactional(new KafkaProducer(cluster(), id, timeoutMs), batchLimits(admin), crashPoint),
    idempotent: () => idempotent(new KafkaProducer(cluster(), null, 0), batchLimits(admin)),
    close: async () => {
      await Promise.all([admin.disconnect(), reading.disconnect()])
    },
  }
}

async function partitions(admin: Admin, topic: string): Promise<readonly number[]> {
  const { topics } = await guard(() => admin.fetchTopicMetadata({ topics: [topic] }), topic)
  return topics[0]!.partitions.map(p => p.partitionId).sort((a, b) => a - b)
}

async function offsets(admin: Admin, topic: string, at: StartAt): Promise<ReadonlyMap<number, bigint>> {
  if (typeof at === 'object') {
    const rows = await guard(() => admin.fetchTopicOffsetsByTimestamp(topic, at.timestampMs), topic)
    return new Map(rows.map(row => [row.partition, BigInt(row.offset)]))
  }
  const rows = await guard(() => admin.fetchTopicOffsets(topic), topic)
  return new Map(rows.map(row => [row.partition, BigInt(at === 'earliest' ? row.low : row.high)]))
}

async function createTopic(
  admin: Admin,
  topic: string,
  numPartitions: number,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  await guard(() =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, configEntries }] }),
  )
}

async function topicConfig(admin: Admin, topic: string, name: string): Promise<string | undefined> {
  const { resources } = await guard(() =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic, configNames: [name] }],
    }),
  )
  return resources[0]?.configEntries.find(entry => entry.configName === name)?.configValue
}

type BatchLimits = (topic: string) => Promise<number>

/** How large a batch each topic takes, asked for once; Infinity where that may not be read: the broker says it then. */
function batchLimits(admin: Admin): BatchLimits {
  const known = new Map<string, number>()
  return async topic => {
    const found = known.get(topic)
    if (found !== undefined) return found
    const told = await topicConfig(admin, topic, 'max.message.bytes').catch(() => undefined)
    const limit = Number(told ?? Infinity)
    known.set(topic, limit)
    return limit
  }
}

async function transactional(
  producer: KafkaProducer,
  limitOf: BatchLimits,
  crashPoint: (id: string) => void,
): Promise<TransactionalProducer> {
  await guard(() => producer.start())
  return {
    transact: topics =>
      guard(async () => {
        for (const { topic, messages } of topics) {
          await producer.send(topic, messages, await limitOf(topic))
          crashPoint('C15')
        }
        crashPoint('C16')
        await producer.commit(() => crashPoint('C17'))
      }),
    close: () => producer.close(),
  }
}

async function idempotent(producer: KafkaProducer, limitOf: BatchLimits): Promise<PlainProducer> {
  await guard(() => producer.start())
  return {
    send: (topic, messages) => guard(async () => producer.send(topic, messages, await limitOf(topic))),
    close: () => producer.close(),
  }
}

async function guard<T>(run: () => Promise<T>, topic?: string): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw refusal(error, topic)
  }
}
