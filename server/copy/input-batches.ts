/** Bytes that come in pieces, put together until there are enough to read. */
export class InputBatches {
  readonly #least: number
  #pieces: Buffer[] = []
  #length = 0
  #wanted: number

  constructor(least: number) {
    this.#least = least
    this.#wanted = least
  }

  /** All that is there once it is enough, else undefined; `keep` says what is left of it. */
  add(bytes: Buffer): Buffer | undefined {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    return this.#length < this.#wanted ? undefined : this.rest()
  }

  /** The first `read` bytes were read. A line that was not there to its end waits for twice as much. */
  keep(all: Buffer, read: number): void {
    const left = all.subarray(read)
    this.#pieces = left.length === 0 ? [] : [left]
    this.#length = left.length
    this.#wanted = Math.max(this.#least, 2 * left.length)
  }

  /** All that is there, which is then gone. */
  rest(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#length = 0
    return all
  }
}
