// Writing to Kafka. Batches and their requests are ours: kafkajs makes several objects a record and groups them in quadratic time.
//
// Invariant: a producer is used no more after a failure whose outcome is unknown (transaction.ts). When a partition has no leader yet or
// another one, the same batches are sent again with their sequence numbers, by which a broker knows those that it has.
import { SqlError } from '../../types/error.ts'
import { BatchWriter, type KafkaMessage, type ProducerState } from './batch-writer.ts'
import { partitionOf } from './checksums.ts'
import { type Cluster, rawProduce } from './kafkajs-internals.ts'
import { TOO_LARGE_HINT } from './refusal.ts'
import { isOneOf, patiently, Transactions } from './transaction.ts'

/** Of one request. */
const SEND_BYTES = 900_000
/** Requests under way: an idempotent producer's order is kept for up to five (KIP-98, KAFKA-5494). */
const IN_FLIGHT = 4
/** Records are made so long at most before others have a turn of this thread: barriers and sessions among them. */
const TURN_MS = 3
/** How many records are made between two looks at the clock. */
const TURN_RECORDS = 256
/** What a record's lengths and its header count take at most. */
const RECORD_OVERHEAD = 40
const SEQUENCES = 2 ** 31
const MOVING = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION']

export class KafkaProducer {
  readonly #cluster: Cluster
  readonly #transactions: Transactions
  readonly #sequences = new Map<string, number>()
  #state: ProducerState | undefined
  /** Where records without a key go; moves on with every request. */
  #turn = 0
  /** Requests that are being sent again: no other one may overtake them. */
  #again = 0

  constructor(cluster: Cluster, transactionalId: string | null, timeoutMs: number) {
    this.#cluster = cluster
    this.#transactions = new Transactions(cluster, transactionalId, timeoutMs)
  }

  /** Takes an id of its own; a transactional one fences every older producer and ends what it left open. */
  async start(): Promise<void> {
    await this.#cluster.connect()
    const transactional = this.#transactions.transactionalId !== null
    this.#state = { ...(await this.#transactions.start()), transactional }
  }

  /** Ends the transaction; after a failure its outcome is unknown. `sent`: the request is on its way. */
  commit(sent: () => void): Promise<void> {
    return this.#transactions.commit(sent)
  }

  /**
   * Sends in requests of bounded size, the next ones made while some are under way; no batch is larger than `bytesMax`.
   * Throws SqlError (program_limit_exceeded) at a record that no batch can hold.
   */
  async send(topic: string, messages: Iterable<KafkaMessage>, bytesMax = Infinity): Promise<void> {
    await this.#cluster.addTargetTopic(topic)
    await this.#cluster.refreshMetadataIfNecessary()
    const partitions = this.#cluster.findTopicPartitionMetadata(topic).length
    let parts = new Map<number, BatchWriter>()
    let bytes = 0
    /** Requests under way, oldest first; a failure is met where they are awaited. */
    const sent: Promise<void>[] = []
    const flush = async () => {
      while (sent.length >= IN_FLIGHT || (this.#again > 0 && sent.length > 0)) await sent.shift()
      // Waited for here, so that requests leave in the order of their records.
      if (this.#transactions.transactionalId !== null) await this.#transactions.take(topic, parts.keys())
      const request = this.#produce(topic, parts, sent.at(-1))
      request.catch(() => {})
      sent.push(request)
      parts = new Map()
      bytes = 0
      this.#turn++
    }
    const nowMs = Date.now()
    let until = performance.now() + TURN_MS
    let made = 0
    for (const { key = null, value, partition, timestampMs = nowMs, headers } of messages) {
      const [k, v] = [asBuffer(key), asBuffer(value)]
      const size = (k?.length ?? 0) + (v?.length ?? 0) + headerBytes(headers) + RECORD_OVERHEAD
      const keyed = partition ?? (k === null ? -1 : partitionOf(k, partitions))
      let at = keyed === -1 ? this.#turn % partitions : keyed
      const full = (parts.get(at)?.size ?? 0) + size > bytesMax
      if (bytes > 0 && (full || bytes + size > SEND_BYTES)) {
        await flush()
        if (keyed === -1) at = this.#turn % partitions
      }
      let batch = parts.get(at)
      if (batch === undefined) parts.set(at, (batch = new BatchWriter()))
      const before = batch.size
      batch.add(k, v, timestampMs, headers)
      if (batch.size > bytesMax) throw tooLarge(topic, batch.size, bytesMax)
      bytes += batch.size - before
      if (++made % TURN_RECORDS === 0 && performance.now() > until) {
        await new Promise<void>(resolve => setImmediate(resolve))
        until = performance.now() + TURN_MS
      }
    }
    if (parts.size > 0) await flush()
    for (const request of sent) await request
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  /** Sent again only when `before` is through: brokers take the batches of a partition in the order of their sequence numbers. */
  async #produce(
    topic: string,
    parts: ReadonlyMap<number, BatchWriter>,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const batches = new Map([...parts].map(([id, batch]) => [id, this.#finish(topic, id, batch)]))
    const send = () => this.#sendToLeaders(topic, batches)
    try {
      await send()
    } catch (error) {
      if (!isOneOf(MOVING, error)) throw error
      this.#again++
      try {
        await before
        await this.#cluster.refreshMetadata()
        await patiently(MOVING, send, () => this.#cluster.refreshMetadata())
      } finally {
        this.#again--
      }
    }
  }

  async #sendToLeaders(topic: string, batches: ReadonlyMap<number, Buffer>): Promise<void> {
    const leaders = this.#cluster.findLeaderForPartitions(topic, [...batches.keys()])
    const requests = Object.entries(leaders).map(async ([nodeId, owned]) => {
      const broker = await this.#cluster.findBroker({ nodeId })
      const own = owned.map(partition => ({ partition, bytes: batches.get(partition)! }))
      await rawProduce(broker, this.#transactions.transactionalId, topic, own)
    })
    await Promise.all(requests)
  }

  #finish(topic: string, partition: number, batch: BatchWriter): Buffer {
    const name = `${partition}/${topic}`
    const sequence = this.#sequences.get(name) ?? 0
    this.#sequences.set(name, (sequence + batch.count) % SEQUENCES)
    return batch.finish(this.#state!, sequence)
  }
}

function asBuffer(part: Buffer | string | null): Buffer | null {
  return typeof part === 'string' ? Buffer.from(part) : part
}

function headerBytes(headers: KafkaMessage['headers']): number {
  if (headers === undefined) return 0
  return headers.reduce((sum, [name, content]) => sum + Buffer.byteLength(name) + content.length + 10, 0)
}

function tooLarge(topic: string, size: number, bytesMax: number): SqlError {
  return new SqlError(
    'program_limit_exceeded',
    `a row makes a record of ${size} bytes, but topic "${topic}" takes ${bytesMax} at most`,
    { hint: TOO_LARGE_HINT },
  )
}
