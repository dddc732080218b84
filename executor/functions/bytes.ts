import { createHash } from 'node:crypto'
import { parseHexBytes } from '../../types/bytea-text.ts'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const bytes = (signature: string, help: string, call: (...args: never[]) => Value) =>
  fn(signature, { help, call })
const owned = (buffer: Uint8Array): Uint8Array => new Uint8Array(buffer)

bytes('octet_length(bytea) -> int4', 'number of bytes', (a: Uint8Array) => a.length)
bytes('length(bytea) -> int4', 'number of bytes', (a: Uint8Array) => a.length)
bytes('bit_length(bytea) -> int4', 'number of bits', (a: Uint8Array) => a.length * 8)
bytes('||(bytea, bytea) -> bytea', 'joined', (a: Uint8Array, b: Uint8Array) => owned(Buffer.concat([a, b])))
for (const name of ['strpos', 'position'])
  bytes(
    `${name}(bytea, bytea) -> int4`,
    'where b begins, from 1',
    (a: Uint8Array, b: Uint8Array) => Buffer.from(a).indexOf(b) + 1,
  )
for (const name of ['substr', 'substring']) {
  bytes(`${name}(bytea, int4) -> bytea`, 'from byte n', (a: Uint8Array, from: number) =>
    owned(a.subarray(Math.max(0, from - 1))),
  )
  bytes(
    `${name}(bytea, int4, int4) -> bytea`,
    'n bytes from a position',
    (a: Uint8Array, from: number, n: number) => {
      if (n < 0) throw new SqlError('substring_error', 'negative substring length not allowed')
      return owned(a.subarray(Math.max(0, from - 1), Math.max(0, from - 1 + n)))
    },
  )
}
for (const [name, start, end] of [
  ['ltrim', true, false],
  ['rtrim', false, true],
  ['btrim', true, true],
] as const)
  bytes(
    `${name}(bytea, bytea) -> bytea`,
    'without these bytes at the ends',
    (a: Uint8Array, set: Uint8Array) => {
      let [from, to] = [0, a.length]
      while (start && from < to && set.includes(a[from]!)) from++
      while (end && to > from && set.includes(a[to - 1]!)) to--
      return owned(a.subarray(from, to))
    },
  )
bytes(
  'get_byte(bytea, int4) -> int4',
  'byte at a position, from 0',
  (a: Uint8Array, n: number) => a[inside(a.length, n)]!,
)
bytes(
  'set_byte(bytea, int4, int4) -> bytea',
  'with a byte replaced',
  (a: Uint8Array, n: number, value: number) => {
    const copy = owned(a)
    copy[inside(a.length, n)] = value
    return copy
  },
)
bytes('get_bit(bytea, int8) -> int4', 'bit at a position, from 0', (a: Uint8Array, n: bigint) => {
  const at = inside(a.length * 8, Number(n))
  return (a[at >> 3]! >> (at & 7)) & 1
})
bytes('encode(bytea, text) -> text', 'as text in hex, base64 or escape', encode)
bytes('decode(text, text) -> bytea', 'of text in hex, base64 or escape', decode)
bytes(
  'convert_from(bytea, text) -> text',
  'text of bytes in an encoding',
  (a: Uint8Array, encoding: string) => {
    requireUtf8(encoding)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(a)
    } catch {
      throw new SqlError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"')
    }
  },
)
bytes('convert_to(text, text) -> bytea', 'bytes of text in an encoding', (a: string, encoding: string) => {
  requireUtf8(encoding)
  return owned(Buffer.from(a))
})
bytes('md5(bytea) -> text', 'MD5 digest in hex', (a: Uint8Array) => createHash('md5').update(a).digest('hex'))
for (const [name, algorithm] of [
  ['sha1', 'sha1'],
  ['sha224', 'sha224'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
] as const)
  bytes(`${name}(bytea) -> bytea`, `${name.toUpperCase()} digest`, (a: Uint8Array) =>
    owned(createHash(algorithm).update(a).digest()),
  )

function inside(length: number, n: number): number {
  if (n >= 0 && n < length) return n
  throw new SqlError('array_subscript_error', `index ${n} out of valid range, 0..${length - 1}`)
}

function requireUtf8(encoding: string): void {
  if (/^utf-?8$/i.test(encoding)) return
  throw new SqlError('invalid_parameter_value', `invalid encoding name "${encoding}"`)
}

function encode(a: Uint8Array, format: string): string {
  const buffer = Buffer.from(a)
  switch (format.toLowerCase()) {
    case 'hex':
      return buffer.toString('hex')
    case 'base64':
      return buffer.toString('base64').replace(/.{76}(?=.)/g, '$&\n')
    case 'escape':
      return [...buffer]
        .map(b =>
          b === 0 || b >= 128
            ? `\\${b.toString(8).padStart(3, '0')}`
            : b === 92
              ? '\\\\'
              : String.fromCharCode(b),
        )
        .join('')
    default:
      throw unknownFormat(format)
  }
}

function decode(a: string, format: string): Uint8Array {
  switch (format.toLowerCase()) {
    case 'hex':
      return parseHexBytes(a)
    case 'base64':
      return decodeBase64(a)
    case 'escape':
      return decodeEscape(a)
    default:
      throw unknownFormat(format)
  }
}

function decodeBase64(a: string): Uint8Array {
  const text = a.replace(/[ \n\t\r]/g, '')
  const odd = /[^A-Za-z0-9+/=]/u.exec(text)
  if (odd !== null)
    throw new SqlError(
      'invalid_parameter_value',
      `invalid symbol "${odd[0]}" found while decoding base64 sequence`,
    )
  if (text.length % 4 !== 0 || !/^[^=]*={0,2}$/.test(text))
    throw new SqlError('invalid_parameter_value', 'invalid base64 end sequence', {
      hint: 'Input data is missing padding, is truncated, or is otherwise corrupted.',
    })
  return owned(Buffer.from(text, 'base64'))
}

function decodeEscape(a: string): Uint8Array {
  const out: number[] = []
  const source = Buffer.from(a)
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 92) {
      out.push(source[i]!)
      continue
    }
    const octal = /^[0-3][0-7]{2}/.exec(source.toString('latin1', i + 1, i + 4))
    if (octal !== null) out.push(parseInt(octal[0], 8))
    else if (source[i + 1] === 92) out.push(92)
    else throw new SqlError('invalid_text_representation', 'invalid input syntax for type bytea')
    i += octal !== null ? 3 : 1
  }
  return new Uint8Array(out)
}

function unknownFormat(format: string): SqlError {
  return new SqlError('invalid_parameter_value', `unrecognized encoding: "${format}"`)
}
