import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const placesOf = ({ labels = [] }: Type): readonly number[] => labels.map(label => label.place)

for (const [name, at] of [
  ['enum_first', 0],
  ['enum_last', -1],
] as const)
  fn(`${name}(anyenum) -> anyenum`, {
    help: `${at === 0 ? 'first' : 'last'} value of an enum's type`,
    strict: false,
    make: ([type]) => {
      const place = placesOf(type!).at(at) ?? null
      return () => place
    },
  })

fn('enum_range(anyenum) -> anyarray', {
  help: 'all values of an enum',
  strict: false,
  make: ([type]) => {
    const places = placesOf(type!)
    return () => places
  },
})

fn('enum_range(anyenum, anyenum) -> anyarray', {
  help: 'values of an enum from the first to the second; NULL: no bound',
  strict: false,
  make: ([type]) => {
    const places = placesOf(type!)
    return (from: Value, to: Value) =>
      places.filter(
        place => (from === null || place >= (from as number)) && (to === null || place <= (to as number)),
      )
  },
})
