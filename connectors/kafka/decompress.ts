// The two compressions of Kafka that Node lacks, decoding only.
import { SqlError } from '../../types/error.ts'

const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])
const LZ4_MAGIC = 0x184d2204

/** Snappy as Java writes it (a header, then blocks with their lengths), or one raw block. */
export function snappyBlocks(bytes: Buffer): Buffer {
  if (bytes.subarray(0, 8).compare(XERIAL) !== 0) return snappyBlock(bytes)
  const parts: Buffer[] = []
  for (let at = 16; at < bytes.length; ) {
    const length = bytes.readInt32BE(at)
    parts.push(snappyBlock(bytes.subarray(at + 4, at + 4 + length)))
    at += 4 + length
  }
  return Buffer.concat(parts)
}

// https://github.com/google/snappy/blob/main/format_description.txt
function snappyBlock(bytes: Buffer): Buffer {
  let at = 0
  let length = 0
  for (let unit = 1; ; unit *= 128) {
    const byte = bytes[at++]!
    length += (byte & 0x7f) * unit
    if (byte < 0x80) break
  }
  if (!(length <= 1 << 30)) throw corrupted('snappy')
  const out = Buffer.allocUnsafe(length)
  let to = 0
  while (at < bytes.length) {
    const tag = bytes[at++]!
    const kind = tag & 3
    if (kind === 0) {
      let count = tag >>> 2
      if (count >= 60) {
        const size = count - 59
        count = bytes.readUIntLE(at, size)
        at += size
      }
      count++
      if (at + count > bytes.length || to + count > length) throw corrupted('snappy')
      bytes.copy(out, to, at, at + count)
      at += count
      to += count
    } else {
      const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
      const back = kind === 1 ? ((tag >>> 5) << 8) | bytes[at]! : bytes.readUIntLE(at, kind === 2 ? 2 : 4)
      at += kind === 1 ? 1 : kind === 2 ? 2 : 4
      to = repeat(out, to, back, count, 'snappy')
    }
  }
  if (to !== length) throw corrupted('snappy')
  return out
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md; checksums are not looked at. */
export function lz4Frame(bytes: Buffer): Buffer {
  if (bytes.readUInt32LE(0) !== LZ4_MAGIC) throw corrupted('lz4')
  const flags = bytes[4]!
  const blockBytes = 1 << (8 + 2 * ((bytes[5]! >>> 4) & 7))
  let at = 7 + ((flags & 8) !== 0 ? 8 : 0) + ((flags & 1) !== 0 ? 4 : 0)
  let out = Buffer.allocUnsafe(Math.max(blockBytes, bytes.length * 4))
  let to = 0
  for (;;) {
    const size = bytes.readUInt32LE(at)
    at += 4
    if (size === 0) return out.subarray(0, to)
    if (out.length - to < blockBytes) {
      const grown = Buffer.allocUnsafe(out.length * 2 + blockBytes)
      out.copy(grown, 0, 0, to)
      out = grown
    }
    const length = size & 0x7fffffff
    if (at + length > bytes.length) throw corrupted('lz4')
    if (size > 0x7fffffff) to += bytes.copy(out, to, at, at + length)
    else to = lz4Block(bytes, at, at + length, out, to)
    at += length + ((flags & 16) !== 0 ? 4 : 0)
  }
}

function lz4Block(bytes: Buffer, from: number, end: number, out: Buffer, start: number): number {
  let at = from
  let to = start
  while (at < end) {
    const token = bytes[at++]!
    let literals = token >>> 4
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = byteAt(bytes, at++, end)
    if (at + literals > end || to + literals > out.length) throw corrupted('lz4')
    bytes.copy(out, to, at, at + literals)
    at += literals
    to += literals
    if (at >= end) return to
    const back = bytes.readUInt16LE(at)
    at += 2
    let count = (token & 15) + 4
    if (count === 19) for (let more = 255; more === 255; count += more) more = byteAt(bytes, at++, end)
    to = repeat(out, to, back, count, 'lz4')
  }
  return to
}

function byteAt(bytes: Buffer, at: number, end: number): number {
  if (at >= end) throw corrupted('lz4')
  return bytes[at]!
}

// What lies `back` bytes before, which may reach into what it writes.
function repeat(out: Buffer, to: number, back: number, count: number, codec: string): number {
  if (back === 0 || back > to || to + count > out.length) throw corrupted(codec)
  if (back >= count) out.copyWithin(to, to - back, to - back + count)
  else for (let i = 0; i < count; i++) out[to + i] = out[to + i - back]!
  return to + count
}

function corrupted(codec: string): SqlError {
  return new SqlError('data_corrupted', `Kafka: a batch compressed by ${codec} cannot be read`)
}
