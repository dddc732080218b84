import { SqlError } from './error.ts'

/** PostgreSQL's text of bytes: `\xdead` or `a\000b`. Throws 22023 and 22P02. */
export function parseBytea(text: string): Uint8Array {
  if (text.startsWith('\\x')) return parseHexBytes(text.slice(2))
  if (!text.includes('\\')) return new Uint8Array(Buffer.from(text))
  const parts: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\\', at)
    const end = next === -1 ? text.length : next
    if (end > at) parts.push(Buffer.from(text.slice(at, end)))
    if (next === -1) break
    const octal = /^[0-3][0-7][0-7]/.exec(text.slice(next + 1, next + 4))?.[0]
    if (octal === undefined && text[next + 1] !== '\\')
      throw new SqlError('invalid_text_representation', 'invalid input syntax for type bytea')
    parts.push(Buffer.from([octal === undefined ? 92 : Number.parseInt(octal, 8)]))
    at = next + (octal === undefined ? 2 : 4)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Bytes of hexadecimal digits; white space stands between bytes only. Throws 22023. */
export function parseHexBytes(text: string): Uint8Array {
  const [pairs] = /^(?:[ \n\t\r]|[0-9a-fA-F]{2})*/.exec(text)!
  const odd = /[^0-9a-fA-F]/u.exec(text.slice(pairs.length))
  if (odd !== null) throw new SqlError('invalid_parameter_value', `invalid hexadecimal digit: "${odd[0]}"`)
  if (pairs.length < text.length)
    throw new SqlError('invalid_parameter_value', 'invalid hexadecimal data: odd number of digits')
  return new Uint8Array(Buffer.from(pairs.replace(/[ \n\t\r]/g, ''), 'hex'))
}
