import { SqlError } from './error.ts'
import type { EnumLabel, Type } from './type.ts'
import { typeName } from './type-names.ts'

interface Known {
  readonly names: ReadonlyMap<number, string>
  readonly places: ReadonlyMap<string, number>
}

const known = new WeakMap<readonly EnumLabel[], Known>()

/** The place of the label that the text is. Throws 22P02. */
export function placeOf(type: Type, text: string): number {
  const place = knownOf(type).places.get(text)
  if (place !== undefined) return place
  throw new SqlError(
    'invalid_text_representation',
    `invalid input value for enum ${typeName(type)}: "${text}"`,
  )
}

/** The label at the place. Throws 55000 for one that came after the type was looked at. */
export function labelOf(type: Type, place: number): string {
  const name = knownOf(type).names.get(place)
  if (name !== undefined) return name
  throw new SqlError(
    'object_not_in_prerequisite_state',
    `enum ${typeName(type)} has got labels meanwhile that are not known here`,
  )
}

function knownOf({ labels = [] }: Type): Known {
  let found = known.get(labels)
  if (found === undefined) {
    found = {
      names: new Map(labels.map(({ place, name }) => [place, name])),
      places: new Map(labels.map(({ place, name }) => [name, place])),
    }
    known.set(labels, found)
  }
  return found
}
