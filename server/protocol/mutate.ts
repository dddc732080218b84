/** A seeded source of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Mutation = (bytes: Buffer, random: () => number) => Buffer

const at = (bytes: Buffer, random: () => number) => Math.floor(random() * bytes.length)

/** What happens to a byte stream on the way: flipped bits, wrong lengths, lost, doubled, swapped and foreign pieces. */
const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    const i = at(copy, random)
    copy[i] = copy[i]! ^ (1 << Math.floor(random() * 8))
    return copy
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    const i = at(copy, random)
    for (let n = 0; n < 4 && i + n < copy.length; n++)
      copy[i + n] = EDGES[Math.floor(random() * EDGES.length)]!
    return copy
  },
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => bytes.subarray(at(bytes, random)),
  (bytes, random) => {
    const [from, to] = [at(bytes, random), at(bytes, random)].sort((a, b) => a - b) as [number, number]
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
  (bytes, random) => {
    const [from, to] = [at(bytes, random), at(bytes, random)].sort((a, b) => a - b) as [number, number]
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  (bytes, random) => {
    const i = at(bytes, random)
    const noise = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 64) }, () => random() * 256))
    return Buffer.concat([bytes.subarray(0, i), noise, bytes.subarray(i)])
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    const i = at(copy, random)
    if (i + 4 <= copy.length) copy.writeInt32BE(LENGTHS[Math.floor(random() * LENGTHS.length)]!, i)
    return copy
  },
]

const EDGES = [0, 1, 0x7f, 0x80, 0xff]
const LENGTHS = [-(2 ** 31), -1, 0, 3, 4, 5, 0x7fff, 0xffff, 1 << 20, 1 << 30, 2 ** 31 - 1]

/** One to three mutations. */
export function mutate(bytes: Buffer, random: () => number): Buffer {
  let mutated = bytes
  for (let n = 1 + Math.floor(random() * 3); n > 0 && mutated.length > 0; n--)
    mutated = MUTATIONS[Math.floor(random() * MUTATIONS.length)]!(mutated, random)
  return mutated
}
