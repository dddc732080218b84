import { SqlError } from '../../types/error.ts'
import { hashFloat, hashValue, mixHash } from '../../types/hash-value.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

/** Throws 2202H. */
export function requirePercentage(value: Value): number {
  if (value === null)
    throw new SqlError('invalid_tablesample_argument', 'TABLESAMPLE parameter cannot be null')
  if ((value as number) >= 0 && (value as number) <= 100) return value as number
  throw new SqlError('invalid_tablesample_argument', 'sample percentage must be between 0 and 100')
}

/** Throws 2202G. */
export function requireSeed(value: Value): number {
  if (value !== null) return value as number
  throw new SqlError('invalid_tablesample_repeat', 'TABLESAMPLE REPEATABLE parameter cannot be null')
}

fn('$sampled(float4) -> bool', {
  help: 'true with the chance of so many per cent',
  strict: false,
  volatility: 'volatile',
  call: (percentage: Value) => Math.random() * 100 < requirePercentage(percentage),
})

const RANGE = 2 ** 32

/** Every bit of a hash has its part in each (MurmurHash3's last step). */
function spread(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

fn('$sampled(float4, float8, any, ...any) -> bool', {
  help: 'true with the chance of so many per cent, by a seed and what tells the row',
  strict: false,
  make: types => {
    const told = types.slice(2)
    return ((percentage: Value, seed: Value, ...row: Value[]) => {
      const chance = requirePercentage(percentage) / 100
      let hash = hashFloat(requireSeed(seed))
      for (let i = 0; i < row.length; i++) hash = mixHash(hash, hashValue(told[i]!, row[i]!))
      return (spread(hash) >>> 0) / RANGE < chance
    }) as never
  },
})
