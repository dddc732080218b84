// The requests of a producer's transactions (KIP-98). kafkajs has them too, inside a state machine; here it is plain how often each is sent.
//
// Invariants. EndTxn goes out once, whatever comes of it: a second one might meet the transaction after (Jepsen, Bufstream 0.1.0), and one that
// the network still holds is harmless only because the producer is never used again. The next producer of the id is started first: InitProducerId
// raises the producer's epoch, by which the coordinator refuses every late request of the older one, and comes back only when the transaction of
// unknown outcome is over. What the target holds then (the marker) is final. InitProducerId itself may be repeated: it only fences.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker, Cluster } from './kafkajs-internals.ts'

const TRANSACTION = 1
const RETRIES = 100
const RETRY_MS = 20
const COORDINATOR_MOVES = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]
/** The broker still ends the transaction before. */
const ENDING = 'CONCURRENT_TRANSACTIONS'

/** Runs until it succeeds or fails for another reason than those, which pass. */
export async function patiently<R>(
  reasons: readonly string[],
  run: () => Promise<R>,
  between?: () => Promise<void>,
): Promise<R> {
  for (let i = 0; ; i++) {
    try {
      return await run()
    } catch (error) {
      if (!isOneOf(reasons, error) || i === RETRIES) throw error
      await sleep(RETRY_MS * Math.min(i + 1, 10))
      await between?.()
    }
  }
}

/** Whether a broker refused for one of the reasons. */
export function isOneOf(reasons: readonly string[], error: unknown): boolean {
  return reasons.includes((error as { type?: string }).type ?? '')
}

/** Identity and open transaction of one producer; `transactionalId` null: it has only sequence numbers. */
export class Transactions {
  readonly transactionalId: string | null
  readonly #cluster: Cluster
  readonly #timeoutMs: number
  #producer: { readonly producerId: string; readonly producerEpoch: number } | undefined
  /** `partition/topic` of the open transaction. */
  readonly #inside = new Set<string>()

  constructor(cluster: Cluster, transactionalId: string | null, timeoutMs: number) {
    this.#cluster = cluster
    this.transactionalId = transactionalId
    this.#timeoutMs = timeoutMs
  }

  /** Takes an id; a transactional one fences every older producer, and waits until what that left open is over. */
  async start(): Promise<{ readonly id: bigint; readonly epoch: number }> {
    const { transactionalId } = this
    await this.#cluster.refreshMetadataIfNecessary()
    const { producerId, producerEpoch } = await patiently([...COORDINATOR_MOVES, ENDING], async () => {
      const broker = await (transactionalId === null
        ? this.#cluster.findControllerBroker()
        : this.#coordinator())
      const timeout = { transactionTimeout: this.#timeoutMs }
      return broker.initProducerId(transactionalId === null ? timeout : { ...timeout, transactionalId })
    })
    this.#producer = { producerId, producerEpoch }
    this.#inside.clear()
    return { id: BigInt(producerId), epoch: producerEpoch }
  }

  /** The open transaction, or a new one, will write to these partitions. */
  async take(topic: string, partitions: Iterable<number>): Promise<void> {
    const fresh = [...partitions].filter(partition => !this.#inside.has(`${partition}/${topic}`))
    if (fresh.length === 0) return
    await patiently([ENDING], async () => {
      const broker = await this.#coordinator()
      await broker.addPartitionsToTxn({ ...this.#fields(), topics: [{ topic, partitions: fresh }] })
    })
    for (const partition of fresh) this.#inside.add(`${partition}/${topic}`)
  }

  /** Sends EndTxn once. When it rejects the outcome is unknown. `sent`: the request is on its way. */
  async commit(sent: () => void): Promise<void> {
    const broker = await this.#coordinator()
    const ended = broker.endTxn({ ...this.#fields(), transactionResult: true })
    setImmediate(sent)
    await ended
    this.#inside.clear()
  }

  #fields() {
    return { transactionalId: this.transactionalId!, ...this.#producer! }
  }

  #coordinator(): Promise<Broker> {
    return this.#cluster.findGroupCoordinator({
      groupId: this.transactionalId!,
      coordinatorType: TRANSACTION,
    })
  }
}
