import { SqlError } from './error.ts'
import { formatReal } from './float-text.ts'

const DIMENSIONS_MAX = 16_000

/** A vector of these numbers, each rounded to a real. Throws 22000 for what pgvector refuses too. */
export function checkVector(items: readonly number[]): readonly number[] {
  if (items.length === 0) throw wrong('vector must have at least 1 dimension')
  if (items.length > DIMENSIONS_MAX)
    throw new SqlError('program_limit_exceeded', `vector cannot have more than ${DIMENSIONS_MAX} dimensions`)
  // There is one zero, so that equal vectors look the same.
  const rounded = items.map(item => Math.fround(item) + 0)
  if (rounded.some(Number.isNaN)) throw wrong('NaN not allowed in vector')
  if (!rounded.every(Number.isFinite)) throw wrong('infinite value not allowed in vector')
  return rounded
}

function wrong(message: string): SqlError {
  return new SqlError('data_exception', message)
}

/** The text form `[1,2.5,3]`. */
export function parseVector(text: string): readonly number[] {
  const inside = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1]
  const items = inside?.trim() === '' ? [] : inside?.split(',').map(part => part.trim())
  if (items === undefined || !items.every(item => NUMBER.test(item)))
    throw new SqlError('invalid_text_representation', `invalid input syntax for type vector: "${text}"`)
  return checkVector(items.map(item => Number(item.replace(/^\+/, ''))))
}

const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)$/i

export function formatVector(vector: readonly number[]): string {
  return `[${vector.map(formatReal).join(',')}]`
}

/** Element by element, then the shorter one first. */
export function compareVectors(a: readonly number[], b: readonly number[]): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1
  return a.length - b.length
}

/** pgvector's binary form: the number of elements and 0 in two bytes each, then reals, the highest byte first. */
export function vectorBytes(vector: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 + 4 * vector.length)
  bytes.writeUInt16BE(vector.length)
  vector.forEach((item, i) => {
    bytes.writeFloatBE(item, 4 + 4 * i)
  })
  return bytes
}

/** The vector of such bytes. Throws 22P03. */
export function vectorOf(bytes: Uint8Array): readonly number[] {
  const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const count = from.length < 4 ? -1 : from.readUInt16BE(0)
  if (from.length !== 4 + 4 * count)
    throw new SqlError('invalid_binary_representation', 'incorrect binary data format of a vector')
  return checkVector(Array.from({ length: count }, (_, i) => from.readFloatBE(4 + 4 * i)))
}
