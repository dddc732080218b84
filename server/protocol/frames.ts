import { SqlError } from '../../types/error.ts'

export interface Frame {
  /** One letter; '' for the messages before the session (no type byte). */
  readonly type: string
  readonly body: Buffer
}

const STARTUP_BYTES_MAX = 10 << 10
const MESSAGE_BYTES_MAX = 64 << 20
const BUFFER_BYTES_FIRST = 1 << 13
const BUFFER_BYTES_KEPT = 1 << 20
/** So many bytes are copied sooner by hand. */
const SHORT_BYTES = 24
const digits = new Uint8Array(40)

/** Cuts a byte stream into messages, whatever the packets. Throws 08P01 for a length that no client means. */
export class FrameReader {
  #parts: Buffer[] = []
  #size = 0
  /** No type byte until the startup message was read; short messages until the session begins. */
  phase: 'startup' | 'login' | 'session' = 'startup'

  /** Bytes that wait. */
  get size(): number {
    return this.#size
  }

  get firstByte(): number | undefined {
    return this.#parts[0]?.[0]
  }

  /** Type byte of the next message of a session, when any of it has come. */
  get nextType(): string | undefined {
    const byte = this.firstByte
    return byte === undefined ? undefined : String.fromCharCode(byte)
  }

  /** All bytes that wait, which are no messages. */
  takeAll(): Buffer {
    const all = Buffer.concat(this.#parts)
    this.#parts = []
    this.#size = 0
    return all
  }

  push(bytes: Buffer): void {
    this.#parts.push(bytes)
    this.#size += bytes.length
  }

  next(): Frame | undefined {
    const header = this.phase === 'startup' ? 4 : 5
    if (this.#size < header) return undefined
    if (this.#parts[0]!.length < header) this.#join()
    const length = this.#parts[0]!.readInt32BE(header - 4)
    const most = this.phase === 'session' ? MESSAGE_BYTES_MAX : STARTUP_BYTES_MAX
    if (length < 4 || length > most) throw new SqlError('protocol_violation', 'invalid message length')
    const total = header - 4 + length
    if (this.#size < total) return undefined
    if (this.#parts[0]!.length < total) this.#join()
    const first = this.#parts[0]!
    const type = this.phase === 'startup' ? '' : String.fromCharCode(first[0]!)
    this.#size -= total
    if (first.length === total) this.#parts.shift()
    else this.#parts[0] = first.subarray(total)
    return { type, body: first.subarray(header, total) }
  }

  #join(): void {
    this.#parts = [Buffer.concat(this.#parts)]
  }
}

/** Reads the fields of one message. Throws 08P01 past its end. */
export class Fields {
  readonly #body: Buffer
  #at = 0

  constructor(body: Buffer) {
    this.#body = body
  }

  get done(): boolean {
    return this.#at >= this.#body.length
  }

  int16(): number {
    return this.take(2).readInt16BE()
  }
  /** How many of something follow. */
  count(): number {
    return this.take(2).readUInt16BE()
  }
  int32(): number {
    return this.take(4).readInt32BE()
  }
  byte(): string {
    return String.fromCharCode(this.take(1)[0]!)
  }
  string(): string {
    const end = this.#body.indexOf(0, this.#at)
    if (end === -1) throw new SqlError('protocol_violation', 'invalid string in message')
    const text = this.#body.toString('utf8', this.#at, end)
    this.#at = end + 1
    return text
  }
  /** What is left. */
  rest(): Buffer {
    return this.take(this.#body.length - this.#at)
  }
  take(count: number): Buffer {
    if (count < 0 || this.#at + count > this.#body.length)
      throw new SqlError('protocol_violation', 'insufficient data left in message')
    this.#at += count
    return this.#body.subarray(this.#at - count, this.#at)
  }
}

/** A chained writer of server messages. */
export class Messages {
  #buffer = Buffer.alloc(BUFFER_BYTES_FIRST)
  #at = 0
  /** End of the last whole message. */
  #ended = 0

  /** A message that was begun and not ended is dropped. */
  drop(): void {
    this.#at = this.#ended
  }

  /** Starts a message; one that was begun and not ended is dropped. */
  begin(type: string): this {
    this.#at = this.#ended
    this.#reserve(5)
    this.#at = this.#buffer.writeUInt8(type.charCodeAt(0), this.#at) + 4
    return this
  }
  end(): this {
    this.#buffer.writeInt32BE(this.#at - this.#ended - 1, this.#ended + 1)
    this.#ended = this.#at
    return this
  }
  int16(value: number): this {
    this.#reserve(2)
    this.#at = this.#buffer.writeUInt16BE(value & 0xffff, this.#at)
    return this
  }
  int32(value: number): this {
    this.#reserve(4)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
    return this
  }
  text(value: string): this {
    return this.bytes(Buffer.from(value))
  }
  string(value: string): this {
    return this.bytes(Buffer.from(value.replaceAll('\0', ''))).bytes(ZERO)
  }
  /** A length of four bytes, then the text. */
  sizedText(value: string): this {
    this.#reserve(4 + value.length * 3)
    const length = this.#write(value, this.#at + 4)
    this.#at = this.#buffer.writeInt32BE(length, this.#at) + length
    return this
  }
  /** A length of four bytes, then those bytes. */
  sizedBytes(from: Uint8Array, start: number, end: number): this {
    const length = end - start
    this.#reserve(4 + length)
    const buffer = this.#buffer
    let at = this.#at
    buffer[at++] = length >>> 24
    buffer[at++] = length >>> 16
    buffer[at++] = length >>> 8
    buffer[at++] = length
    if (length < SHORT_BYTES) for (let i = start; i < end; i++) buffer[at++] = from[i]!
    else {
      buffer.set(from.subarray(start, end), at)
      at += length
    }
    this.#at = at
    return this
  }
  /** A length of four bytes, then a whole number's digits, the last `scale` of them behind a point. */
  sizedWhole(value: number, scale = 0): this {
    this.#reserve(4 + 40)
    const buffer = this.#buffer
    const start = this.#at + 4
    let rest = Math.abs(value)
    let count = 0
    // From the last digit to the first, into their places once their number is known.
    do {
      let low = rest
      if (rest > 999_999_999) {
        const high = Math.floor(rest / 1_000_000_000)
        low = rest - high * 1_000_000_000
        rest = high
        for (let i = 0; i < 9; i++) {
          const next = (low / 10) | 0
          digits[count++] = 48 + low - next * 10
          low = next
        }
      } else {
        rest = 0
        while (low > 0) {
          const next = (low / 10) | 0
          digits[count++] = 48 + low - next * 10
          low = next
        }
      }
    } while (rest > 0)
    while (count <= scale) digits[count++] = 48
    let at = start
    if (value < 0) buffer[at++] = 45
    while (count > 0) {
      if (count-- === scale) buffer[at++] = 46
      buffer[at++] = digits[count]!
    }
    this.#sizedEnd(start, at)
    return this
  }
  /** A length of four bytes, a head in ASCII, then microseconds of a day as a time. */
  sizedClock(head: string, micros: number): this {
    this.#reserve(4 + head.length + 15)
    const buffer = this.#buffer
    const start = this.#at + 4
    let at = start
    for (let i = 0; i < head.length; i++) buffer[at++] = head.charCodeAt(i)
    const seconds = Math.floor(micros / 1_000_000)
    at = this.#two((seconds / 3600) | 0, at)
    buffer[at++] = 58
    at = this.#two(((seconds / 60) | 0) % 60, at)
    buffer[at++] = 58
    at = this.#two(seconds % 60, at)
    let fraction = micros - seconds * 1_000_000
    if (fraction > 0) {
      buffer[at++] = 46
      for (let unit = 100_000; fraction > 0; unit /= 10) {
        const digit = (fraction / unit) | 0
        buffer[at++] = 48 + digit
        fraction -= digit * unit
      }
    }
    this.#sizedEnd(start, at)
    return this
  }
  byte(value: number): this {
    this.#reserve(1)
    this.#buffer[this.#at++] = value
    return this
  }
  /** Where the message that was begun goes on. */
  get at(): number {
    return this.#at
  }
  /** Of the sized field at `from`, the last one, only its bytes stay. false: nothing was done, one of them is `special`. */
  unsize(from: number, special: Uint8Array): boolean {
    const buffer = this.#buffer
    const end = this.#at
    for (let i = from + 4; i < end; i++) if (special[buffer[i]!] === 1) return false
    if (end - from < 2 * SHORT_BYTES) for (let i = from + 4; i < end; i++) buffer[i - 4] = buffer[i]!
    else buffer.copyWithin(from, from + 4, end)
    this.#at = end - 4
    return true
  }
  /** Takes the sized field at `from`, the last one, back; returns its text. */
  cut(from: number): string {
    const text = this.#buffer.toString('utf8', from + 4, this.#at)
    this.#at = from
    return text
  }
  #two(value: number, at: number): number {
    this.#buffer[at] = 48 + ((value / 10) | 0)
    this.#buffer[at + 1] = 48 + (value % 10)
    return at + 2
  }
  #sizedEnd(start: number, end: number): void {
    this.#buffer.writeInt32BE(end - start, start - 4)
    this.#at = end
  }
  bytes(value: Uint8Array): this {
    this.#reserve(value.length)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
    return this
  }
  /** Short ASCII by hand. */
  #write(value: string, at: number): number {
    if (value.length < SHORT_BYTES) {
      let i = 0
      for (; i < value.length; i++) {
        const code = value.charCodeAt(i)
        if (code > 127) break
        this.#buffer[at + i] = code
      }
      if (i === value.length) return i
    }
    return this.#buffer.write(value, at)
  }
  get length(): number {
    return this.#ended
  }
  /** All that was written; the writer starts anew. */
  take(): Buffer {
    const all = Buffer.from(this.#buffer.subarray(0, this.#ended))
    this.#at = 0
    this.#ended = 0
    if (this.#buffer.length > BUFFER_BYTES_KEPT) this.#buffer = Buffer.alloc(BUFFER_BYTES_FIRST)
    return all
  }

  #reserve(count: number): void {
    if (this.#at + count <= this.#buffer.length) return
    const wider = Buffer.alloc(Math.max(this.#buffer.length * 2, this.#at + count))
    this.#buffer.copy(wider)
    this.#buffer = wider
  }
}

const ZERO = Buffer.from([0])
