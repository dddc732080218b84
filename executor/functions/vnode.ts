import { crc32 } from 'node:zlib'
import { SqlError } from '../../types/error.ts'
import { formatText } from '../../types/text-io.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const COUNT_MAX = 32768
/** What RisingWave hashes for a NULL. */
const NULL_BYTES = fixed(4, b => b.writeUInt32LE(0xffff_fff0))

/**
 * RisingWave's virtual node of a key: CRC32 over the values' bytes, by the number of nodes. Integers, booleans and texts
 * are hashed as there; other types by their text.
 */
fn('rw_vnode(int4, any, ...any) -> int2', {
  help: 'virtual node of a key, given the number of nodes',
  strict: false,
  make: types => {
    const hashed = types.slice(1).map(bytesOf)
    return ((count: number | null, ...key: Value[]) => {
      const wrong = (what: string) =>
        new SqlError('invalid_parameter_value', `the first argument (vnode count) must ${what}`)
      if (count === null) throw wrong('not be NULL')
      if (count < 1 || count > COUNT_MAX) throw wrong(`be in range 1..=${COUNT_MAX}`)
      let hash = 0
      key.forEach((value, i) => {
        hash = crc32(value === null ? NULL_BYTES : hashed[i]!(value), hash)
      })
      return (hash >>> 0) % count
    }) as never
  },
})

function bytesOf(type: Type): (value: Value) => Buffer {
  switch (type.name) {
    case 'bool':
      return value => Buffer.of(value === true ? 1 : 0)
    case 'int2':
      return value => fixed(2, b => b.writeInt16LE(value as number))
    case 'int4':
      return value => fixed(4, b => b.writeInt32LE(value as number))
    case 'int8':
      return value => fixed(8, b => b.writeBigInt64LE(value as bigint))
    default:
      // A text ends by a byte that no UTF-8 has.
      return value => Buffer.concat([Buffer.from(formatText(type, value!)), Buffer.of(0xff)])
  }
}

function fixed(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length)
  write(bytes)
  return bytes
}
