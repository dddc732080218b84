import type { ByteReader } from './byte-reader.ts'
import type { ByteWriter } from './byte-writer.ts'

const WORD = 4294967296
/** Numbers with a smaller high word are exact as doubles. */
const HIGH_MAX = 1 << 20

/**
 * 64-bit integers, given as low and high words, as offsets from their minimum in 0, 1, 2 or 4 bytes when the range
 * allows; else all 8 bytes. The width stands in front.
 */
export function writeOffsets(writer: ByteWriter, words: Int32Array): void {
  const length = words.length / 2
  const width = length === 0 ? 8 : measure(words)
  writer.u8(width)
  if (width === 8) {
    writer.array(words)
    return
  }
  const min = range[0]!
  writer.f64(min)
  if (width === 0) return
  const out =
    width === 1 ? new Uint8Array(length) : width === 2 ? new Uint16Array(length) : new Uint32Array(length)
  for (let i = 0; i < length; i++) out[i] = words[2 * i + 1]! * WORD + (words[2 * i]! >>> 0) - min
  writer.array(out)
}

export function readOffsets(reader: ByteReader, length: number): BigInt64Array {
  const width = reader.u8()
  if (width === 8) return new BigInt64Array(reader.memory(length * 8))
  const min = reader.f64()
  const result = new BigInt64Array(length)
  if (width === 0) return result.fill(BigInt(min))
  const memory = reader.memory(length * width)
  const offsets =
    width === 1 ? new Uint8Array(memory) : width === 2 ? new Uint16Array(memory) : new Uint32Array(memory)
  const words = new Int32Array(result.buffer)
  const highest = Math.floor(min / WORD)
  const lowest = min - highest * WORD
  for (let i = 0; i < length; i++) {
    const low = lowest + offsets[i]!
    words[2 * i] = low
    words[2 * i + 1] = low < WORD ? highest : highest + 1
  }
  return result
}

/** Minimum and maximum of the last call of `measure`. */
const range = new Float64Array(2)

function measure(words: Int32Array): 0 | 1 | 2 | 4 | 8 {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < words.length; i += 2) {
    const high = words[i + 1]!
    if (high >= HIGH_MAX || high < -HIGH_MAX) return 8
    const value = high * WORD + (words[i]! >>> 0)
    if (value < min) min = value
    if (value > max) max = value
  }
  range[0] = min
  range[1] = max
  const span = max - min
  return span === 0 ? 0 : span < 256 ? 1 : span < 65536 ? 2 : span < WORD ? 4 : 8
}
