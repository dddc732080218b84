import type { Offsets, Reader, RowError, Source, SourceBatch, SourceContext } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { BYTEA, type Schema, TEXT, TIMESTAMPTZ, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { type Decoder, decoder } from '../formats/decoder.ts'
import { RowWriter } from '../formats/row-writer.ts'
import { integerOption, requiredOption } from '../options.ts'
import { type KafkaClient, type KafkaRecord, kafkaClient, type StartAt } from './client.ts'
import { kafkaSettings, startAt } from './options.ts'

type Options = Readonly<Record<string, string>>

const WAIT_MS = 200
const PAYLOAD_BYTES = 1024

const HEADERS: Type = {
  name: 'array',
  element: {
    name: 'struct',
    fields: [
      { name: 'key', type: TEXT },
      { name: 'value', type: BYTEA },
    ],
  },
}

const INCLUDED: Readonly<Record<string, Type>> = {
  key: BYTEA,
  partition: TEXT,
  offset: TEXT,
  timestamp: TIMESTAMPTZ,
  header: HEADERS,
}

/** A topic; split ids are partition numbers, positions are the offsets to read next. */
export function kafkaSource(options: Options, context: SourceContext): Source {
  const topic = requiredOption(options, 'topic')
  const settings = kafkaSettings(options)
  const start = startAt(options)
  const refreshMs = integerOption(options, 'properties.metadata.max.age.ms', 5000, 100)
  const decode = decoder(context.schema, context.key, context.format)
  const included = context.include.map(({ what, name }) => {
    const type = INCLUDED[what.toLowerCase()]
    if (type === undefined) {
      throw new SqlError('invalid_parameter_value', `a Kafka source cannot INCLUDE ${what}`, {
        hint: `Accepted: ${Object.keys(INCLUDED).join(', ')}.`,
      })
    }
    return { name, type }
  })
  const schema: Schema = [...context.schema, ...included]
  const what = context.include.map(column => column.what.toLowerCase())
  return {
    schema,
    async validate() {
      const client = await kafkaClient(settings)
      await client.partitions(topic).finally(() => client.close())
    },
    async open(from, until) {
      const client = await kafkaClient(settings)
      const clock = context.host.monotonic
      const parts = { client, topic, start, refreshMs, schema, include: what, decode, clock }
      const reader = new KafkaReader(parts, until)
      try {
        await reader.start(from)
      } catch (error) {
        await client.close()
        throw error
      }
      return reader
    },
    close: async () => {},
  }
}

interface ReaderParts {
  readonly client: KafkaClient
  readonly topic: string
  readonly start: StartAt
  /** How often new partitions are looked for. */
  readonly refreshMs: number
  readonly schema: Schema
  readonly include: readonly string[]
  readonly decode: Decoder
  readonly clock: () => number
}

class KafkaReader implements Reader {
  readonly #parts: ReaderParts
  readonly #until: ReadonlyMap<number, bigint> | undefined
  readonly #positions = new Map<number, bigint>()
  /** Partitions whose start nobody was told yet: unless it is kept, a restart would choose another. */
  readonly #started = new Set<number>()
  /** Fetched and not yet handed out, by partition; `next` follows the records. */
  #pending: { partition: number; records: readonly KafkaRecord[]; at: number; next: bigint }[] = []
  #discoveredAt = 0

  constructor(parts: ReaderParts, until: Offsets | undefined) {
    this.#parts = parts
    if (until !== undefined) this.#until = new Map([...until].map(([id, end]) => [Number(id), BigInt(end)]))
  }

  async start(from: Offsets): Promise<void> {
    for (const [id, offset] of from) this.#positions.set(Number(id), BigInt(offset))
    const fresh = (await this.#parts.client.partitions(this.#parts.topic)).filter(
      id => !this.#positions.has(id),
    )
    // A topic with positions of ours has had its start: a partition that appeared since is read from its beginning.
    if (fresh.length > 0) await this.#add(fresh, from.size === 0 ? this.#parts.start : 'earliest')
    this.#discoveredAt = this.#parts.clock()
  }

  async read(limit: number, signal: AbortSignal): Promise<SourceBatch | undefined> {
    while (!signal.aborted) {
      const batch = this.#take(limit)
      if (batch !== undefined) return batch
      const wanted = this.#wanted()
      if (this.#until !== undefined && wanted.size === 0) return undefined
      await this.#discover()
      const fetched = await this.#parts.client.fetch(this.#parts.topic, wanted, WAIT_MS)
      this.#pending = fetched
        .filter(part => part.next > wanted.get(part.partition)!)
        .map(part => ({ ...part, at: 0 }))
    }
    return undefined
  }

  async close(): Promise<void> {
    await this.#parts.client.close()
  }

  #wanted(): Map<number, bigint> {
    const until = this.#until
    if (until === undefined) return new Map(this.#positions)
    return new Map([...this.#positions].filter(([id, at]) => at < (until.get(id) ?? 0n)))
  }

  async #discover(): Promise<void> {
    if (this.#until !== undefined || this.#parts.clock() - this.#discoveredAt < this.#parts.refreshMs) return
    this.#discoveredAt = this.#parts.clock()
    const fresh = (await this.#parts.client.partitions(this.#parts.topic)).filter(
      id => !this.#positions.has(id),
    )
    if (fresh.length > 0) await this.#add(fresh, 'earliest')
  }

  async #add(partitions: readonly number[], at: StartAt): Promise<void> {
    const offsets = await this.#parts.client.offsets(this.#parts.topic, at)
    for (const id of partitions) {
      this.#positions.set(id, offsets.get(id) ?? 0n)
      if (this.#until === undefined) this.#started.add(id)
    }
  }

  #take(limit: number): SourceBatch | undefined {
    const rows = new RowWriter(this.#parts.schema)
    const errors: RowError[] = []
    const offsets = new Map<string, string>()
    for (const id of this.#started) offsets.set(String(id), String(this.#positions.get(id)!))
    this.#started.clear()
    let bytes = 0
    while (this.#pending.length > 0 && rows.length < limit) {
      const part = this.#pending[0]!
      const end = this.#until?.get(part.partition)
      while (part.at < part.records.length && rows.length < limit) {
        const record = part.records[part.at]!
        if (end !== undefined && record.offset >= end) part.at = part.records.length
        else {
          part.at++
          bytes += (record.value?.length ?? 0) + (record.key?.length ?? 0)
          this.#decodeInto(rows, errors, part.partition, record)
          this.#positions.set(part.partition, record.offset + 1n)
        }
      }
      if (part.at === part.records.length) {
        const next = end !== undefined && part.next > end ? end : part.next
        this.#positions.set(part.partition, next)
        this.#pending.shift()
      }
      offsets.set(String(part.partition), String(this.#positions.get(part.partition)!))
    }
    return offsets.size === 0 ? undefined : { chunk: rows.chunk(), offsets, errors, bytes }
  }

  #decodeInto(rows: RowWriter, errors: RowError[], partition: number, record: KafkaRecord): void {
    try {
      const decoded = this.#parts.decode(record.key, record.value)
      const extra = this.#parts.include.map(what => included(what, partition, record))
      for (const { row, weight } of decoded) rows.push(extra.length === 0 ? row : [...row, ...extra], weight)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      errors.push({
        origin: `topic ${this.#parts.topic}, partition ${partition}, offset ${record.offset}`,
        error: error.message,
        payload: record.value?.subarray(0, PAYLOAD_BYTES) ?? null,
      })
    }
  }
}

function included(what: string, partition: number, record: KafkaRecord): Value {
  switch (what) {
    case 'key':
      return record.key
    case 'partition':
      return String(partition)
    case 'offset':
      return String(record.offset)
    case 'timestamp':
      return BigInt(record.timestampMs) * 1000n
    default:
      return record.headers.map(header => [header.key, header.value])
  }
}
