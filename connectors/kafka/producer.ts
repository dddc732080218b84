// Writing to Kafka. The transaction's states are kafkajs's; batches and their requests are ours: it makes several objects a record and groups
// them in quadratic time.
//
// Invariant: a producer is used no more after a failure whose outcome is unknown. Two reasons are waited out: the broker still ends the
// transaction before (nothing of the next was written by then), and a partition has no leader yet or another one; then the same batches are
// sent again with their sequence numbers, by which a broker knows those that it has.
import { setTimeout as sleep } from 'node:timers/promises'
import { BatchWriter, type KafkaMessage, type ProducerState } from './batch-writer.ts'
import { partitionOf } from './checksums.ts'
import { type Cluster, type Eos, eosManager, rawProduce } from './kafkajs-internals.ts'

/** A broker refuses batches above message.max.bytes: a million unless told otherwise. */
const SEND_BYTES = 900_000
const RETRIES = 100
const RETRY_MS = 20
const SEQUENCES = 2 ** 31
const ENDING = ['CONCURRENT_TRANSACTIONS']
const MOVING = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION']

export class KafkaProducer {
  readonly #cluster: Cluster
  readonly #transactionalId: string | null
  readonly #eos: Eos
  readonly #sequences = new Map<string, number>()
  #state: ProducerState | undefined
  /** Where records without a key go; moves on with every request. */
  #turn = 0

  constructor(cluster: Cluster, transactionalId: string | null, timeoutMs: number) {
    this.#cluster = cluster
    this.#transactionalId = transactionalId
    this.#eos = eosManager(cluster, transactionalId, timeoutMs)
  }

  /** Takes an id of its own; a transactional one fences every older producer and ends what it left open. */
  async start(): Promise<void> {
    await this.#cluster.connect()
    await this.#eos.initProducerId()
    this.#state = {
      id: BigInt(this.#eos.getProducerId()),
      epoch: this.#eos.getProducerEpoch(),
      transactional: this.#transactionalId !== null,
    }
  }

  begin(): void {
    this.#eos.beginTransaction()
  }

  commit(): Promise<void> {
    return this.#eos.commit()
  }

  /** Sends in requests of bounded size, the next one made while the one before is under way. */
  async send(topic: string, messages: Iterable<KafkaMessage>): Promise<void> {
    await this.#cluster.addTargetTopic(topic)
    await this.#cluster.refreshMetadataIfNecessary()
    const partitions = this.#cluster.findTopicPartitionMetadata(topic).length
    let parts = new Map<number, BatchWriter>()
    let bytes = 0
    let sent: Promise<void> | undefined
    const flush = async () => {
      await sent
      sent = this.#produce(topic, parts)
      // Its failure is met by the next flush.
      sent.catch(() => {})
      parts = new Map()
      bytes = 0
      this.#turn++
    }
    const nowMs = Date.now()
    for (const { key = null, value, partition, timestampMs = nowMs, headers } of messages) {
      const [k, v] = [asBuffer(key), asBuffer(value)]
      const size = (k?.length ?? 0) + (v?.length ?? 0)
      if (bytes > 0 && bytes + size > SEND_BYTES) await flush()
      const at = partition ?? (k === null ? this.#turn % partitions : partitionOf(k, partitions))
      let batch = parts.get(at)
      if (batch === undefined) parts.set(at, (batch = new BatchWriter()))
      const before = batch.size
      batch.add(k, v, timestampMs, headers)
      bytes += batch.size - before
    }
    if (parts.size > 0) await flush()
    await sent
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  async #produce(topic: string, parts: ReadonlyMap<number, BatchWriter>): Promise<void> {
    if (this.#transactionalId !== null) {
      const wanted = [{ topic, partitions: [...parts.keys()].map(partition => ({ partition })) }]
      await this.#patiently(ENDING, () => this.#eos.addPartitionsToTransaction(wanted))
    }
    const batches = new Map([...parts].map(([id, batch]) => [id, this.#finish(topic, id, batch)]))
    await this.#patiently(MOVING, () => this.#sendToLeaders(topic, batches))
  }

  async #sendToLeaders(topic: string, batches: ReadonlyMap<number, Buffer>): Promise<void> {
    const leaders = this.#cluster.findLeaderForPartitions(topic, [...batches.keys()])
    const requests = Object.entries(leaders).map(async ([nodeId, owned]) => {
      const broker = await this.#cluster.findBroker({ nodeId })
      const own = owned.map(partition => ({ partition, bytes: batches.get(partition)! }))
      await rawProduce(broker, this.#transactionalId, topic, own)
    })
    await Promise.all(requests)
  }

  #finish(topic: string, partition: number, batch: BatchWriter): Buffer {
    const name = `${partition}/${topic}`
    const sequence = this.#sequences.get(name) ?? 0
    this.#sequences.set(name, (sequence + batch.count) % SEQUENCES)
    return batch.finish(this.#state!, sequence)
  }

  /** Repeats what failed for a reason that passes. */
  async #patiently(reasons: readonly string[], run: () => Promise<void>): Promise<void> {
    for (let i = 0; ; i++) {
      try {
        return await run()
      } catch (error) {
        if (!reasons.includes((error as { type?: string }).type ?? '') || i === RETRIES) throw error
        await sleep(RETRY_MS * Math.min(i + 1, 10))
        if (reasons === MOVING) await this.#cluster.refreshMetadata()
      }
    }
  }
}

function asBuffer(part: Buffer | string | null): Buffer | null {
  return typeof part === 'string' ? Buffer.from(part) : part
}
