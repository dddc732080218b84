// Exactly once: one transaction writes the rows of one or more epochs and a progress record {last epoch} keyed by the sink's id to a compacted topic
// of one partition. claim() fences older producers first and reads the marker only then, so no write can slip in between. A
// producer whose outcome is unknown is never used again: the next claim makes a new one.
import type { Epoch, Sink, SinkContext, SinkEpoch, SinkWriter } from '../../types/connector.ts'
import { assert, SqlError } from '../../types/error.ts'
import { type EncodedRecord, type Encoder, encoder } from '../formats/encoder.ts'
import { integerOption, requiredOption, wordOption } from '../options.ts'
import { type KafkaClient, kafkaClient, type PlainProducer, type TransactionalProducer } from './client.ts'
import { kafkaSettings } from './options.ts'

type Options = Readonly<Record<string, string>>

export function kafkaSink(options: Options, context: SinkContext): Sink {
  const topic = requiredOption(options, 'topic')
  const progressTopic = options['progress.topic'] ?? 'weir_progress'
  const delivery = wordOption(options, 'delivery', ['exactly-once', 'at-least-once'], 'exactly-once')
  const timeoutMs = integerOption(options, 'transaction.timeout.ms', 600_000, 1000)
  const settings = kafkaSettings(options)
  const force = options['force_append_only']
  const formatOptions =
    force === undefined ? context.format.options : { ...context.format.options, force_append_only: force }
  const encode = encoder({ ...context, format: { ...context.format, options: formatOptions } })
  return {
    guarantee: delivery === 'exactly-once' ? 'exactly_once' : 'at_least_once',
    logged: true,
    async validate() {
      const client = await kafkaClient(settings)
      try {
        await client.partitions(topic)
        if (delivery === 'exactly-once') await prepareProgressTopic(client, progressTopic)
      } finally {
        await client.close()
      }
    },
    async open() {
      const client = await kafkaClient(settings)
      if (delivery === 'at-least-once') return new AtLeastOnceWriter(client, topic, encode)
      return new ExactlyOnceWriter({ client, topic, progressTopic, encode, timeoutMs, context })
    },
  }
}

// More than one partition, or a deletion policy, would break the promise: refused here rather than noticed later.
async function prepareProgressTopic(client: KafkaClient, topic: string): Promise<void> {
  try {
    await client.partitions(topic)
  } catch (error) {
    if (!(error instanceof SqlError) || error.condition !== 'undefined_object') throw error
    await client.createTopic(topic, 1, { 'cleanup.policy': 'compact' })
  }
  const count = (await client.partitions(topic)).length
  const policy = await client.topicConfig(topic, 'cleanup.policy')
  if (count === 1 && policy === 'compact') return
  throw new SqlError('object_not_in_prerequisite_state', `topic "${topic}" cannot hold the sinks' progress`, {
    detail: `It has ${count} partitions and cleanup.policy "${policy}".`,
    hint: 'Give progress.topic a topic of one partition with cleanup.policy "compact", or one that does not exist yet.',
  })
}

interface WriterParts {
  readonly client: KafkaClient
  readonly topic: string
  readonly progressTopic: string
  readonly encode: Encoder
  readonly timeoutMs: number
  readonly context: SinkContext
}

type Sent = NonNullable<SinkWriter['sent']>
const NOTHING: Sent = { rows: 0, bytes: 0 }

function* counted(
  encode: Encoder,
  epochs: readonly SinkEpoch[],
  sum: { rows: number; bytes: number },
): Iterable<EncodedRecord> {
  for (const { chunks } of epochs)
    for (const record of encode(chunks)) {
      sum.rows++
      sum.bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0)
      yield record
    }
}

class ExactlyOnceWriter implements SinkWriter {
  readonly #parts: WriterParts
  sent: Sent = NOTHING
  #producer: TransactionalProducer | undefined

  constructor(parts: WriterParts) {
    this.#parts = parts
  }

  async claim(expected: { readonly delivered: Epoch }): Promise<Epoch | undefined> {
    const { client, context, timeoutMs, progressTopic } = this.#parts
    await this.#drop()
    await prepareProgressTopic(client, progressTopic)
    this.#producer = await client.transactional(context.id, timeoutMs, id => context.host.crashPoint(id))
    context.host.crashPoint('C13')
    const marker = await client.progress(progressTopic, context.id, expected.delivered)
    if ((marker ?? 0) >= expected.delivered) return marker
    const found = marker === undefined ? 'holds none' : `says epoch ${marker}`
    throw new SqlError(
      'object_not_in_prerequisite_state',
      'the progress marker of the sink was lost or went back',
      {
        detail: `Epoch ${expected.delivered} was delivered, but topic "${progressTopic}" ${found} for key "${context.id}".`,
        hint: 'Look at what the target topic holds, then DROP SINK and CREATE SINK again.',
      },
    )
  }

  async write(epochs: readonly SinkEpoch[]): Promise<void> {
    const { topic, progressTopic, encode, context } = this.#parts
    const producer = this.#producer
    assert(producer !== undefined, 'kafka sink: write before claim')
    const sent = { ...this.sent }
    const messages = counted(encode, epochs, sent)
    const value = JSON.stringify({ sink: context.id, epoch: epochs.at(-1)!.epoch, chunk: 0 })
    const marker = { partition: 0, key: context.id, value }
    this.#producer = undefined // Until the outcome is known.
    try {
      await producer.transact([
        { topic, messages },
        { topic: progressTopic, messages: [marker] },
      ])
    } catch (error) {
      await producer.close().catch(() => {})
      throw error
    }
    this.#producer = producer
    this.sent = sent
  }

  async close(): Promise<void> {
    await this.#drop()
    await this.#parts.client.close()
  }

  async #drop(): Promise<void> {
    await this.#producer?.close().catch(() => {})
    this.#producer = undefined
  }
}

/** Repeats an epoch when its outcome is unknown; the target keeps no marker. */
class AtLeastOnceWriter implements SinkWriter {
  readonly #client: KafkaClient
  readonly #topic: string
  readonly #encode: Encoder
  sent: Sent = NOTHING
  #producer: PlainProducer | undefined

  constructor(client: KafkaClient, topic: string, encode: Encoder) {
    this.#client = client
    this.#topic = topic
    this.#encode = encode
  }

  async claim(): Promise<Epoch | undefined> {
    await this.#producer?.close().catch(() => {})
    this.#producer = await this.#client.idempotent()
    return undefined
  }

  async write(epochs: readonly SinkEpoch[]): Promise<void> {
    assert(this.#producer !== undefined, 'kafka sink: write before claim')
    const sent = { ...this.sent }
    await this.#producer.send(this.#topic, counted(this.#encode, epochs, sent))
    this.sent = sent
  }

  async close(): Promise<void> {
    await this.#producer?.close().catch(() => {})
    await this.#client.close()
  }
}
