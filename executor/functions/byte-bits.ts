import { createHmac, timingSafeEqual } from 'node:crypto'
import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const bytes = (signature: string, help: string, call: (...args: never[]) => Value) =>
  fn(signature, { help, call })

bytes(
  'set_bit(bytea, int8, int4) -> bytea',
  'with a bit at a position, from 0, set',
  (a: Uint8Array, n: bigint, bit: number) => {
    const last = a.length * 8 - 1
    if (n < 0n || n > BigInt(last))
      throw new SqlError('array_subscript_error', `index ${n} out of valid range, 0..${last}`)
    if (bit !== 0 && bit !== 1) throw new SqlError('invalid_parameter_value', 'new bit must be 0 or 1')
    const result = new Uint8Array(a)
    const at = Number(n)
    const mask = 1 << (at & 7)
    result[at >> 3] = bit === 1 ? result[at >> 3]! | mask : result[at >> 3]! & ~mask
    return result
  },
)
bytes('reverse(bytea) -> bytea', 'backwards', (a: Uint8Array) => new Uint8Array(a).reverse())

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let i = 0; i < 8; i++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1
  return rest
})
bytes('crc32c(bytea) -> int8', 'CRC-32C checksum', (a: Uint8Array) => {
  let crc = 0xffffffff
  for (const byte of a) crc = CASTAGNOLI[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return BigInt((crc ^ 0xffffffff) >>> 0)
})

bytes(
  'hmac(text, bytea, text) -> bytea',
  'keyed digest by sha1 or sha256',
  (key: string, a: Uint8Array, name: string) => {
    const algorithm = name.toLowerCase()
    if (algorithm !== 'sha1' && algorithm !== 'sha256')
      throw new SqlError('invalid_parameter_value', `unsupported digest: "${name}"`, {
        hint: 'The digests of hmac are sha1 and sha256.',
      })
    return new Uint8Array(createHmac(algorithm, key).update(a).digest())
  },
)
bytes(
  'secure_compare(text, text) -> bool',
  'are equal; the time tells nothing of where they differ',
  (a: string, b: string) => {
    const [left, right] = [Buffer.from(a), Buffer.from(b)]
    return left.length === right.length && timingSafeEqual(left, right)
  },
)

// Binary forms as they go over the wire.
for (const [name, size] of [
  ['int2', 2],
  ['int4', 4],
] as const) {
  bytes(`${name}send(${name}) -> bytea`, 'in binary form', (a: number) => {
    const buffer = Buffer.alloc(size)
    buffer.writeIntBE(a, 0, size)
    return new Uint8Array(buffer)
  })
}
bytes('int8send(int8) -> bytea', 'in binary form', (a: bigint) => {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(a)
  return new Uint8Array(buffer)
})
bytes('int8recv(bytea) -> int8', 'of binary form', (a: Uint8Array) => {
  if (a.length !== 8) throw new SqlError('invalid_binary_representation', 'could not convert slice to array')
  return Buffer.from(a).readBigInt64BE()
})
