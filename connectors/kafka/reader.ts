import type { Offsets, Reader, RowError, SourceBatch } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { RecordDecoder } from '../formats/decoder.ts'
import { RowWriter } from '../formats/row-writer.ts'
import type { KafkaClient, StartAt } from './client.ts'
import type { Fetched } from './fetch.ts'
import { headersOf, keyBytes, type RecordSet, valueBytes } from './record-set.ts'

export interface ReaderParts {
  readonly client: KafkaClient
  readonly topic: string
  readonly start: StartAt
  /** How often new partitions are looked for. */
  readonly refreshMs: number
  /** Decoded columns, then the included ones. */
  readonly schema: Schema
  readonly include: readonly string[]
  readonly key: readonly number[]
  readonly decode: RecordDecoder
  readonly clock: () => number
}

const WAIT_MS = 200
const PAYLOAD_BYTES = 1024

/** What was fetched of one partition and is not yet handed out. */
interface Pending {
  readonly partition: number
  readonly sets: readonly RecordSet[]
  readonly next: bigint
  set: number
  record: number
}

/** Reads from explicit positions on; while rows are handed out, the next ones are on their way. */
export class KafkaReader implements Reader {
  readonly #parts: ReaderParts
  readonly #until: ReadonlyMap<number, bigint> | undefined
  /** Behind what was handed out. */
  readonly #positions = new Map<number, bigint>()
  /** Behind what was fetched. */
  readonly #fetched = new Map<number, bigint>()
  readonly #ends = new Map<string, string>()
  /** Partitions whose start nobody was told yet: unless it is kept, a restart would choose another. */
  readonly #started = new Set<number>()
  #pending: Pending[] = []
  #coming: Promise<readonly Fetched[]> | undefined
  #discoveredAt = 0

  constructor(parts: ReaderParts, until: Offsets | undefined) {
    this.#parts = parts
    if (until !== undefined) this.#until = new Map([...until].map(([id, end]) => [Number(id), BigInt(end)]))
  }

  async start(from: Offsets): Promise<void> {
    for (const [id, offset] of from) this.#place(Number(id), BigInt(offset))
    const fresh = await this.#freshPartitions()
    // A topic with positions of ours has had its start: a partition that appeared since is read from its beginning.
    if (fresh.length > 0) await this.#add(fresh, from.size === 0 ? this.#parts.start : 'earliest')
    this.#discoveredAt = this.#parts.clock()
  }

  async read(limit: number, signal: AbortSignal): Promise<SourceBatch | undefined> {
    while (!signal.aborted) {
      // The steps of a commit get their turn between two batches.
      await new Promise<void>(resolve => setImmediate(resolve))
      const batch = this.#take(limit)
      if (batch !== undefined) return batch
      if (this.#coming === undefined && this.#wanted().size === 0 && this.#until !== undefined)
        return undefined
      await this.#discover()
      const coming = this.#coming ?? this.#fetch()
      this.#coming = undefined
      const fetched = await coming
      for (const { partition, sets, next, end } of fetched) {
        this.#ends.set(String(partition), String(end))
        if (next <= this.#fetched.get(partition)!) continue
        this.#fetched.set(partition, next)
        this.#pending.push({ partition, sets, next, set: 0, record: 0 })
      }
      if (this.#pending.length === 0 || this.#wanted().size === 0) continue
      this.#coming = this.#fetch()
      // Its failure is met by the next read.
      this.#coming.catch(() => {})
    }
    return undefined
  }

  ends(): Offsets {
    return this.#ends
  }

  async close(): Promise<void> {
    await this.#parts.client.close()
  }

  #place(partition: number, at: bigint): void {
    this.#positions.set(partition, at)
    this.#fetched.set(partition, at)
  }

  #fetch(): Promise<readonly Fetched[]> {
    return this.#parts.client.fetch(this.#parts.topic, this.#wanted(), WAIT_MS)
  }

  #wanted(): Map<number, bigint> {
    const until = this.#until
    if (until === undefined) return new Map(this.#fetched)
    return new Map([...this.#fetched].filter(([id, at]) => at < (until.get(id) ?? 0n)))
  }

  async #freshPartitions(): Promise<readonly number[]> {
    const all = await this.#parts.client.partitions(this.#parts.topic)
    return all.filter(id => !this.#positions.has(id))
  }

  async #discover(): Promise<void> {
    const { clock, refreshMs } = this.#parts
    if (this.#until !== undefined || clock() - this.#discoveredAt < refreshMs) return
    this.#discoveredAt = clock()
    const fresh = await this.#freshPartitions()
    if (fresh.length > 0) await this.#add(fresh, 'earliest')
  }

  async #add(partitions: readonly number[], at: StartAt): Promise<void> {
    const offsets = await this.#parts.client.offsets(this.#parts.topic, at)
    for (const id of partitions) {
      this.#place(id, offsets.get(id) ?? 0n)
      if (this.#until === undefined) this.#started.add(id)
    }
  }

  #take(limit: number): SourceBatch | undefined {
    const offsets = new Map<string, string>()
    for (const id of this.#started) offsets.set(String(id), String(this.#positions.get(id)!))
    this.#started.clear()
    const rows = new RowWriter(this.#parts.schema, Math.min(limit, this.#pendingRecords()))
    const errors: RowError[] = []
    let bytes = 0
    while (this.#pending.length > 0 && rows.length + errors.length < limit) {
      const part = this.#pending[0]!
      bytes += this.#takeSome(part, rows, errors, limit)
      if (part.set === part.sets.length) this.#pending.shift()
      offsets.set(String(part.partition), String(this.#positions.get(part.partition)!))
    }
    return offsets.size === 0 ? undefined : { chunk: rows.chunk(), offsets, errors, bytes }
  }

  #pendingRecords(): number {
    let sum = 0
    for (const { sets, set, record } of this.#pending) {
      for (let i = set; i < sets.length; i++) sum += sets[i]!.count
      sum -= record
    }
    return sum
  }

  /** Decodes records of the partition until it or the limit ends, and moves its position; the bytes of the records. */
  #takeSome(part: Pending, rows: RowWriter, errors: RowError[], limit: number): number {
    const until = this.#until?.get(part.partition) ?? part.next
    const end = Math.min(Number(until), Number(part.next))
    let bytes = 0
    while (part.set < part.sets.length) {
      const set = part.sets[part.set]!
      const { offsets, keyFrom, keyTo, from, to } = set
      let record = part.record
      while (record < set.count && rows.length + errors.length < limit && offsets[record]! < end) {
        bytes += keyTo[record]! - keyFrom[record]! + (to[record]! - from[record]!)
        this.#decode(set, record, part.partition, rows, errors)
        record++
      }
      part.record = record
      if (record < set.count) {
        this.#positions.set(part.partition, BigInt(offsets[record]!))
        if (offsets[record]! < end) return bytes
        part.set = part.sets.length
      } else {
        part.set++
        part.record = 0
      }
    }
    this.#positions.set(part.partition, BigInt(end))
    return bytes
  }

  #decode(set: RecordSet, record: number, partition: number, rows: RowWriter, errors: RowError[]): void {
    const before = rows.length
    const { bytes, keyFrom, keyTo, from, to } = set
    try {
      this.#parts.decode(rows, bytes, keyFrom[record]!, keyTo[record]!, from[record]!, to[record]!)
      if (this.#parts.include.length > 0) this.#include(set, record, partition, rows, before)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      rows.truncate(before)
      errors.push({
        origin: `topic ${this.#parts.topic}, partition ${partition}, offset ${set.offsets[record]}`,
        error: error.message,
        payload: valueBytes(set, record)?.subarray(0, PAYLOAD_BYTES) ?? null,
      })
    }
  }

  #include(set: RecordSet, record: number, partition: number, rows: RowWriter, first: number): void {
    const { schema, include, key } = this.#parts
    const own = schema.length - include.length
    include.forEach((what, i) => {
      const value = included(what, set, record, partition)
      if (value === null && key.includes(own + i)) {
        const message = `null value in column "${schema[own + i]!.name}" violates not-null constraint`
        throw new SqlError('not_null_violation', message)
      }
      for (let row = first; row < rows.length; row++) rows.set(row, own + i, value)
    })
  }
}

function included(what: string, set: RecordSet, record: number, partition: number): Value {
  switch (what) {
    case 'key':
      return keyBytes(set, record)
    case 'partition':
      return String(partition)
    case 'offset':
      return String(set.offsets[record])
    case 'timestamp':
      return BigInt(set.timestampsMs[record]!) * 1000n
    default:
      return headersOf(set, record).map(header => [header.key, header.value])
  }
}
