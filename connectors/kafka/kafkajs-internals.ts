// What we use of kafkajs's inside (2.2.4, pinned by the lock file and by the service tests). Its public consumer always joins a group, while our
// positions live in the manifest; and it makes an object of every record, while ours go straight into columns.
import { createRequire } from 'node:module'
import type { KafkaConfig } from 'kafkajs'

export type KafkaSettings = Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'>

const load = createRequire(import.meta.url)

interface Request {
  readonly request: { readonly apiVersion: number }
  readonly response: Response<unknown>
}
interface RequestOf<T> {
  readonly request: object
  readonly response: Response<T>
  readonly requestTimeout: number
}
interface Response<T> {
  decode(raw: Buffer): Promise<T>
  parse(data: T): Promise<T>
}
interface ProducerFields {
  readonly transactionalId: string
  readonly producerId: string
  readonly producerEpoch: number
}
/** Each of its requests goes out once. */
export interface Broker {
  initProducerId(fields: {
    readonly transactionalId?: string
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
  addPartitionsToTxn(
    fields: ProducerFields & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
    },
  ): Promise<unknown>
  listOffsets(request: {
    readonly replicaId: number
    readonly isolationLevel: number
    readonly topics: readonly object[]
  }): Promise<{
    readonly responses: readonly { readonly partitions: readonly { readonly offset: string }[] }[]
  }>
  endTxn(fields: ProducerFields & { readonly transactionResult: boolean }): Promise<unknown>
  lookupRequest(apiKey: number, requests: unknown): (fields: object) => Request
  readonly connectionPool: { send<T>(request: RequestOf<T>): Promise<T> }
}
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number }[]
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  findBroker(node: { nodeId: string }): Promise<Broker>
  findControllerBroker(): Promise<Broker>
  findGroupCoordinator(of: { groupId: string; coordinatorType: number }): Promise<Broker>
}

const nothing = () => {}
const silent = { namespace: () => silent, info: nothing, debug: nothing, warn: nothing, error: nothing }

interface RequestQueue {
  readonly pending: readonly unknown[]
  readonly throttledUntil: number
  scheduleCheckPendingRequests(): void
}

/** A queue of kafkajs looks after itself every millisecond for ever once it had a response: only while something waits, then. */
export function calmRequestQueues(): void {
  const queue = (load('kafkajs/src/network/requestQueue') as { prototype: RequestQueue }).prototype
  const schedule = queue.scheduleCheckPendingRequests
  if (schedule.name === 'whenPending') return
  queue.scheduleCheckPendingRequests = function whenPending(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}

export function internalCluster(settings: KafkaSettings, retry: object): Cluster {
  const ClusterClass = load('kafkajs/src/cluster') as new (options: object) => Cluster
  const socketFactory = (load('kafkajs/src/network/socketFactory') as () => unknown)()
  return new ClusterClass({
    ...settings,
    clientId: 'weir',
    logger: silent,
    socketFactory,
    connectionTimeout: 5000,
    authenticationTimeout: 10_000,
    requestTimeout: 30_000,
    enforceRequestTimeout: true,
    metadataMaxAge: 30_000,
    retry,
    allowAutoTopicCreation: false,
    offsets: new Map(),
  })
}

const FETCH = 1

/** One fetch; the body of the answer, from behind its header, goes to `decode` with the version it has. */
export function rawFetch<T>(
  broker: Broker,
  fields: object,
  timeoutMs: number,
  decode: (body: Buffer, version: number) => T,
): Promise<T> {
  const { requests } = load('kafkajs/src/protocol/requests') as { requests: { Fetch: unknown } }
  const made = broker.lookupRequest(FETCH, requests.Fetch)(fields)
  const version = made.request.apiVersion
  const response = { decode: async (raw: Buffer) => decode(raw, version), parse: async (data: T) => data }
  return broker.connectionPool.send({ ...made, response, requestTimeout: timeoutMs })
}

/** The error of kafkajs for a code of the protocol. */
export function protocolError(code: number): Error {
  const { createErrorFromCode } = load('kafkajs/src/protocol/error') as {
    createErrorFromCode(code: number): Error
  }
  return createErrorFromCode(code)
}

interface BodyWriter {
  writeString(text: string | null): BodyWriter
  writeInt16(value: number): BodyWriter
  writeInt32(value: number): BodyWriter
  writeBufferInternal(bytes: Buffer): void
}

const PRODUCE = 0
const PRODUCE_VERSION = 3
const PRODUCE_TIMEOUT_MS = 30_000

/** One request with a batch for each partition, acknowledged by all replicas; throws the broker's refusal. */
export async function rawProduce(
  broker: Broker,
  transactionalId: string | null,
  topic: string,
  batches: readonly { readonly partition: number; readonly bytes: Buffer }[],
): Promise<void> {
  const Encoder = load('kafkajs/src/protocol/encoder') as new (bytes: number) => BodyWriter
  const encode = async () => {
    const size = batches.reduce((sum, batch) => sum + batch.bytes.length + 8, 200 + topic.length * 3)
    const body = new Encoder(size).writeString(transactionalId).writeInt16(-1).writeInt32(PRODUCE_TIMEOUT_MS)
    body.writeInt32(1).writeString(topic).writeInt32(batches.length)
    for (const { partition, bytes } of batches) {
      body.writeInt32(partition).writeInt32(bytes.length)
      body.writeBufferInternal(bytes)
    }
    return body
  }
  const request = {
    apiKey: PRODUCE,
    apiVersion: PRODUCE_VERSION,
    apiName: 'Produce',
    expectResponse: () => true,
    encode,
  }
  const response = { decode: async (raw: Buffer) => checkProduced(raw), parse: async (data: object) => data }
  await broker.connectionPool.send({ request, response, requestTimeout: PRODUCE_TIMEOUT_MS * 2 })
}

// ProduceResponse, version 3: topics of partitions with an error code, an offset and a time.
function checkProduced(raw: Buffer): object {
  let at = 4
  for (let topics = raw.readInt32BE(0); topics > 0; topics--) {
    at += 2 + raw.readInt16BE(at)
    const count = raw.readInt32BE(at)
    at += 4
    for (let i = 0; i < count; i++, at += 22) {
      const code = raw.readInt16BE(at + 4)
      if (code !== 0) throw protocolError(code)
    }
  }
  return {}
}
