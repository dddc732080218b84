import type { Epoch } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { edgeOf, fetchTransactions } from './fetch.ts'
import type { Cluster } from './kafkajs-internals.ts'
import { keyBytes, valueBytes } from './record-set.ts'

const FETCH_WAIT_MS = 200
/** Answers without a record in a row, after which the topic counts as unreadable. */
const IDLE_MAX = 100

/**
 * The newest epoch that a sink's transactions committed to the progress topic; undefined: none. To be asked when none of them
 * can be open any more. Sinks share the topic, so committed reading would end where another one's open transaction begins and
 * miss what comes behind it: everything is read, and the sink's own transactions are told by their ends.
 *
 * A broker that restarts may forget the end of a transaction in a partition. What was acknowledged to us (`delivered`) was
 * committed all the same, and is made visible by the end of the sink's next transaction; of anything newer nobody can tell.
 */
export async function readProgress(
  cluster: Cluster,
  topic: string,
  key: string,
  delivered: Epoch,
): Promise<Epoch | undefined> {
  const end = await edgeOf(cluster, topic, -1)
  const open = new Map<bigint, Epoch>()
  let marker: Epoch | undefined
  let at = await edgeOf(cluster, topic, -2)
  for (let idle = 0; at < end && idle < IDLE_MAX; ) {
    const { batches, next } = await fetchTransactions(cluster, topic, at, FETCH_WAIT_MS)
    for (const { producerId, ended, set } of batches) {
      for (let i = 0; i < set.count; i++)
        if (keyBytes(set, i)?.toString() === key) open.set(producerId, epochOf(valueBytes(set, i)))
      if (ended === 'commit') marker = open.get(producerId) ?? marker
      if (ended !== undefined) open.delete(producerId)
    }
    idle = next > at ? 0 : idle + 1
    at = next
  }
  if (at < end)
    throw new SqlError('external_service', `Kafka: topic "${topic}" gives nothing behind offset ${at}`)
  for (const epoch of open.values()) {
    if (epoch > delivered) throw hanging(topic, epoch)
    if (marker === undefined || epoch > marker) marker = epoch
  }
  return marker
}

function epochOf(value: Buffer | null): Epoch {
  const { epoch } = JSON.parse(value?.toString() ?? '{}') as { epoch?: unknown }
  if (typeof epoch === 'number' && Number.isSafeInteger(epoch)) return epoch
  throw new SqlError('data_corrupted', 'the progress marker of the sink is not readable')
}

function hanging(topic: string, epoch: Epoch): SqlError {
  return new SqlError(
    'external_service',
    `Kafka: the transaction of epoch ${epoch} never ended in topic "${topic}"`,
    {
      detail: 'The broker says that it is over, but the topic does not hold how it ended.',
      hint: 'Find it with kafka-transactions.sh find-hanging and abort it.',
    },
  )
}
