/** One bit for each position from `first` to `last`. */
export class Bits {
  readonly #first: number
  readonly #last: number
  readonly #bytes: Uint8Array

  constructor(first: number, last: number) {
    this.#first = first
    this.#last = last
    this.#bytes = new Uint8Array((last - first + 8) >> 3)
  }

  add(at: number): void {
    const bit = at - this.#first
    this.#bytes[bit >> 3]! |= 1 << (bit & 7)
  }

  has(at: number): boolean {
    const bit = at - this.#first
    return (this.#bytes[bit >> 3]! & (1 << (bit & 7))) !== 0
  }

  /** The first position from `from` on; -1: none. */
  next(from: number): number {
    for (let bit = from - this.#first; bit <= this.#last - this.#first; bit++) {
      const rest = this.#bytes[bit >> 3]! >> (bit & 7)
      if (rest === 0) bit |= 7
      else if ((rest & 1) === 1) return this.#first + bit
    }
    return -1
  }

  /** The last position up to `from`; -1: none. */
  before(from: number): number {
    for (let at = from; at >= this.#first; at--) if (this.has(at)) return at
    return -1
  }
}
