import { compareValues } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import { kindOfJson } from '../../types/json-parts.ts'
import { checkedEntries } from '../../types/map-text.ts'
import { keyAndValue, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fromJson } from './from-json.ts'
import { fn } from './registry.ts'

/** Keys and values in turn; a map keeps the order in which its keys came. */
type Entry = readonly [Value, Value]
type Entries = readonly Entry[]

fn('map_from_entries(anymapentry[]) -> anymap', {
  help: 'map of key and value pairs',
  call: (pairs: readonly (Entry | null)[]) => {
    if (pairs.includes(null)) throw new SqlError('invalid_parameter_value', 'map entries must not be NULL')
    return checkedEntries(pairs as Entries)
  },
})
fn('map_from_key_values(anymapkey[], anymapvalue[]) -> anymap', {
  help: 'map of as many keys and values',
  call: (keys: readonly Value[], values: readonly Value[]) => {
    if (keys.length !== values.length)
      throw new SqlError('invalid_parameter_value', 'map keys and values have different length')
    return checkedEntries(keys.map((key, i) => [key, values[i]!]))
  },
})
fn('map_access(anymap, anymapkey) -> anymapvalue', {
  help: 'value of a key, NULL when it is not there',
  make:
    ([map]) =>
    (entries: Entries, key: Value) =>
      entries[position(map!, entries, key)]?.[1] ?? null,
})
fn('map_contains(anymap, anymapkey) -> bool', {
  help: 'whether it has the key',
  make:
    ([map]) =>
    (entries: Entries, key: Value) =>
      position(map!, entries, key) !== -1,
})
fn('map_length(anymap) -> int8', {
  help: 'number of entries',
  call: (entries: Entries) => BigInt(entries.length),
})
fn('cardinality(anymap) -> int8', {
  help: 'number of entries',
  call: (entries: Entries) => BigInt(entries.length),
})
fn('map_keys(anymap) -> anymapkey[]', {
  help: 'its keys',
  call: (entries: Entries) => entries.map(([key]) => key),
})
fn('map_values(anymap) -> anymapvalue[]', {
  help: 'its values',
  call: (entries: Entries) => entries.map(([, value]) => value),
})
fn('map_entries(anymap) -> anymapentry[]', {
  help: 'its key and value pairs',
  call: (entries: Entries) => entries as readonly Value[],
})
fn('map_cat(anymap, anymap) -> anymap', {
  help: 'entries of both, the second one’s value where both have a key',
  strict: false,
  make:
    ([map]) =>
    (a: Entries | null, b: Entries | null) =>
      a === null ? b : b === null ? a : b.reduce((all, entry) => put(map!, all, entry), a),
})
fn('map_insert(anymap, anymapkey, anymapvalue) -> anymap', {
  help: 'with the value at the key',
  strict: false,
  make:
    ([map]) =>
    (entries: Entries | null, key: Value, value: Value) =>
      entries === null || key === null ? entries : put(map!, entries, [key, value]),
})
fn('map_delete(anymap, anymapkey) -> anymap', {
  help: 'without the key',
  strict: false,
  make:
    ([map]) =>
    (entries: Entries | null, key: Value) => {
      if (entries === null || key === null) return entries
      const at = position(map!, entries, key)
      return at === -1 ? entries : entries.filter((_, i) => i !== at)
    },
})
fn('jsonb_populate_map(anymap, jsonb) -> anymap', {
  help: 'with the members of a JSON object',
  strict: false,
  zoned: 'style',
  make:
    ([map]) =>
    (entries: Entries | null, text: string | null, zone: string) => {
      if (text === null) return entries
      const [key] = keyAndValue(map!)
      if (key.name !== 'text')
        throw new SqlError('invalid_parameter_value', 'cannot convert jsonb to a map with non-string keys')
      if (kindOfJson(text) !== 'object')
        throw new SqlError('invalid_parameter_value', 'cannot call jsonb_populate_map on a non-object')
      const members = fromJson(map!, text, zone) as Entries
      return members.reduce((all, entry) => put(map!, all, entry), entries ?? [])
    },
})

function position(map: Type, entries: Entries, key: Value): number {
  const [type] = keyAndValue(map)
  return entries.findIndex(entry => compareValues(type, entry[0], key) === 0)
}

function put(map: Type, entries: Entries, entry: Entry): Entries {
  const at = position(map, entries, entry[0])
  return at === -1 ? [...entries, entry] : entries.with(at, entry)
}
