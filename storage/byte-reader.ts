/** Reads what a ByteWriter wrote. Throws RangeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  u8(): number {
    return this.#view.getUint8(this.#at++)
  }

  i32(): number {
    this.#at += 4
    return this.#view.getInt32(this.#at - 4, true)
  }

  i64(): bigint {
    this.#at += 8
    return this.#view.getBigInt64(this.#at - 8, true)
  }

  f64(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  /** A view of the next bytes. */
  raw(length: number): Uint8Array {
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length) throw new RangeError('a field goes past the end')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }

  sized(): Uint8Array {
    return this.raw(this.i32())
  }

  /** A copy in memory of its own: aligned, and nobody else's. (Buffer's own slice would be a view.) */
  memory(length: number): ArrayBuffer {
    const copy = new Uint8Array(length)
    copy.set(this.raw(length))
    return copy.buffer
  }
}
