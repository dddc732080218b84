import { limitValue } from '../../types/type-modifier.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

fn('limit_value(anyelement, text, bool) -> anyelement', {
  help: 'the value as a column of a type such as numeric(5,2) holds it; true: as an explicit cast cuts it',
  make:
    ([type]) =>
    (value: Value, modifier: string, explicit: boolean) =>
      limitValue(type!, value, modifier, explicit),
})
