import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

// overlay puts a text over part of another.
const overlay = (text: string, by: string, from: number, count = [...by].length): string => {
  if (from <= 0) throw new SqlError('substring_error', 'negative substring length not allowed')
  if (from + count > 2147483647) throw new SqlError('numeric_value_out_of_range', 'integer out of range')
  const all = [...text]
  return all.slice(0, from - 1).join('') + by + all.slice(Math.max(0, from - 1 + count)).join('')
}
const overlayBytes = (bytes: Uint8Array, by: Uint8Array, from: number, count = by.length): Uint8Array => {
  if (from <= 0) throw new SqlError('substring_error', 'negative substring length not allowed')
  if (from + count > 2147483647) throw new SqlError('numeric_value_out_of_range', 'integer out of range')
  const rest = bytes.subarray(Math.max(0, from - 1 + count))
  return new Uint8Array(Buffer.concat([bytes.subarray(0, from - 1), by, rest]))
}
for (const count of ['', ', int4']) {
  const help = `with part of it replaced${count === '' ? '' : ', of a length'}`
  fn(`overlay(text, text, int4${count}) -> text`, { help, call: overlay })
  fn(`overlay(bytea, bytea, int4${count}) -> bytea`, { help, call: overlayBytes })
}

/** Throws 22023 for a form that Unicode does not know. */
function formOf(name: string): string {
  const form = name.toUpperCase()
  if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form))
    throw new SqlError('invalid_parameter_value', `invalid normalization form: ${name}`)
  return form
}
fn('normalize(text) -> text', { help: 'in Unicode form NFC', call: (a: string) => a.normalize() })
fn('normalize(text, text) -> text', {
  help: 'in a Unicode form',
  call: (a: string, form: string) => a.normalize(formOf(form)),
})
fn('is_normalized(text) -> bool', {
  help: 'is in Unicode form NFC',
  call: (a: string) => a.normalize() === a,
})
fn('is_normalized(text, text) -> bool', {
  help: 'is in a Unicode form',
  call: (a: string, form: string) => a.normalize(formOf(form)) === a,
})

fn('unistr(text) -> text', {
  help: 'with escaped code points in place: \\XXXX, \\+XXXXXX, \\uXXXX, \\UXXXXXXXX',
  call: (text: string) => {
    const result = text.replace(
      /\\(?:\\|u([\da-fA-F]{4})|U([\da-fA-F]{8})|\+([\da-fA-F]{6})|([\da-fA-F]{4})|)/g,
      (all, ...codes: (string | undefined)[]) => {
        if (all === '\\\\') return '\\'
        const hex = codes.slice(0, 4).find(code => code !== undefined)
        if (hex === undefined)
          throw new SqlError('syntax_error', 'invalid Unicode escape', {
            hint: 'Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.',
          })
        const code = Number.parseInt(hex, 16)
        if (code === 0 || code > 0x10ffff)
          throw new SqlError('invalid_parameter_value', `invalid Unicode code point: ${hex.toUpperCase()}`)
        return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
      },
    )
    if (!result.isWellFormed()) throw new SqlError('syntax_error', 'invalid Unicode surrogate pair')
    return result
  },
})

/** Names of a qualified identifier. Throws 22023. */
function parseIdent(text: string, strict = true): string[] {
  const invalid = (detail?: string) =>
    new SqlError('invalid_parameter_value', `string is not a valid identifier: "${text}"`, { detail })
  const parts: string[] = []
  let at = /^\s*/.exec(text)![0].length
  for (;;) {
    const rest = text.slice(at)
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
    const plain = /^[\p{L}_\u{80}-\u{10ffff}][\p{L}\p{N}_$\u{80}-\u{10ffff}]*/u.exec(rest)
    if (quoted !== null) {
      if (quoted[1] === '') throw invalid('Quoted identifier must not be empty.')
      parts.push(quoted[1]!.replaceAll('""', '"'))
    } else if (rest[0] === '"') throw invalid('String has unclosed double quotes.')
    else if (plain !== null) parts.push(plain[0].replace(/[A-Z]/g, c => c.toLowerCase()))
    else if (rest[0] === '.') throw invalid('No valid identifier before ".".')
    else if (parts.length > 0) throw invalid('No valid identifier after ".".')
    else throw invalid()
    at += (quoted ?? plain)![0].length
    at += /^\s*/.exec(text.slice(at))![0].length
    if (text[at] !== '.') break
    at++
    at += /^\s*/.exec(text.slice(at))![0].length
  }
  if (at < text.length && strict) throw invalid()
  return parts
}
fn('parse_ident(text) -> text[]', { help: 'parts of a qualified name', call: (a: string) => parseIdent(a) })
fn('parse_ident(text, bool) -> text[]', {
  help: 'parts of a qualified name; false: what follows it does not count',
  parameters: 'str strict',
  defaults: [true],
  call: parseIdent,
})
