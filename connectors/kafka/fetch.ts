import { type Broker, type Cluster, protocolError, rawFetch } from './kafkajs-internals.ts'
import {
  type AbortedTransaction,
  type RecordSet,
  readBatches,
  readTransactions,
  type TransactionLog,
} from './record-set.ts'

/** Committed records of one partition, and where to read on. */
export interface Fetched {
  readonly partition: number
  readonly sets: readonly RecordSet[]
  readonly next: bigint
  /** Behind the last record of the partition, also of open transactions. */
  readonly end: bigint
}

const PARTITION_BYTES = 4 << 20
const TIMEOUT_MS = 30_000

/** Reads committed records from explicit positions, from all leaders at once; waits up to `waitMs` for the first. */
export function fetchBatches(
  cluster: Cluster,
  topic: string,
  positions: ReadonlyMap<number, bigint>,
  waitMs: number,
): Promise<readonly Fetched[]> {
  return fetchParts(cluster, topic, positions, waitMs, READ_COMMITTED, part => {
    const { partition, end } = part
    const { sets, next } = readBatches(part.records, positions.get(partition)!, part.aborted)
    return { partition, sets, next, end }
  })
}

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

/** Every batch of the one partition from `at` on, also those of transactions that are open or were aborted, and how each ended. */
export async function fetchTransactions(
  cluster: Cluster,
  topic: string,
  at: bigint,
  waitMs: number,
): Promise<TransactionLog> {
  const [log] = await fetchParts(cluster, topic, new Map([[0, at]]), waitMs, READ_UNCOMMITTED, part =>
    readTransactions(part.records, at),
  )
  return log ?? { batches: [], next: at }
}

/** Where the one partition begins (-2) or ends (-1), whatever transactions are open before that. */
export async function edgeOf(cluster: Cluster, topic: string, timestamp: -2 | -1): Promise<bigint> {
  await cluster.addTargetTopic(topic)
  await cluster.refreshMetadata()
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
  const broker = await cluster.findBroker({ nodeId: nodeId! })
  const topics = [{ topic, partitions: [{ partition: 0, timestamp }] }]
  const { responses } = await broker.listOffsets({
    replicaId: -1,
    isolationLevel: READ_UNCOMMITTED,
    topics,
  })
  return BigInt(responses[0]!.partitions[0]!.offset)
}

async function fetchParts<T>(
  cluster: Cluster,
  topic: string,
  positions: ReadonlyMap<number, bigint>,
  waitMs: number,
  isolationLevel: number,
  read: (part: PartitionAnswer) => T,
): Promise<readonly T[]> {
  await cluster.addTargetTopic(topic)
  await cluster.refreshMetadataIfNecessary()
  const leaders = cluster.findLeaderForPartitions(topic, [...positions.keys()])
  // A partition made after the last look is not known yet: the next round reads it.
  if (Object.values(leaders).flat().length < positions.size) await cluster.refreshMetadata()
  try {
    const perLeader = await Promise.all(
      Object.entries(leaders).map(async ([nodeId, owned]) =>
        fetchFrom(
          await cluster.findBroker({ nodeId }),
          topic,
          owned,
          positions,
          waitMs,
          isolationLevel,
          read,
        ),
      ),
    )
    return perLeader.flat()
  } catch (error) {
    await cluster.refreshMetadata().catch(() => {})
    throw error
  }
}

function fetchFrom<T>(
  broker: Broker,
  topic: string,
  partitions: readonly number[],
  positions: ReadonlyMap<number, bigint>,
  waitMs: number,
  isolationLevel: number,
  read: (part: PartitionAnswer) => T,
): Promise<readonly T[]> {
  const wanted = partitions.map(partition => ({
    partition,
    fetchOffset: String(positions.get(partition)!),
    maxBytes: PARTITION_BYTES,
  }))
  const fields = {
    maxWaitTime: waitMs,
    minBytes: 1,
    maxBytes: PARTITION_BYTES * 4,
    isolationLevel,
    topics: [{ topic, partitions: wanted }],
    rackId: '',
  }
  return rawFetch(broker, fields, waitMs + TIMEOUT_MS, (body, version) =>
    partitionsOf(body, version).map(read),
  )
}

interface PartitionAnswer {
  readonly partition: number
  /** The high watermark. */
  readonly end: bigint
  readonly aborted: readonly AbortedTransaction[]
  readonly records: Buffer
}

// FetchResponse, versions 4 to 11 (https://kafka.apache.org/protocol#The_Messages_Fetch); throws the broker's error.
function partitionsOf(body: Buffer, version: number): readonly PartitionAnswer[] {
  const answers: PartitionAnswer[] = []
  let at = 4
  if (version >= 7) {
    check(body.readInt16BE(at))
    at += 6
  }
  const topics = body.readInt32BE(at)
  at += 4
  for (let t = 0; t < topics; t++) {
    at += 2 + body.readInt16BE(at)
    const count = body.readInt32BE(at)
    at += 4
    for (let p = 0; p < count; p++) {
      const partition = body.readInt32BE(at)
      check(body.readInt16BE(at + 4))
      const end = body.readBigInt64BE(at + 6)
      // High watermark and last stable offset, then the start of the log.
      at += version >= 5 ? 30 : 22
      const aborted: AbortedTransaction[] = []
      const abortedCount = body.readInt32BE(at)
      at += 4
      for (let i = 0; i < abortedCount; i++, at += 16)
        aborted.push({ producerId: body.readBigInt64BE(at), firstOffset: body.readBigInt64BE(at + 8) })
      if (version >= 11) at += 4
      const length = Math.max(0, body.readInt32BE(at))
      at += 4
      answers.push({ partition, end, aborted, records: body.subarray(at, at + length) })
      at += length
    }
  }
  return answers
}

function check(code: number): void {
  if (code !== 0) throw protocolError(code)
}
