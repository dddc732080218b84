import { createHash } from 'node:crypto'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const text = (signature: string, help: string, call: (...args: never[]) => Value) =>
  fn(signature, { help, call })

text('lower(text) -> text', 'in lower case', lower)
text('upper(text) -> text', 'in upper case', upper)
text('initcap(text) -> text', 'first letter of each word in upper case', (a: string) =>
  lower(a).replace(/[\p{L}\p{N}]+/gu, word => {
    const first = String.fromCodePoint(word.codePointAt(0)!)
    return upper(first) + word.slice(first.length)
  }),
)
for (const name of ['length', 'char_length', 'character_length'])
  text(`${name}(text) -> int4`, 'number of characters', (a: string) => characters(a))
text('octet_length(text) -> int4', 'number of bytes', (a: string) => Buffer.byteLength(a))
text('bit_length(text) -> int4', 'number of bits', (a: string) => Buffer.byteLength(a) * 8)
text('||(text, text) -> text', 'joined', (a: string, b: string) => a + b)
text('reverse(text) -> text', 'backwards', (a: string) => [...a].reverse().join(''))
text('repeat(text, int4) -> text', 'n times', (a: string, n: number) => {
  if (n > 0 && a.length * n > LENGTH_MAX) throw tooLong()
  return a.repeat(Math.max(0, n))
})
text('replace(text, text, text) -> text', 'every b by c', (a: string, b: string, c: string) =>
  b === '' ? a : a.replaceAll(b, () => c),
)
for (const name of ['strpos', 'position'])
  text(
    `${name}(text, text) -> int4`,
    'where b begins, from 1',
    (a: string, b: string) => characters(a.slice(0, Math.max(0, a.indexOf(b)))) + (a.includes(b) ? 1 : 0),
  )
for (const name of ['substr', 'substring']) {
  text(`${name}(text, int4) -> text`, 'from character n', (a: string, from: number) =>
    [...a].slice(Math.max(0, from - 1)).join(''),
  )
  text(`${name}(text, int4, int4) -> text`, 'n characters from a position', substring)
}
text('left(text, int4) -> text', 'first n characters', (a: string, n: number) => [...a].slice(0, n).join(''))
text('right(text, int4) -> text', 'last n characters', (a: string, n: number) => {
  const all = [...a]
  return (n >= 0 ? all.slice(Math.max(0, all.length - n)) : all.slice(-n)).join('')
})
for (const [name, start, end] of [
  ['ltrim', true, false],
  ['rtrim', false, true],
  ['btrim', true, true],
  ['trim', true, true],
] as const) {
  text(`${name}(text) -> text`, 'without spaces at the ends', (a: string) => trim(a, ' ', start, end))
  text(`${name}(text, text) -> text`, 'without these characters at the ends', (a: string, set: string) =>
    trim(a, set, start, end),
  )
}
for (const [name, left] of [
  ['lpad', true],
  ['rpad', false],
] as const) {
  text(`${name}(text, int4) -> text`, 'filled with spaces to n', (a: string, n: number) =>
    pad(a, n, ' ', left),
  )
  text(`${name}(text, int4, text) -> text`, 'filled to n', (a: string, n: number, fill: string) =>
    pad(a, n, fill, left),
  )
}
text('split_part(text, text, int4) -> text', 'nth field', (a: string, by: string, n: number) => {
  if (n === 0) throw new SqlError('invalid_parameter_value', 'field position must not be zero')
  const parts = by === '' ? [a] : a.split(by)
  return parts[n > 0 ? n - 1 : parts.length + n] ?? ''
})
text('starts_with(text, text) -> bool', 'begins with', (a: string, b: string) => a.startsWith(b))
text('^@(text, text) -> bool', 'begins with', (a: string, b: string) => a.startsWith(b))
text('ascii(text) -> int4', 'code of the first character', (a: string) => a.codePointAt(0) ?? 0)
text('chr(int4) -> text', 'character of a code', chr)
text('md5(text) -> text', 'MD5 digest in hex', (a: string) => createHash('md5').update(a).digest('hex'))
text('to_hex(int4) -> text', 'in hex', (a: number) => (a >>> 0).toString(16))
text('to_hex(int8) -> text', 'in hex', (a: bigint) => BigInt.asUintN(64, a).toString(16))
text(
  'translate(text, text, text) -> text',
  'characters of b by those of c',
  (a: string, from: string, to: string) => {
    const [keys, values] = [[...from], [...to]]
    return [...a].map(c => (keys.includes(c) ? (values[keys.indexOf(c)] ?? '') : c)).join('')
  },
)

const ASCII = /^[\x00-\x7f]*$/

/** Each character by itself, as PostgreSQL maps them: no character becomes two. */
function upper(a: string): string {
  return ASCII.test(a) ? a.toUpperCase() : Array.from(a, c => single(c.toUpperCase(), c)).join('')
}

function lower(a: string): string {
  return ASCII.test(a)
    ? a.toLowerCase()
    : Array.from(a, c => single(c.toLowerCase(), c === 'İ' ? 'i' : c)).join('')
}

function single(mapped: string, otherwise: string): string {
  return characters(mapped) === 1 ? mapped : otherwise
}

function characters(a: string): number {
  let count = 0
  for (let i = 0; i < a.length; i++) if ((a.charCodeAt(i) & 0xfc00) !== 0xdc00) count++
  return count
}

function substring(a: string, from: number, count: number): string {
  if (count < 0) throw new SqlError('substring_error', 'negative substring length not allowed')
  const [start, end] = [Math.max(0, from - 1), Math.max(0, from - 1 + count)]
  // Characters are code units up to the first pair of surrogates.
  for (let i = 0; i < end && i < a.length; i++)
    if ((a.charCodeAt(i) & 0xf800) === 0xd800) return [...a].slice(start, end).join('')
  return a.slice(start, end)
}

function trim(a: string, set: string, start: boolean, end: boolean): string {
  const all = [...a]
  const cut = new Set(set)
  let from = 0
  let to = all.length
  while (start && from < to && cut.has(all[from]!)) from++
  while (end && to > from && cut.has(all[to - 1]!)) to--
  return all.slice(from, to).join('')
}

function pad(a: string, n: number, fill: string, left: boolean): string {
  const all = [...a]
  if (all.length >= n || fill === '') return all.slice(0, Math.max(0, n)).join('')
  if (n > LENGTH_MAX) throw tooLong()
  const missing = [...fill.repeat(Math.ceil((n - all.length) / [...fill].length))]
    .slice(0, n - all.length)
    .join('')
  return left ? missing + a : a + missing
}

function chr(n: number): string {
  if (n === 0) throw new SqlError('program_limit_exceeded', 'null character not permitted')
  if (n < 0) throw new SqlError('invalid_parameter_value', 'character number must be positive')
  if (n > 0x10ffff || (n >= 0xd800 && n < 0xe000)) {
    const what =
      n > 0x10ffff
        ? 'requested character too large for encoding'
        : 'requested character not valid for encoding'
    throw new SqlError('program_limit_exceeded', `${what}: ${n}`)
  }
  return String.fromCodePoint(n)
}

/** Texts a function may make: a row must fit in memory many times. */
const LENGTH_MAX = 64 << 20

function tooLong(): SqlError {
  return new SqlError('program_limit_exceeded', 'requested length too large')
}
