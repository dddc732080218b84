// Kafka's record batches (format 2, KIP-98) read where they lie: positions into the fetched buffer instead of an object a record.
// Algorithm of read_committed: the broker lists aborted transactions by producer and first offset; a transactional batch of such a
// producer is left out until the producer's abort marker. Whatever is left out still moves `next`.
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { notSupported, SqlError } from '../../types/error.ts'
import { lz4Frame, snappyBlocks } from './decompress.ts'

/** Records of one batch; key and value of record i lie at [from, to) in `bytes`, -1: null. */
export interface RecordSet {
  readonly bytes: Buffer
  readonly count: number
  readonly offsets: Float64Array
  readonly timestampsMs: Float64Array
  readonly keyFrom: Int32Array
  readonly keyTo: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** Where the count of headers is. */
  readonly headersAt: Int32Array
}

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

const HEADER = 61
const COMPRESSION = 7
const LOG_APPEND_TIME = 8
const TRANSACTIONAL = 16
const CONTROL = 32
const ABORT = 0

/** Committed records from `from` on, batch by batch, and the offset that follows them; a batch cut off at the end is not read. */
export function readBatches(
  buffer: Buffer,
  from: bigint,
  aborted: readonly AbortedTransaction[],
): { readonly sets: readonly RecordSet[]; readonly next: bigint } {
  const sets: RecordSet[] = []
  const open = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const aborting = new Set<bigint>()
  let next = from
  for (const { at, end, last, attributes, producerId } of batchesIn(buffer)) {
    while (open.length > 0 && open[0]!.firstOffset <= last) aborting.add(open.shift()!.producerId)
    if (last < from) continue
    const transactional = (attributes & TRANSACTIONAL) !== 0
    if ((attributes & CONTROL) !== 0) {
      if (markerType(buffer, at + HEADER) === ABORT) aborting.delete(producerId)
    } else if (!transactional || !aborting.has(producerId)) {
      const set = readRecords(buffer, at, end, attributes, from)
      if (set.count > 0) sets.push(set)
    }
    next = last + 1n
  }
  return { sets, next }
}

interface Batch {
  /** Its bytes are [at, end) of the buffer. */
  readonly at: number
  readonly end: number
  /** Offset of its last record. */
  readonly last: bigint
  readonly attributes: number
  readonly producerId: bigint
}

/** One that is cut off at the end is left out. */
function* batchesIn(buffer: Buffer): Generator<Batch> {
  for (let at = 0; at + HEADER <= buffer.length; ) {
    const end = at + 12 + buffer.readInt32BE(at + 8)
    if (end > buffer.length) return
    if (buffer[at + 16] !== 2) throw notSupported('Kafka message format below 2')
    const last = buffer.readBigInt64BE(at) + BigInt(buffer.readInt32BE(at + 23))
    const attributes = buffer.readInt16BE(at + 21)
    yield { at, end, last, attributes, producerId: buffer.readBigInt64BE(at + 43) }
    at = end
  }
}

export interface TransactionLog {
  readonly batches: readonly {
    readonly producerId: bigint
    /** How the producer's transaction ended here; undefined: these are its records. */
    readonly ended: 'commit' | 'abort' | undefined
    readonly set: RecordSet
  }[]
  readonly next: bigint
}

/** As readBatches, but with the ends of transactions in place of what they mean. */
export function readTransactions(buffer: Buffer, from: bigint): TransactionLog {
  const batches: TransactionLog['batches'][number][] = []
  let next = from
  for (const { at, end, last, attributes, producerId } of batchesIn(buffer)) {
    if (last < from) continue
    const control = (attributes & CONTROL) !== 0
    const ended = !control ? undefined : markerType(buffer, at + HEADER) === ABORT ? 'abort' : 'commit'
    const set = control ? emptySet(buffer, 0) : readRecords(buffer, at, end, attributes, from)
    batches.push({ producerId, ended, set })
    next = last + 1n
  }
  return { batches, next }
}

// The key of a control record: version and type, 16 bits each.
function markerType(buffer: Buffer, at: number): number {
  const cursor = new Varints(buffer, at)
  cursor.next()
  cursor.at++
  cursor.next()
  cursor.next()
  cursor.next()
  return buffer.readInt16BE(cursor.at + 2)
}

function readRecords(buffer: Buffer, at: number, end: number, attributes: number, first: bigint): RecordSet {
  const count = buffer.readInt32BE(at + 57)
  const baseOffset = Number(buffer.readBigInt64BE(at))
  const baseMs = Number(buffer.readBigInt64BE(at + 27))
  const appendedMs = (attributes & LOG_APPEND_TIME) !== 0 ? Number(buffer.readBigInt64BE(at + 35)) : undefined
  const packed = attributes & COMPRESSION
  const bytes = packed === 0 ? buffer : decompress(buffer.subarray(at + HEADER, end), packed)
  const set = emptySet(bytes, count)
  const cursor = new Varints(bytes, packed === 0 ? at + HEADER : 0)
  const stop = packed === 0 ? end : bytes.length
  const skipTo = Number(first)
  let kept = 0
  for (let i = 0; i < count; i++) {
    const behind = cursor.next() + cursor.at
    if (behind > stop || behind <= cursor.at)
      throw new SqlError('data_corrupted', 'Kafka: a record is longer than its batch')
    cursor.at++
    const ms = baseMs + cursor.next()
    const offset = baseOffset + cursor.next()
    const keyLength = cursor.next()
    set.keyFrom[kept] = keyLength < 0 ? -1 : cursor.at
    if (keyLength > 0) cursor.at += keyLength
    set.keyTo[kept] = keyLength < 0 ? -1 : cursor.at
    const length = cursor.next()
    set.from[kept] = length < 0 ? -1 : cursor.at
    if (length > 0) cursor.at += length
    set.to[kept] = length < 0 ? -1 : cursor.at
    set.offsets[kept] = offset
    set.timestampsMs[kept] = appendedMs ?? ms
    set.headersAt[kept] = cursor.at
    cursor.at = behind
    if (offset >= skipTo) kept++
  }
  return { ...set, count: kept }
}

function emptySet(bytes: Buffer, count: number): RecordSet {
  const ints = () => new Int32Array(count)
  const floats = () => new Float64Array(count)
  const [offsets, timestampsMs] = [floats(), floats()]
  const parts = { keyFrom: ints(), keyTo: ints(), from: ints(), to: ints(), headersAt: ints() }
  return { bytes, count, offsets, timestampsMs, ...parts }
}

function decompress(bytes: Buffer, codec: number): Buffer {
  switch (codec) {
    case 1:
      return gunzipSync(bytes)
    case 2:
      return snappyBlocks(bytes)
    case 3:
      return lz4Frame(bytes)
    case 4:
      return zstdDecompressSync(bytes)
    default:
      throw notSupported(`Kafka compression ${codec}`)
  }
}

/** Copies of key and value of one record. */
export function keyBytes({ bytes, keyFrom, keyTo }: RecordSet, record: number): Buffer | null {
  return part(bytes, keyFrom[record]!, keyTo[record]!)
}

export function valueBytes({ bytes, from, to }: RecordSet, record: number): Buffer | null {
  return part(bytes, from[record]!, to[record]!)
}

function part(bytes: Buffer, from: number, to: number): Buffer | null {
  return from < 0 ? null : Buffer.from(bytes.subarray(from, to))
}

/** Headers of one record. */
export function headersOf(
  set: RecordSet,
  record: number,
): readonly { readonly key: string; readonly value: Uint8Array | null }[] {
  const cursor = new Varints(set.bytes, set.headersAt[record]!)
  return Array.from({ length: cursor.next() }, () => {
    const key = cursor.bytes(cursor.next())!.toString()
    return { key, value: cursor.bytes(cursor.next()) }
  })
}

/** Zigzag integers of variable length. */
class Varints {
  readonly #buffer: Buffer
  at: number

  constructor(buffer: Buffer, at: number) {
    this.#buffer = buffer
    this.at = at
  }

  next(): number {
    const buffer = this.#buffer
    let byte = buffer[this.at++]!
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1)
    let value = byte & 0x7f
    let unit = 0x80
    do {
      byte = buffer[this.at++]!
      value += (byte & 0x7f) * unit
      unit *= 0x80
    } while (byte >= 0x80)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** A copy; null for a negative length. */
  bytes(length: number): Buffer | null {
    if (length < 0) return null
    const from = this.at
    this.at += length
    return Buffer.from(this.#buffer.subarray(from, this.at))
  }
}
