import { intervalMicros } from './compare.ts'
import { hashDocument } from './document-bytes.ts'
import { hashBytes } from './hash-bytes.ts'
import type { Type } from './type.ts'
import type { Decimal, Interval, Value } from './value.ts'

export const NULL_HASH = 0x2c1b3c6d

/** Hash that is equal for equal values (1.0 and 1.00, 1 day and 24 hours) and the same in every process. */
export function hashValue(type: Type, value: Value): number {
  if (value === null) return NULL_HASH
  switch (type.name) {
    case 'numeric':
      return hashDecimal(value as Decimal)
    case 'interval':
      return hashBigint(intervalMicros(value as Interval))
    case 'array':
    case 'map':
      return (value as readonly Value[]).reduce<number>((h, v) => mixHash(h, hashValue(type.element!, v)), 11)
    case 'struct':
      return (value as readonly Value[]).reduce<number>(
        (h, v, i) => mixHash(h, hashValue(type.fields![i]!.type, v)),
        13,
      )
    case 'vector':
      return (value as readonly number[]).reduce((h, item) => mixHash(h, hashFloat(item)), 17)
    case 'bytea':
      return hashBytes(value as Uint8Array, 0, (value as Uint8Array).length)
    case 'text':
    case 'uuid':
    case 'variant':
    case 'bit':
    case 'varbit':
    case 'json': {
      const bytes = Buffer.from(value as string)
      return hashBytes(bytes, 0, bytes.length)
    }
    case 'jsonb': {
      const bytes = Buffer.from(value as string)
      return hashDocument(bytes, 0, bytes.length)
    }
    case 'float4':
    case 'float8':
    case 'enum':
      return hashFloat(value as number)
    case 'bool':
      return value === true ? 1 : 0
    default:
      return typeof value === 'bigint' ? hashBigint(value) : (value as number) | 0
  }
}

/** Folds one cell's hash into the row's. */
export function mixHash(h: number, value: number): number {
  let x = Math.imul(h ^ value, 0x9e3779b1)
  x ^= x >>> 15
  x = Math.imul(x, 0x85ebca6b)
  return x ^ (x >>> 13)
}

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

export function hashFloat(value: number): number {
  float[0] = value === 0 ? 0 : Number.isNaN(value) ? Number.NaN : value
  return words[0]! ^ Math.imul(words[1]!, 0x85ebca6b)
}

function hashBigint(value: bigint): number {
  const low = Number(BigInt.asIntN(32, value))
  return low ^ Math.imul(Number(BigInt.asIntN(32, value >> 32n)), 0x85ebca6b)
}

function hashDecimal(value: Decimal): number {
  if (value.special !== undefined) return value.special.length * 0x1000193 + 7
  let { digits, scale } = value
  if (digits === 0n) return 17
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n
    scale--
  }
  return mixHash(hashBigint(digits), scale)
}
