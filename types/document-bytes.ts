import { hashBytes } from './hash-bytes.ts'

const [POINT, QUOTE, BACKSLASH, ZERO, NINE] = [0x2e, 0x22, 0x5c, 0x30, 0x39]

/** Hash of a jsonb document's text that is equal for documents whose numbers are (1.0 and 1). */
export function hashDocument(bytes: Uint8Array, from: number, to: number): number {
  const plain = withoutZeros(bytes, from, to)
  return plain === undefined ? hashBytes(bytes, from, to) : hashBytes(plain, 0, plain.length)
}

/** Whether two documents of different text are equal. */
export function equalDocuments(
  a: Uint8Array,
  fromA: number,
  toA: number,
  b: Uint8Array,
  fromB: number,
  toB: number,
): boolean {
  const [x, y] = [withoutZeros(a, fromA, toA), withoutZeros(b, fromB, toB)]
  if (x === undefined && y === undefined) return false
  return Buffer.compare(x ?? a.subarray(fromA, toA), y ?? b.subarray(fromB, toB)) === 0
}

/** The text without the zeros at the end of its numbers' fractions; undefined: no number has a fraction. */
function withoutZeros(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  let at = from
  while (at < to && bytes[at] !== POINT) at++
  if (at === to) return undefined
  const out = new Uint8Array(to - from)
  let length = 0
  let quoted = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    if (byte === QUOTE) quoted = !quoted
    if (quoted && byte === BACKSLASH) out[length++] = bytes[i++]!
    else if (!quoted && byte === POINT) {
      let end = i + 1
      while (end < to && bytes[end]! >= ZERO && bytes[end]! <= NINE) end++
      let kept = end
      while (bytes[kept - 1] === ZERO) kept--
      if (kept - 1 > i) for (let k = i; k < kept; k++) out[length++] = bytes[k]!
      i = end - 1
      continue
    }
    out[length++] = bytes[i]!
  }
  return out.subarray(0, length)
}
