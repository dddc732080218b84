import { assert, SqlError } from './error.ts'

// A bit string is a text of the digits 0 and 1: they order, hash and are equal as PostgreSQL's bits are, and lose no zero at either end.

/** As many bits as a type's length may say. */
const LENGTH_MAX = 83_886_080
/** As many as a value has at most: half of what a text may have. */
const BITS_MAX = 268_435_456
/** PostgreSQL's functions take a greater length for none. */
const LENGTH_GIVEN_MAX = 2_147_483_640

/** The bits of `0110`, `b0110` or `x1f`. Throws 22P02. */
export function parseBits(text: string): string {
  const hex = /^x/i.test(text)
  const digits = hex || /^b/i.test(text) ? text.slice(1) : text
  const wrong = (hex ? /[^0-9a-f]/iu : /[^01]/u).exec(digits)
  if (wrong !== null)
    throw new SqlError(
      'invalid_text_representation',
      `"${wrong[0]}" is not a valid ${hex ? 'hexadecimal' : 'binary'} digit`,
    )
  return hex ? bitsOfHex(digits) : digits
}

function bitsOfHex(digits: string): string {
  let bits = ''
  for (const digit of digits) bits += bitsOfNumber(Number.parseInt(digit, 16), 4)
  return bits
}

function bitsOfNumber(value: number, width: number): string {
  return value.toString(2).padStart(width, '0')
}

/** PostgreSQL's binary form: how many bits in four bytes, then the bits, eight in a byte. */
export function bitsToBytes(bits: string): Uint8Array {
  const bytes = Buffer.alloc(4 + Math.ceil(bits.length / 8))
  bytes.writeInt32BE(bits.length)
  for (let i = 0; i < bits.length; i++) if (bits[i] === '1') bytes[4 + (i >> 3)]! |= 0x80 >> (i & 7)
  return bytes
}

/** The bits of such bytes. Throws 22P03. */
export function bitsOfBytes(bytes: Uint8Array): string {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const count = from.length < 4 ? -1 : from.readInt32BE(0)
  if (count < 0 || from.length !== 4 + Math.ceil(count / 8))
    throw new SqlError('invalid_binary_representation', 'invalid length in external bit string')
  const parts: string[] = []
  for (const byte of from.subarray(4)) parts.push(bitsOfNumber(byte, 8))
  return parts.join('').slice(0, count)
}

/** The lowest bits of a whole number, its sign before them where there are more than it has. */
export function bitsOfInteger(value: bigint, width: number): string {
  assert(width > 0, 'a bit string of an integer has a width')
  checkBitCount(width)
  const known = Math.min(width, 64)
  const low = BigInt.asUintN(known, value).toString(2).padStart(known, '0')
  return low.padStart(width, value < 0n ? '1' : '0')
}

/** The number whose lowest bits these are; undefined: they are more than `width`. */
export function integerOfBits(bits: string, width: 32 | 64): bigint | undefined {
  return bits.length > width ? undefined : BigInt.asIntN(width, BigInt(`0b0${bits}`))
}

/** Whether a length is one for the functions behind the casts. */
export function isBitLength(length: number): boolean {
  return length > 0 && length <= LENGTH_GIVEN_MAX
}

/** Throws 54000 for more bits than a value may have. */
export function checkBitCount(count: number): void {
  if (count <= BITS_MAX) return
  const message = `bit string length exceeds the maximum allowed (${BITS_MAX})`
  throw new SqlError('program_limit_exceeded', message)
}

/** The length that a type's name may say. Throws 22023. */
export function checkBitLength(name: string, length: number): number {
  if (length >= 1 && length <= LENGTH_MAX) return length
  const bound = length < 1 ? 'must be at least 1' : `cannot exceed ${LENGTH_MAX}`
  throw new SqlError('invalid_parameter_value', `length for type ${name} ${bound}`)
}

/** As a bit(n) holds it; a cast fills it with zeros, or cuts it, at the right. Throws 22026. */
export function fixedBits(bits: string, length: number, explicit: boolean): string {
  if (bits.length === length) return bits
  if (explicit) {
    checkBitCount(length)
    return bits.slice(0, length).padEnd(length, '0')
  }
  const message = `bit string length ${bits.length} does not match type bit(${length})`
  throw new SqlError('string_data_length_mismatch', message)
}

/** As a bit varying(n) holds it; a cast cuts it. Throws 22001. */
export function varyingBits(bits: string, most: number, explicit: boolean): string {
  if (bits.length <= most) return bits
  if (explicit) return bits.slice(0, most)
  const message = `bit string too long for type bit varying(${most})`
  throw new SqlError('string_data_right_truncation', message)
}

export type BitOperation = 'AND' | 'OR' | 'XOR'

/** Bit by bit. Throws 22026 for strings of different lengths. */
export function combineBits(operation: BitOperation, a: string, b: string): string {
  if (a.length !== b.length) {
    const message = `cannot ${operation} bit strings of different sizes`
    throw new SqlError('string_data_length_mismatch', message)
  }
  if (a === '') return a
  const [x, y] = [BigInt(`0b${a}`), BigInt(`0b${b}`)]
  const value = operation === 'AND' ? x & y : operation === 'OR' ? x | y : x ^ y
  return value.toString(2).padStart(a.length, '0')
}
