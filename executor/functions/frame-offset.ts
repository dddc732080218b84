import { intervalMicros } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { fn } from './registry.ts'

fn('$frame_offset(anyelement, text) -> anyelement', {
  help: 'the offset of a RANGE frame, unless it is NULL or negative',
  strict: false,
  make:
    ([type]) =>
    (value: Value, side: string): Value => {
      if (value === null)
        throw new SqlError('null_value_not_allowed', `frame ${side} offset must not be null`)
      if (!isNegative(type!, value)) return value
      const message = 'invalid preceding or following size in window function'
      throw new SqlError('invalid_preceding_or_following_size', message)
    },
})

function isNegative(type: Type, value: Value): boolean {
  if (type.name === 'interval') return intervalMicros(value as Interval) < 0n
  if (type.name === 'numeric') return (value as Decimal).digits < 0n
  return (value as number | bigint) < 0
}
