import { utf8Slice } from '../../storage/column-buffer.ts'
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
  const middle = others.map(sought)
  const least = first!.length + last.length
  return (bytes, from, to) => {
    if (to - from < least || !hasAt(bytes, to - last.length, last) || !hasAt(bytes, from, first!))
      return false
    let at = from + first!.length
    for (let i = 0; i < middle.length && at !== -1; i++) at = endOf(middle[i]!, bytes, at, to - last.length)
    return at !== -1
  }
}

function hasAt(bytes: Uint8Array, at: number, piece: Uint8Array): boolean {
  for (let i = piece.length - 1; i >= 0; i--) if (bytes[at + i] !== piece[i]) return false
  return true
}

/** Bytes to be found, and how far a byte under their last place lets them move on (Horspool). */
interface Sought {
  readonly piece: Uint8Array
  readonly skips: Int32Array
}

function sought(piece: Uint8Array): Sought {
  const skips = new Int32Array(256).fill(Math.max(1, piece.length))
  for (let i = 0; i < piece.length - 1; i++) skips[piece[i]!] = piece.length - 1 - i
  return { piece, skips }
}

/** Where the piece's first place in the bytes ends; -1: none. A character's bytes are no part of another's, so it is one in the text. */
function endOf({ piece, skips }: Sought, bytes: Uint8Array, from: number, to: number): number {
  const { length } = piece
  if (length === 0) return from
  const last = piece[length - 1]
  for (let end = from + length - 1; end < to; end += skips[bytes[end]!]!) {
    if (bytes[end] !== last) continue
    let i = length - 2
    const at = end - length + 1
    while (i >= 0 && bytes[at + i] === piece[i]) i--
    if (i < 0) return end + 1
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
