import { SqlError } from '../../types/error.ts'

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g

/** The text of E'…' without its quotes (4.1.2.2). Octal and hexadecimal escapes are bytes of UTF-8. Throws 22021. */
export function decodeEscapes(inner: string, position: number): string {
  const bytes: Buffer[] = []
  let from = 0
  const plain = (to: number) => bytes.push(Buffer.from(inner.slice(from, to).replaceAll("''", "'")))
  for (const match of inner.matchAll(ESCAPE)) {
    plain(match.index)
    from = match.index + match[0].length
    const [, octal, hex, short, long, letter] = match
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]))
    else if (hex !== undefined) bytes.push(Buffer.from([Number.parseInt(hex, 16)]))
    else if (letter === 'u' || letter === 'U')
      throw new SqlError('invalid_escape_sequence', 'invalid Unicode escape', {
        position,
        hint: 'Unicode escapes must be \\uXXXX or \\UXXXXXXXX.',
      })
    else if (letter !== undefined) bytes.push(Buffer.from(LETTERS[letter] ?? letter))
    else bytes.push(Buffer.from(codePoint((short ?? long)!, position)))
  }
  plain(inner.length)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(bytes))
  } catch {
    throw new SqlError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"', {
      position,
    })
  }
}

/** The text of U&'…' or U&"…" without its quotes (4.1.2.3); `sign`: the character that begins its escapes. */
export function decodeUnicode(inner: string, quote: string, sign: string, position: number): string {
  const begin = sign.replace(/[\\^$.*?()[\]{}|/]/, '\\$&')
  const escapes = new RegExp(`${begin}(?:(${begin})|([0-9a-fA-F]{4})|\\+([0-9a-fA-F]{6})|)`, 'g')
  return inner
    .replaceAll(quote + quote, quote)
    .replace(escapes, (_, doubled?: string, short?: string, long?: string) => {
      if (doubled !== undefined) return sign
      const digits = short ?? long
      if (digits === undefined)
        throw new SqlError('syntax_error', 'invalid Unicode escape', {
          position,
          hint: 'Unicode escapes must be \\XXXX or \\+XXXXXX.',
        })
      return codePoint(digits, position, true)
    })
}

/** Surrogates of U&'…' come as pairs of escapes and are left for their neighbours. */
function codePoint(digits: string, position: number, pairs = false): string {
  const code = Number.parseInt(digits, 16)
  if (code > 0 && code <= 0xffff && pairs) return String.fromCharCode(code)
  if (code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return String.fromCodePoint(code)
  throw new SqlError('syntax_error', 'invalid Unicode escape value', { position })
}
