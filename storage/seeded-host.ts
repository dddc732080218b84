import type { Host } from '../types/host.ts'

/** A host for tests: the seed decides randomness, sleeping takes no time but lets others run. */
export function seededHost(seed: number): Host {
  let state = seed >>> 0
  let now = 0
  const random = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms
      for (let turns = Math.floor(random() * 4); turns >= 0; turns--) await new Promise(setImmediate)
    },
    random,
    randomBytes: length => Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    crashPoint: () => {},
  }
}
