import { Random } from './random.ts'

/** Constant strings of the generator, laid out so that a column is a view into one buffer: string i is starts[i] .. ends[i] - 1. */
export interface StringPool {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
}

export interface Pools {
  /** 1 Mi letters; `extra` columns are slices of it. */
  readonly letters: Uint8Array
  /** 0..3 hot, 4.. the 10,000 others; the same index in both. */
  readonly channels: StringPool
  readonly urls: StringPool
}

export const LETTERS = 1 << 20

const CHANNELS = 10_000

let made: Pools | undefined

/** The pools, made at first use (about 20 ms). */
export function pools(): Pools {
  made ??= make()
  return made
}

function make(): Pools {
  const random = new Random(-1)
  const letters = new Uint8Array(LETTERS)
  for (let i = 0; i < LETTERS; i++) letters[i] = 97 + random.below(26)
  const urls: string[] = []
  const channels = ['Google', 'Facebook', 'Baidu', 'Apple']
  for (let i = 0; i < 4; i++) urls.push(baseUrl(random))
  for (let i = 0; i < CHANNELS; i++) {
    channels.push(`channel-${i}`)
    const url = baseUrl(random)
    urls.push(random.below(10) > 0 ? `${url}&channel_id=${magnitude(reverseBits(i))}` : url)
  }
  return { letters, channels: pool(channels), urls: pool(urls) }
}

function pool(strings: readonly string[]): StringPool {
  const starts = new Int32Array(strings.length)
  const ends = new Int32Array(strings.length)
  let at = 0
  for (let i = 0; i < strings.length; i++) {
    starts[i] = at
    at += strings[i]!.length
    ends[i] = at
  }
  return { bytes: new Uint8Array(Buffer.from(strings.join(''), 'latin1')), starts, ends }
}

function baseUrl(random: Random): string {
  const part = () => word(random, 5, '_')
  return `https://www.nexmark.com/${part()}/${part()}/${part()}/item.htm?query=1`
}

/** 3 to max - 1 letters, one in thirteen replaced by `space`; trimmed. */
export function word(random: Random, max: number, space: string): string {
  const n = 3 + random.below(max - 3)
  let text = ''
  for (let i = 0; i < n; i++) {
    text += random.below(13) === 0 ? space : String.fromCharCode(97 + random.below(26))
  }
  return text.trim()
}

function reverseBits(i: number): number {
  let r = 0
  for (let bit = 0; bit < 32; bit++) r = (r << 1) | ((i >>> bit) & 1)
  return r
}

/** abs of a 32-bit integer in 32-bit arithmetic: the least one stays negative, as the reference generator has it. */
function magnitude(i: number): number {
  return i < 0 ? -i | 0 : i
}
