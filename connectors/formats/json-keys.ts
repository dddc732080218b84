import { seen, skipSpace, skipString } from './json-skip.ts'

/** Behind the colon of a member's name. */
const GUESSES = 4
const NAMES_MAX = 1000

interface Guess {
  /** The name with its quotes and the colon. */
  readonly bytes: Uint8Array
  readonly slot: number
}

/**
 * Tells which column a member's name means. Producers write the same names in the same order, so the names of the record before are
 * tried first, the one at the same place and the next few; only an unforeseen name becomes a string.
 */
export class JsonKeys {
  readonly #slots: ReadonlyMap<string, number>
  readonly #guesses: Guess[] = []
  readonly #named = new Map<string, Guess>()
  /** Of the name read last: its column; -1: none. */
  slot = -1
  #at = 0

  constructor(names: readonly string[]) {
    this.#slots = new Map(names.map((name, i) => [name, i]))
  }

  start(): void {
    this.#at = 0
  }

  /** From the opening quote to behind the colon; -1: it is no name. */
  read(bytes: Uint8Array, at: number, end: number): number {
    const guesses = this.#guesses
    const last = Math.min(this.#at + GUESSES, guesses.length)
    for (let i = this.#at; i < last; i++) {
      const name = guesses[i]!.bytes
      const { length } = name
      let same = 1
      // The first byte is a quote in any case.
      while (same < length && bytes[at + same] === name[same]) same++
      if (same < length || bytes[at] !== 0x22) continue
      this.#at = i + 1
      this.slot = guesses[i]!.slot
      return at + length
    }
    return this.#learn(bytes, at, end)
  }

  #learn(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== 0x22) return -1
    const close = skipString(bytes, at, end)
    if (close < 0) return -1
    const colon = skipSpace(bytes, close, end)
    if (bytes[colon] !== 0x3a) return -1
    const text = Buffer.prototype.utf8Slice.call(bytes, at + 1, close - 1)
    if (text.includes('\\')) return -1
    let guess = this.#named.get(text)
    if (guess === undefined) {
      const slot = this.#slots.get(text) ?? this.#slots.get(text.toLowerCase()) ?? -1
      guess = { bytes: Buffer.from(`"${text}":`), slot }
      if (this.#named.size < NAMES_MAX) this.#named.set(text, guess)
    }
    if (colon === close && !seen.high) this.#guesses[this.#at++] = guess
    this.slot = guess.slot
    return colon + 1
  }
}
