import { crc32c } from './checksums.ts'

export interface KafkaMessage {
  readonly key?: Buffer | string | null
  readonly value: Buffer | string | null
  /** Chosen by the key when absent. */
  readonly partition?: number
  readonly timestampMs?: number
  readonly headers?: readonly (readonly [string, Buffer])[]
}

/** Who writes the batch; sequence numbers go on over all batches of a partition. */
export interface ProducerState {
  readonly id: bigint
  readonly epoch: number
  readonly transactional: boolean
}

const HEADER = 61
const TRANSACTIONAL = 16
const NO_HEADERS: readonly (readonly [string, Buffer])[] = []

/** One record batch (format 2, KIP-98) that grows record by record. */
export class BatchWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(1 << 16)
  #at = HEADER
  #firstMs = 0
  #maxMs = 0
  count = 0

  get size(): number {
    return this.#at
  }

  add(key: Buffer | null, value: Buffer | null, ms: number, headers = NO_HEADERS): void {
    if (this.count === 0) this.#firstMs = this.#maxMs = ms
    if (ms > this.#maxMs) this.#maxMs = ms
    const delta = ms - this.#firstMs
    let length = 1 + varintSize(delta) + varintSize(this.count) + sizeOf(key) + sizeOf(value)
    length += varintSize(headers.length)
    for (const [name, content] of headers) length += sizeOf(Buffer.from(name)) + sizeOf(content)
    this.#reserve(length + 5)
    this.#varint(length)
    this.#bytes[this.#at++] = 0
    this.#varint(delta)
    this.#varint(this.count++)
    this.#sized(key)
    this.#sized(value)
    this.#varint(headers.length)
    for (const [name, content] of headers) {
      this.#sized(Buffer.from(name))
      this.#sized(content)
    }
  }

  /** The batch, ready to be sent. */
  finish({ id, epoch, transactional }: ProducerState, sequence: number): Buffer {
    const bytes = this.#bytes.subarray(0, this.#at)
    bytes.fill(0, 0, HEADER)
    bytes.writeInt32BE(this.#at - 12, 8)
    bytes.writeInt32BE(-1, 12)
    bytes[16] = 2
    bytes.writeInt16BE(transactional ? TRANSACTIONAL : 0, 21)
    bytes.writeInt32BE(this.count - 1, 23)
    bytes.writeBigInt64BE(BigInt(this.#firstMs), 27)
    bytes.writeBigInt64BE(BigInt(this.#maxMs), 35)
    bytes.writeBigInt64BE(id, 43)
    bytes.writeInt16BE(epoch, 51)
    bytes.writeInt32BE(sequence, 53)
    bytes.writeInt32BE(this.count, 57)
    bytes.writeUInt32BE(crc32c(bytes, 21, this.#at), 17)
    return bytes
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return
    const bytes = Buffer.allocUnsafeSlow((this.#at + more) * 2)
    this.#bytes.copy(bytes, 0, 0, this.#at)
    this.#bytes = bytes
  }

  #varint(value: number): void {
    let rest = value < 0 ? -value * 2 - 1 : value * 2
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80
    this.#bytes[this.#at++] = rest
  }

  #sized(part: Buffer | null): void {
    this.#varint(part === null ? -1 : part.length)
    if (part === null) return
    this.#bytes.set(part, this.#at)
    this.#at += part.length
  }
}

function sizeOf(part: Buffer | null): number {
  return part === null ? 1 : varintSize(part.length) + part.length
}

function varintSize(value: number): number {
  let size = 1
  for (let rest = value < 0 ? -value * 2 - 1 : value * 2; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++
  return size
}
