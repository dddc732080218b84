import { SqlError } from './error.ts'

const MAX = 2n ** 255n - 1n

/** The sum or product if 256 bits hold it. Throws 22003. */
export function checkInt256(value: bigint): bigint {
  if (value <= MAX && value >= -MAX - 1n) return value
  throw new SqlError('numeric_value_out_of_range', 'rw_int256 out of range')
}

/** 32 bytes, the highest first, two's complement. */
export function int256Bytes(value: bigint): Buffer {
  return Buffer.from(BigInt.asUintN(256, value).toString(16).padStart(64, '0'), 'hex')
}

/** The number of such bytes. */
export function int256Of(bytes: Uint8Array): bigint {
  return BigInt.asIntN(256, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
}
