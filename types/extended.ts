import { bitsOfBytes, bitsToBytes, parseBits } from './bit-string.ts'
import { SqlError } from './error.ts'
import { checkInt256, int256Bytes, int256Of } from './int256.ts'
import { checkJson } from './json-syntax.ts'
import type { ExtendedName } from './type.ts'
import type { Value } from './value.ts'
import { formatVariant, parseVariant } from './variant.ts'
import { formatVector, parseVector, vectorBytes, vectorOf } from './vector.ts'

type Present = Exclude<Value, null>

/** All that is known of a type: a line in EXTENDED adds one. */
export interface ExtendedType {
  readonly sqlName: string
  /** As PostgreSQL or RisingWave numbers it, and its array. */
  readonly oids: readonly [number, number]
  /** Throws 22P02 and others. */
  parse(text: string): Present
  format(value: Present): string
  /** In binary format, and in the bucket when its values are no texts. */
  toBytes(value: Present): Uint8Array
  fromBytes(bytes: Uint8Array): Present
}

const EXTENDED: Readonly<Record<ExtendedName, ExtendedType>> = {
  int256: {
    sqlName: 'rw_int256',
    oids: [1301, 1302],
    parse(text) {
      if (/^\s*[+-]?\d+\s*$/.test(text)) return checkInt256(BigInt(text.trim().replace(/^\+/, '')))
      throw new SqlError('invalid_text_representation', `invalid input syntax for type rw_int256: "${text}"`)
    },
    format: String,
    toBytes: value => int256Bytes(value as bigint),
    fromBytes: int256Of,
  },
  vector: {
    sqlName: 'vector',
    oids: [1305, 1306],
    parse: parseVector,
    format: value => formatVector(value as readonly number[]),
    toBytes: value => vectorBytes(value as readonly number[]),
    fromBytes: vectorOf,
  },
  variant: {
    sqlName: 'variant',
    oids: [1307, 1308],
    parse: parseVariant,
    format: value => formatVariant(value as string),
    toBytes: value => Buffer.from(formatVariant(value as string)),
    fromBytes: bytes => parseVariant(Buffer.from(bytes).toString()),
  },
  bit: bitString('bit', [1560, 1561]),
  varbit: bitString('bit varying', [1562, 1563]),
  json: {
    sqlName: 'json',
    oids: [114, 199],
    parse: checkedJson,
    format: value => value as string,
    toBytes: value => Buffer.from(value as string),
    fromBytes: bytes => checkedJson(Buffer.from(bytes).toString()),
  },
}

function bitString(sqlName: string, oids: readonly [number, number]): ExtendedType {
  const format = (value: Present) => value as string
  const toBytes = (value: Present) => bitsToBytes(value as string)
  return { sqlName, oids, parse: parseBits, format, toBytes, fromBytes: bitsOfBytes }
}

/** A json is the text that was given. */
function checkedJson(text: string): string {
  checkJson(text)
  return text
}

/** undefined: not in the table. */
export function extendedType(name: string): ExtendedType | undefined {
  return Object.hasOwn(EXTENDED, name) ? EXTENDED[name as ExtendedName] : undefined
}

/** Every such type. */
export const EXTENDED_NAMES: readonly ExtendedName[] = [
  'int256',
  'vector',
  'variant',
  'bit',
  'varbit',
  'json',
]
