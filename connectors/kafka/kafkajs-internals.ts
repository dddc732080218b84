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
export interface Broker {
  lookupRequest(apiKey: number, requests: unknown): (fields: object) => Request
  readonly connectionPool: { send<T>(request: RequestOf<T>): Promise<T> }
}
export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  refreshMetadata(): Promise<void>
  refreshMetadataIfNecessary(): Promise<void>
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>
  findBroker(node: { nodeId: string }): Promise<Broker>
}

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
