const WORD = 4294967296

/** Growing buffer of little-endian fields. */
export class ByteWriter {
  #bytes = new Uint8Array(1 << 10)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  u8(value: number): void {
    this.reserve(1)
    this.#bytes[this.#length++] = value
  }

  i32(value: number): void {
    this.reserve(4)
    this.#view.setInt32(this.#length, value, true)
    this.#length += 4
  }

  i64(value: bigint): void {
    this.reserve(8)
    this.#view.setBigInt64(this.#length, value, true)
    this.#length += 8
  }

  /** A whole number that a double has exactly, as i64 writes it. */
  whole(value: number): void {
    this.reserve(8)
    const high = Math.floor(value / WORD)
    this.#view.setInt32(this.#length, value - high * WORD, true)
    this.#view.setInt32(this.#length + 4, high, true)
    this.#length += 8
  }

  f64(value: number): void {
    this.reserve(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  raw(part: Uint8Array): void {
    this.reserve(part.length)
    this.#bytes.set(part, this.#length)
    this.#length += part.length
  }

  /** With its length in front. */
  sized(part: Uint8Array): void {
    this.i32(part.length)
    this.raw(part)
  }

  /** The memory of a typed array as it is (little-endian machines only, like everything node runs on here). */
  array(part: Uint8Array | Uint16Array | Uint32Array | Int32Array | BigInt64Array | Float64Array): void {
    this.raw(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
  }

  /** What was written; valid until the writer is used again. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  /** Makes room for so many bytes. */
  reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    let capacity = this.#bytes.length * 2
    while (capacity < this.#length + count) capacity *= 2
    const wider = new Uint8Array(capacity)
    wider.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = wider
    this.#view = new DataView(wider.buffer)
  }
}
