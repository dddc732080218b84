import {
  type BitOperation,
  bitsOfInteger,
  checkBitCount,
  combineBits,
  fixedBits,
  isBitLength,
  varyingBits,
} from '../../types/bit-string.ts'
import { SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const bits = (signature: string, help: string, call: (...args: never[]) => Value) =>
  fn(signature, { help, call })

bits('length(bit) -> int4', 'number of bits', (a: string) => a.length)
bits('bit_length(bit) -> int4', 'number of bits', (a: string) => a.length)
bits('octet_length(bit) -> int4', 'number of bytes the bits need', (a: string) => Math.ceil(a.length / 8))
bits('bit_count(bit) -> int8', 'number of bits that are 1', (a: string) => {
  let count = 0
  for (let i = 0; i < a.length; i++) if (a[i] === '1') count++
  return BigInt(count)
})

const joined = (a: string, b: string): string => {
  checkBitCount(a.length + b.length)
  return a + b
}
bits('||(varbit, varbit) -> varbit', 'joined', joined)
bits('bitcat(varbit, varbit) -> varbit', 'joined', joined)

const COMBINED: readonly (readonly [symbol: string, name: string, operation: BitOperation, what: string])[] =
  [
    ['&', 'bitand', 'AND', 'bitwise and'],
    ['|', 'bitor', 'OR', 'bitwise or'],
    ['#', 'bitxor', 'XOR', 'bitwise exclusive or'],
  ]
for (const [symbol, named, operation, what] of COMBINED)
  for (const name of [symbol, named])
    bits(`${name}(bit, bit) -> bit`, what, (a: string, b: string) => combineBits(operation, a, b))

for (const name of ['~', 'bitnot'])
  bits(`${name}(bit) -> bit`, 'every bit turned', (a: string) =>
    a.replace(/[01]/g, bit => (bit === '0' ? '1' : '0')),
  )

/** To the left, or by a negative count to the right; the length stays. */
function shifted(a: string, count: number): string {
  if (count >= 0) return a.slice(count).padEnd(a.length, '0')
  return a.slice(0, Math.max(0, a.length + count)).padStart(a.length, '0')
}
for (const name of ['<<', 'bitshiftleft']) bits(`${name}(bit, int4) -> bit`, 'shifted to the left', shifted)
for (const name of ['>>', 'bitshiftright'])
  bits(`${name}(bit, int4) -> bit`, 'shifted to the right', (a: string, n: number) => shifted(a, -n))

bits('position(bit, bit) -> int4', 'where b begins, from 1', (a: string, b: string) =>
  a === '' ? 0 : a.indexOf(b) + 1,
)
bits('substring(bit, int4) -> bit', 'from bit n', (a: string, from: number) => a.slice(Math.max(0, from - 1)))
bits('substring(bit, int4, int4) -> bit', 'n bits from a position', (a: string, from: number, n: number) => {
  if (n < 0) throw new SqlError('substring_error', 'negative substring length not allowed')
  return a.slice(Math.max(0, from - 1), Math.max(0, from - 1 + n))
})

const overlay = (a: string, by: string, from: number, count = by.length): string => {
  if (from <= 0) throw new SqlError('substring_error', 'negative substring length not allowed')
  if (from + count > 2147483647) throw new SqlError('numeric_value_out_of_range', 'integer out of range')
  checkBitCount(a.length + by.length)
  return a.slice(0, from - 1) + by + a.slice(Math.max(0, from - 1 + count))
}
for (const count of ['', ', int4'])
  bits(
    `overlay(bit, bit, int4${count}) -> bit`,
    `with part of it replaced${count === '' ? '' : ', of a length'}`,
    overlay,
  )

function inside(a: string, n: number): number {
  if (n >= 0 && n < a.length) return n
  throw new SqlError('array_subscript_error', `bit index ${n} out of valid range (0..${a.length - 1})`)
}
bits('get_bit(bit, int4) -> int4', 'bit at a position, from 0 at the left', (a: string, n: number) =>
  Number(a[inside(a, n)]),
)
bits(
  'set_bit(bit, int4, int4) -> bit',
  'with a bit at a position, from 0 at the left, set',
  (a: string, n: number, bit: number) => {
    const at = inside(a, n)
    if (bit !== 0 && bit !== 1) throw new SqlError('invalid_parameter_value', 'new bit must be 0 or 1')
    return a.slice(0, at) + bit + a.slice(at + 1)
  },
)

// What the casts to types with a length do.
for (const type of ['int4', 'int8'])
  bits(`bit(${type}, int4) -> bit`, 'the n lowest bits', (value: number | bigint, n: number) =>
    bitsOfInteger(BigInt(value), isBitLength(n) ? n : 1),
  )
bits('bit(bit, int4, bool) -> bit', 'of that length', (a: string, n: number, explicit: boolean) =>
  isBitLength(n) ? fixedBits(a, n, explicit) : a,
)
bits('varbit(varbit, int4, bool) -> varbit', 'of at most that length', (a, n: number, explicit: boolean) =>
  isBitLength(n) ? varyingBits(a, n, explicit) : a,
)

/** The lowest bits of each number in the value, which is one or an array of them. */
function bitsIn(type: Type, value: Value, width: number): Value {
  if (value === null) return null
  if (type.name !== 'array') return bitsOfInteger(BigInt(value as number | bigint), width)
  return (value as readonly Value[]).map(item => bitsIn(type.element!, item, width))
}
fn('$bits_of_integers(anyelement, int4) -> anyelement', {
  help: 'the n lowest bits of an integer, or of each in an array',
  make:
    ([type]) =>
    (value: Value, width: number) =>
      bitsIn(type!, value, width),
})
