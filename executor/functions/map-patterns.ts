import { entriesOf } from '../../types/map-text.ts'
import { arrayOf, keyAndValue, mapOf, type Type } from '../../types/type.ts'
import { checkedKey } from '../../types/type-names.ts'

/** What a signature says of a map, its keys, its values and its entries, all bound together. */
const WORDS = ['anymap', 'anymapkey', 'anymapvalue', 'anymapkey[]', 'anymapvalue[]', 'anymapentry[]'] as const

export type MapPattern = (typeof WORDS)[number]

export function isMapPattern(word: string): word is MapPattern {
  return WORDS.includes(word as MapPattern)
}

/** The map that the given arguments are or are made into; undefined: they tell none. Throws 42804 for keys no map has. */
export function boundMap(
  patterns: readonly unknown[],
  given: readonly (Type | undefined)[],
): Type | undefined {
  const at = (word: MapPattern): Type | undefined => given[patterns.indexOf(word)]
  const map = given.find((type, i) => patterns[i] === 'anymap' && type !== undefined)
  if (map !== undefined) return map.name === 'map' ? map : undefined
  const pairs = at('anymapentry[]')
  if (pairs?.name === 'array') {
    const [key, value] = entriesOf(pairs).fields!
    return mapOf(checkedKey(key!.type), value!.type)
  }
  const [keys, values] = [at('anymapkey[]'), at('anymapvalue[]')]
  if (keys?.name !== 'array' || values?.name !== 'array') return undefined
  return mapOf(checkedKey(keys.element!), values.element!)
}

/** What a pattern is for that map. */
export function partOf(pattern: MapPattern, map: Type): Type {
  const [key, value] = keyAndValue(map)
  switch (pattern) {
    case 'anymap':
      return map
    case 'anymapkey':
      return key
    case 'anymapvalue':
      return value
    case 'anymapkey[]':
      return arrayOf(key)
    case 'anymapvalue[]':
      return arrayOf(value)
    case 'anymapentry[]':
      return arrayOf(map.element!)
  }
}
