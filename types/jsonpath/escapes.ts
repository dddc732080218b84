import { SqlError } from '../error.ts'

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([\s\S]))/gu

/** A text or name of a jsonpath with its escapes, which are JavaScript's. Throws 42601, 22P02 and 22P05. */
export function unescaped(inner: string): string {
  let high: number | undefined
  let to = 0
  const text = inner.replace(
    ESCAPE,
    (all, short?: string, braced?: string, byte?: string, letter?: string, at = 0) => {
      if (letter === 'u')
        throw incomplete('unicode', /^\\u(?:\{[0-9a-fA-F]{0,6}|[0-9a-fA-F]{0,3})/, inner, at)
      if (letter === 'x') throw incomplete('hex character', /^\\x[0-9a-fA-F]?/, inner, at)
      const digits = short ?? braced ?? byte
      const code = digits === undefined ? undefined : Number.parseInt(digits, 16)
      const low = code !== undefined && code >= 0xdc00 && code <= 0xdfff
      if (high !== undefined && (!low || at !== to)) throw lonely(code)
      const pair = high
      high = undefined
      to = at + all.length
      if (code === undefined) return LETTERS[letter!] ?? letter!
      if (low && pair === undefined) throw lonely(undefined)
      if (low) return String.fromCodePoint(((pair! - 0xd800) << 10) + (code - 0xdc00) + 0x10000)
      if (code === 0)
        throw new SqlError('untranslatable_character', 'unsupported Unicode escape sequence', {
          detail: '\\u0000 cannot be converted to text.',
        })
      if (code > 0x10ffff) throw new SqlError('syntax_error', 'invalid Unicode code point')
      if (code < 0xd800 || code > 0xdbff) return String.fromCodePoint(code)
      high = code
      return ''
    },
  )
  if (high !== undefined) throw lonely(undefined)
  return text
}

function incomplete(what: string, begun: RegExp, inner: string, at: number): SqlError {
  const near = begun.exec(inner.slice(at))![0]
  return new SqlError('syntax_error', `invalid ${what} sequence at or near "${near}" of jsonpath input`)
}

/** Half of a pair without the other; `next`: the escape that came behind a first half. */
function lonely(next: number | undefined): SqlError {
  const again = next !== undefined && next >= 0xd800 && next <= 0xdbff
  const detail = again
    ? 'Unicode high surrogate must not follow a high surrogate.'
    : 'Unicode low surrogate must follow a high surrogate.'
  return new SqlError('invalid_text_representation', 'invalid input syntax for type jsonpath', { detail })
}
