/** One bit for each position of a text. */
export class Bits {
  readonly #bytes: Uint8Array
  readonly #length: number

  constructor(length: number) {
    this.#length = length
    this.#bytes = new Uint8Array((length + 7) >> 3)
  }

  add(at: number): void {
    this.#bytes[at >> 3]! |= 1 << (at & 7)
  }

  has(at: number): boolean {
    return (this.#bytes[at >> 3]! & (1 << (at & 7))) !== 0
  }

  /** The first position from `from` on; -1: none. */
  next(from: number): number {
    for (let at = from; at < this.#length; at++) {
      const rest = this.#bytes[at >> 3]! >> (at & 7)
      if (rest === 0) at |= 7
      else if ((rest & 1) === 1) return at
    }
    return -1
  }
}
