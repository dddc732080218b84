/** Seed of event `e`: a hash of both halves of the 64-bit event number. */
export function seedOf(e: number): number {
  let h = Math.imul(e | 0, 0x9e3779b1) ^ Math.imul(Math.floor(e / 4294967296) | 0, 0x85ebca6b) ^ 0x2545f491
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return h ^ (h >>> 15)
}

/** What mulberry32 adds to its state before each draw. */
export const STEP = 0x6d2b79f5

/** The draw of mulberry32 in state `s` (already stepped): 0 .. 2^32 - 1. */
export function mix(s: number): number {
  let t = Math.imul(s ^ (s >>> 15), s | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}

/** A draw scaled to 0 .. n - 1 without bias worth naming; exact in doubles for n < 2^21. */
export function scale(u: number, n: number): number {
  return (u * n * 2.3283064365386963e-10) | 0
}

/** mulberry32 as an object, for the paths where speed is not the point. */
export class Random {
  #s: number

  constructor(e: number) {
    this.#s = seedOf(e)
  }

  below(n: number): number {
    this.#s = (this.#s + STEP) | 0
    return scale(mix(this.#s), n)
  }

  unit(): number {
    this.#s = (this.#s + STEP) | 0
    return mix(this.#s) / 4294967296
  }
}

/** Nexmark's price: 100 · 10^(6u), in cents. */
export function price(unit: number): number {
  return Math.floor(10 ** (unit * 6) * 100 + 0.5)
}
