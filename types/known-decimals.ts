import type { Decimal } from './value.ts'

const KNOWN_MAX = 1024

/** Equal numbers that come often are one object, which also travels once in a message to another thread. */
export class KnownDecimals {
  readonly #digits = new Float64Array(KNOWN_MAX).fill(Number.NaN)
  readonly #decimals: Decimal[] = []

  decimal(digits: number, scale: number): Decimal {
    const slot = (digits ^ (scale << 7)) & (KNOWN_MAX - 1)
    const found = this.#decimals[slot]
    if (found !== undefined && this.#digits[slot] === digits && found.scale === scale) return found
    const made = { digits: BigInt(digits), scale }
    this.#digits[slot] = digits
    this.#decimals[slot] = made
    return made
  }
}
