import { fn } from '../../../executor/functions/registry.ts'
import { SqlError } from '../../../types/error.ts'
import { type SystemSession, sessionByNumber } from '../sessions.ts'
import { act } from './system.ts'

const MASK = 2n ** 64n - 1n
/** What a seed is multiplied with: doubles have as many bits. */
const SEED_SCALE = 2 ** 52 - 1

/** The numbers that follow a seed: PostgreSQL's, by xoroshiro128** (Blackman and Vigna 2018), which splitmix64 fills. */
class Random {
  #low: bigint
  #high: bigint

  constructor(seed: number) {
    let state = BigInt.asUintN(64, BigInt(Math.trunc(seed * SEED_SCALE)))
    const split = (): bigint => {
      state = (state + 0x9e3779b97f4a7c15n) & MASK
      let mixed = ((state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK
      mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK
      return mixed ^ (mixed >> 31n)
    }
    this.#low = split()
    this.#high = split()
  }

  /** In [0, 1), in steps of 2^-52. */
  next(): number {
    const low = this.#low
    const high = this.#high ^ low
    const drawn = (rotated((low * 5n) & MASK, 7n) * 9n) & MASK
    this.#low = rotated(low, 24n) ^ high ^ ((high << 16n) & MASK)
    this.#high = rotated(high, 37n)
    return Number(drawn >> 12n) / 2 ** 52
  }
}

function rotated(value: bigint, by: bigint): bigint {
  return ((value << by) & MASK) | (value >> (64n - by))
}

const seeded = new WeakMap<SystemSession, Random>()

act(
  'setseed(float8) -> void',
  'what random() gives follows the seed from now on',
  (session, seed: number) => {
    if (!(seed >= -1 && seed <= 1))
      throw new SqlError(
        'invalid_parameter_value',
        `setseed parameter ${seed} is out of allowed range [-1,1]`,
      )
    seeded.set(session, new Random(seed))
    return ''
  },
)
fn('$random() -> float8', {
  help: 'random() of a session, which may have a seed',
  session: true,
  volatility: 'volatile',
  call: (number: number) => seeded.get(sessionByNumber(number))?.next() ?? Math.random(),
})
