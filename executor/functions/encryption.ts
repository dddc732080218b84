import { createCipheriv, createDecipheriv } from 'node:crypto'
import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

const BLOCK = 16

/** pgcrypto's raw encryption: aes in mode cbc (with a first block of zeros) or ecb, `/pad:none` without padding. */
function cipherOf(
  type: string,
  key: Uint8Array,
): { name: string; key: Buffer; iv: Buffer | null; padded: boolean } {
  const match = /^aes(?:-(cbc|ecb))?(?:\/pad:(pkcs|none))?$/i.exec(type)
  if (match === null)
    throw new SqlError('invalid_parameter_value', `Cannot use "${type}": No such cipher algorithm`)
  const mode = (match[1] ?? 'cbc').toLowerCase()
  const size = [16, 24, 32].find(bytes => key.length <= bytes)
  if (size === undefined) throw new SqlError('invalid_parameter_value', 'Key was too big')
  const whole = Buffer.alloc(size)
  whole.set(key)
  const iv = mode === 'ecb' ? null : Buffer.alloc(BLOCK)
  return { name: `aes-${size * 8}-${mode}`, key: whole, iv, padded: match[2]?.toLowerCase() !== 'none' }
}

fn('encrypt(bytea, bytea, text) -> bytea', {
  help: 'encrypted by a key with aes, aes-cbc or aes-ecb',
  call: (data: Uint8Array, key: Uint8Array, type: string) => {
    const { name, key: whole, iv, padded } = cipherOf(type, key)
    if (!padded && data.length % BLOCK !== 0)
      throw new SqlError('invalid_parameter_value', 'encrypt error: Data not a multiple of block size')
    const cipher = createCipheriv(name, whole, iv).setAutoPadding(padded)
    return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]))
  },
})
fn('decrypt(bytea, bytea, text) -> bytea', {
  help: 'what encrypt made of it',
  call: (data: Uint8Array, key: Uint8Array, type: string) => {
    const { name, key: whole, iv, padded } = cipherOf(type, key)
    const decipher = createDecipheriv(name, whole, iv).setAutoPadding(padded)
    try {
      return new Uint8Array(Buffer.concat([decipher.update(data), decipher.final()]))
    } catch {
      throw new SqlError('invalid_parameter_value', 'decrypt error: Decryption failed')
    }
  },
})
