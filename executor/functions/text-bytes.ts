import { cut } from './like.ts'

// What constant arguments allow to be told from a text's UTF-8 bytes, without a string of it.

/** Whether a text, the bytes of a column from `from` to `to`, fulfils something. */
export type BytesTest = (bytes: Uint8Array, from: number, to: number) => boolean

/** Whether texts are LIKE the pattern; undefined: it has more than characters and % signs. */
export function likeBytes(pattern: string): BytesTest | undefined {
  const { pieces, dangling } = cut(pattern)
  if (dangling || pieces.some(({ plain }) => plain === undefined)) return undefined
  const [first, ...others] = pieces.map(({ plain }) => new Uint8Array(Buffer.from(plain!)))
  if (others.length === 0)
    return (bytes, from, to) => to - from === first!.length && hasAt(bytes, from, first!)
  const last = others.pop()!
  const least = first!.length + last.length
  return (bytes, from, to) => {
    if (to - from < least || !hasAt(bytes, to - last.length, last) || !hasAt(bytes, from, first!))
      return false
    let at = from + first!.length
    for (let i = 0; i < others.length && at !== -1; i++) at = endOf(others[i]!, bytes, at, to - last.length)
    return at !== -1
  }
}

function hasAt(bytes: Uint8Array, at: number, piece: Uint8Array): boolean {
  for (let i = piece.length - 1; i >= 0; i--) if (bytes[at + i] !== piece[i]) return false
  return true
}

/** Where the piece's first place in the bytes ends; -1: none. A character's bytes are no part of another's, so it is one in the text. */
function endOf(piece: Uint8Array, bytes: Uint8Array, from: number, to: number): number {
  const { length } = piece
  if (length === 0) return from
  const first = piece[0]
  const stop = to - length
  for (let at = from; at <= stop; at++) {
    if (bytes[at] !== first) continue
    let i = 1
    while (i < length && bytes[at + i] === piece[i]) i++
    if (i === length) return at + length
  }
  return -1
}

/** Longer ones are cut out of the text. */
const CUT_MAX = 8

/** A function that gives `count` characters of texts from number `start` on, counted from 0; undefined: they are too many. */
export function cutOfBytes(
  start: number,
  count: number,
  slow: (text: string) => string,
): ((bytes: Uint8Array, from: number, to: number) => string) | undefined {
  if (start < 0 || count < 0 || count > CUT_MAX || start > CUT_MAX) return undefined
  return (bytes, from, to) => {
    const end = Math.min(to, from + start + count)
    for (let i = from; i < end; i++) if (bytes[i]! > 127) return slow(utf8Slice.call(bytes, from, to))
    let text = ''
    for (let i = from + start; i < end; i++) text += String.fromCharCode(bytes[i]!)
    return text
  }
}

const { utf8Slice } = Buffer.prototype as unknown as {
  readonly utf8Slice: (this: Uint8Array, from: number, to: number) => string
}
