// Our view of Kafka over kafkajs. Reading uses its internal broker.fetch, because its public consumer always joins a group, while
// our positions live in the manifest. Everything internal to kafkajs stays in this file.
import { createRequire } from 'node:module'
import type { Admin, Kafka, KafkaConfig, Message, Producer, Transaction } from 'kafkajs'
import { SqlError } from '../../types/error.ts'

export interface KafkaRecord {
  readonly offset: bigint
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestampMs: number
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

/** Committed records of one partition, and where to read on. */
export interface Fetched {
  readonly partition: number
  readonly records: readonly KafkaRecord[]
  readonly next: bigint
}

/** Sends messages that become visible together with `commit`, or never. */
export interface TransactionalProducer {
  /** One transaction over several topics. After it throws, the outcome is unknown: throw the producer away. */
  transact(topics: readonly { topic: string; messages: readonly Message[] }[]): Promise<void>
  close(): Promise<void>
}

/** Acknowledged by all replicas, outside of any transaction. */
export interface PlainProducer {
  send(topic: string, messages: readonly Message[]): Promise<void>
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

const SEND_RECORDS = 4000
const PARTITION_BYTES = 4 << 20
const RETRY = { initialRetryTime: 10, maxRetryTime: 500, retries: 20 }

export type KafkaSettings = Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>

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
  const cluster = internalCluster(settings)
  let connected: Promise<void> | undefined
  return {
    partitions: topic => partitions(admin, topic),
    offsets: (topic, at) => offsets(admin, topic, at),
    fetch: async (topic, positions, waitMs) => {
      connected ??= cluster.connect()
      await guard(() => connected!)
      return guard(() => fetch(cluster, topic, positions, waitMs))
    },
    createTopic: (topic, numPartitions, config) => createTopic(admin, topic, numPartitions, config),
    addPartitions: async (topic, count) => {
      await guard(() => admin.createPartitions({ topicPartitions: [{ topic, count }] }))
    },
    topicConfig: (topic, name) => topicConfig(admin, topic, name),
    transactional: (id, timeoutMs, crashPoint) => transactional(kafka, id, timeoutMs, crashPoint),
    idempotent: () => idempotent(kafka),
    close: async () => {
      await Promise.all([admin.disconnect(), cluster.disconnect()])
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

async function transactional(
  kafka: Kafka,
  transactionalId: string,
  timeoutMs: number,
  crashPoint: (id: string) => void,
): Promise<TransactionalProducer> {
  const { Partitioners } = (await import('kafkajs')).default
  const producer = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: timeoutMs,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: RETRY,
  })
  await guard(() => producer.connect())
  // connect() alone fences nobody: kafkajs sends InitProducerId for the transactional id when the first transaction begins. An
  // empty transaction is unknown to the broker, so it may wait for its first record as long as it likes.
  let begun: Transaction | undefined = await guard(() => producer.transaction())
  return {
    async transact(topics) {
      const transaction = begun ?? (await guard(() => producer.transaction()))
      begun = undefined
      await guard(async () => {
        for (const { topic, messages } of topics) {
          await sendAll(transaction, topic, messages)
          crashPoint('C15')
        }
        crashPoint('C16')
        // When the request has gone out.
        setImmediate(() => crashPoint('C17'))
        await transaction.commit()
      })
    },
    close: () => producer.disconnect(),
  }
}

async function idempotent(kafka: Kafka): Promise<PlainProducer> {
  const { Partitioners } = (await import('kafkajs')).default
  const createPartitioner = Partitioners.DefaultPartitioner
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner,
    retry: RETRY,
  })
  await guard(() => producer.connect())
  return {
    send: (topic, messages) => guard(() => sendAll(producer, topic, messages)),
    close: () => producer.disconnect(),
  }
}

async function sendAll(
  to: Pick<Producer, 'send'>,
  topic: string,
  messages: readonly Message[],
): Promise<void> {
  for (let at = 0; at < messages.length; at += SEND_RECORDS) {
    await to.send({ topic, acks: -1, messages: messages.slice(at, at + SEND_RECORDS) })
  }
}

async function fetch(
  cluster: Cluster,
  topic: string,
  positions: ReadonlyMap<number, bigint>,
  waitMs: number,
): Promise<readonly Fetched[]> {
  await cluster.addTargetTopic(topic)
  await cluster.refreshMetadataIfNecessary()
  const leaders = cluster.findLeaderForPartitions(topic, [...positions.keys()])
  // A partition made after the last look is not known yet: the next round reads it.
  if (Object.values(leaders).flat().length < positions.size) await cluster.refreshMetadata()
  try {
    const perLeader = await Promise.all(
      Object.entries(leaders).map(async ([nodeId, owned]) => {
        const broker = await cluster.findBroker({ nodeId })
        const wanted = owned.map(partition => ({
          partition,
          fetchOffset: String(positions.get(partition)!),
          maxBytes: PARTITION_BYTES,
        }))
        const { responses } = await broker.fetch({
          maxWaitTime: waitMs,
          minBytes: 1,
          maxBytes: PARTITION_BYTES * 4,
          isolationLevel: 1,
          topics: [{ topic, partitions: wanted }],
        })
        return responses.flatMap(response => response.partitions)
      }),
    )
    return perLeader.flat().map(data => fetched(topic, positions.get(data.partition)!, data))
  } catch (error) {
    await cluster.refreshMetadata().catch(() => {})
    throw error
  }
}

function fetched(topic: string, from: bigint, data: PartitionData): Fetched {
  const batch = makeBatch(topic, String(from), data)
  // An empty answer may hide behind an open transaction: stay. Only what was seen is skipped.
  const seen = batch.rawMessages.length > 0
  const last = seen ? BigInt(batch.lastOffset()) : from - 1n
  const records = batch.messages.map(message => ({
    offset: BigInt(message.offset),
    key: message.key,
    value: message.value,
    timestampMs: Number(message.timestamp),
    headers: Object.entries(message.headers ?? {}).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map(item => ({
        key,
        value: item === undefined ? null : Buffer.from(item),
      })),
    ),
  }))
  return { partition: data.partition, records, next: last + 1n }
}

// Refusals by the broker as SqlErrors; kafkajs has retried what is worth it.
async function guard<T>(run: () => Promise<T>, topic?: string): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof SqlError) throw error
    const { message, type } = error as Error & { type?: string }
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && topic !== undefined) {
      throw new SqlError('undefined_object', `topic "${topic}" does not exist`, { cause: error })
    }
    if (type === 'OFFSET_OUT_OF_RANGE') {
      throw new SqlError(
        'object_not_in_prerequisite_state',
        'the broker no longer holds the offsets to read next',
        {
          detail: 'Records were deleted by retention, or the topic was made anew.',
          hint: 'DROP and CREATE the source to start again.',
          cause: error,
        },
      )
    }
    throw new SqlError('external_service', `Kafka: ${message}`, { cause: error })
  }
}

// What we use of kafkajs's inside (2.2.4, pinned by the lock file and by kafka.service.test.ts).
interface PartitionData {
  readonly partition: number
}
interface RawMessage {
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestamp: string
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
}
interface BatchLike {
  readonly rawMessages: readonly RawMessage[]
  readonly messages: readonly RawMessage[]
  lastOffset(): string
}
interface Broker {
  fetch(request: object): Promise<{ responses: readonly { partitions: readonly PartitionData[] }[] }>
}
interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  findBroker(node: { nodeId: string }): Promise<Broker>
}

const load = createRequire(import.meta.url)
let batchClass: (new (topic: string, from: string, data: PartitionData) => BatchLike) | undefined

function makeBatch(topic: string, from: string, data: PartitionData): BatchLike {
  batchClass ??= load('kafkajs/src/consumer/batch')
  return new batchClass!(topic, from, data)
}

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  scheduleCheckPendingRequests(): void
}

// A queue of kafkajs looks after itself every millisecond for ever once it had a response: only while something waits, then.
function calmRequestQueues(): void {
  const queue = (load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype
  const schedule = queue.scheduleCheckPendingRequests
  if (schedule.name === 'whenPending') return
  queue.scheduleCheckPendingRequests = function whenPending(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}

function internalCluster(settings: KafkaSettings): Cluster {
  const ClusterClass = load('kafkajs/src/cluster') as new (options: object) => Cluster
  const socketFactory = (load('kafkajs/src/network/socketFactory') as () => unknown)()
  const nothing = () => {}
  const logger = { namespace: () => logger, info: nothing, debug: nothing, warn: nothing, error: nothing }
  return new ClusterClass({
    ...settings,
    clientId: 'weir',
    logger,
    socketFactory,
    connectionTimeout: 5000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    metadataMaxAge: 30_000,
    retry: RETRY,
    allowAutoTopicCreation: false,
    offsets: new Map(),
  })
}
