import { compareValues } from '../../types/compare.ts'
import { addDecimals, decimalOf } from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import { hashValue } from '../../types/hash-value.ts'
import { formatText } from '../../types/text-io.ts'
import type { TimeStyleText } from '../../types/time/time-style.ts'
import { dimensionsOf, type Type } from '../../types/type.ts'
import { firstSubscript } from '../../types/type-labels.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { fn, leafOf } from './registry.ts'
import { fieldsOf } from './split-fields.ts'

type Items = readonly Value[]

const element = (type: Type): Type => type.element!
const same = (type: Type, a: Value, b: Value): boolean => compareValues(type, a, b) === 0

fn('cardinality(anyarray) -> int4', {
  help: 'number of elements',
  make:
    ([type]) =>
    (a: Items) =>
      flat(type!, a).length,
})
fn('array_length(anyarray) -> int4', { help: 'number of elements', call: (a: Items) => a.length })
fn('array_flatten(anyarray) -> anyleaf[]', {
  help: 'elements of nested arrays in one',
  make:
    ([type]) =>
    (a: Items) =>
      flat(type!, a),
})
for (const [type, result] of [
  ['int2', 'int8'],
  ['int4', 'int8'],
  ['int8', 'numeric'],
  ['numeric', 'numeric'],
  ['float4', 'float4'],
  ['float8', 'float8'],
] as const)
  fn(`array_sum(${type}[]) -> ${result}`, {
    help: 'sum of the elements',
    call: (a: Items) => sumOf(result, a),
  })
fn('array_length(anyarray, int4) -> int4', {
  help: 'length of a dimension',
  make:
    ([type]) =>
    (a: Items, n: number) =>
      dimensions(type!, a)[n - 1] ?? null,
})
fn('array_upper(anyarray, int4) -> int4', {
  help: 'last subscript of a dimension',
  make:
    ([type]) =>
    (a: Items, n: number) => {
      const length = dimensions(type!, a)[n - 1]
      return length === undefined ? null : length - 1 + firstSubscript(type!)
    },
})
for (const name of ['array_length', 'array_upper'])
  fn(`${name}(anyarray, int4) -> int4`, {
    help: 'length of the first dimension',
    dialect: 'risingwave',
    call: (a: Items, n: number) => {
      if (n > 1) throw new SqlError('feature_not_supported', 'dimensions greater than 1 not supported')
      return n < 1 || a.length === 0 ? null : a.length
    },
  })
fn('array_lower(anyarray, int4) -> int4', {
  help: 'first subscript of a dimension',
  make:
    ([type]) =>
    (a: Items, n: number) =>
      dimensions(type!, a)[n - 1] === undefined ? null : firstSubscript(type!),
})
fn('array_ndims(anyarray) -> int4', {
  help: 'number of dimensions',
  make:
    ([type]) =>
    (a: Items) =>
      dimensions(type!, a).length || null,
})
fn('array_ndims(anyarray) -> int4', {
  help: 'number of dimensions of the type',
  dialect: 'risingwave',
  strict: false,
  make:
    ([type]) =>
    () =>
      dimensionsOf(type!),
})
fn('array_dims(anyarray) -> text', {
  help: 'dimensions as text',
  make:
    ([type]) =>
    (a: Items) =>
      dimensions(type!, a)
        .map(n => `[1:${n}]`)
        .join('') || null,
})
fn('array_append(anyarray, anyelement) -> anyarray', {
  help: 'with b at the end',
  strict: false,
  call: (a: Items | null, b: Value) => [...(a ?? []), b],
})
fn('array_prepend(anyelement, anyarray) -> anyarray', {
  help: 'with a in front',
  strict: false,
  call: (a: Value, b: Items | null) => [a, ...(b ?? [])],
})
for (const name of ['array_cat', '||'])
  fn(`${name}(anyarray, anyarray) -> anyarray`, {
    help: 'joined',
    strict: false,
    call: (a: Items | null, b: Items | null) => (a === null ? b : b === null ? a : [...a, ...b]),
  })
fn('array_cat(anyarray, anyelement) -> anyarray', {
  help: 'with an array of one dimension less at the end',
  strict: false,
  call: (a: Items | null, b: Value) => [...(a ?? []), b],
})
fn('array_cat(anyelement, anyarray) -> anyarray', {
  help: 'with an array of one dimension less in front',
  strict: false,
  call: (a: Value, b: Items | null) => [a, ...(b ?? [])],
})
fn('||(anyarray, anyelement) -> anyarray', {
  help: 'with b at the end',
  strict: false,
  call: (a: Items | null, b: Value) => [...(a ?? []), b],
})
fn('||(anyelement, anyarray) -> anyarray', {
  help: 'with a in front',
  strict: false,
  call: (a: Value, b: Items | null) => [a, ...(b ?? [])],
})
for (const name of ['array_to_string', 'array_join'])
  fn(`${name}(anyarray, text) -> text`, {
    help: 'elements joined, NULLs left out',
    zoned: 'style',
    make:
      ([type]) =>
      (a: Items, by: string, style?: TimeStyleText) =>
        joined(type!, a, by, null, style),
  })
for (const name of ['array_to_string', 'array_join'])
  fn(`${name}(anyarray, text, text) -> text`, {
    help: 'elements joined, NULLs by the third argument',
    strict: false,
    zoned: 'style',
    make:
      ([type]) =>
      (a: Items | null, by: string | null, nulls: string | null, style?: TimeStyleText) =>
        a === null || by === null ? null : joined(type!, a, by, nulls, style),
  })
fn('string_to_array(text, text) -> text[]', {
  help: 'fields of a text',
  strict: false,
  call: (a: string | null, by: string | null) => fieldsOf(a, by, null),
})
fn('string_to_array(text, text, text) -> text[]', {
  help: 'fields of a text, some as NULL',
  strict: false,
  call: (a: string | null, by: string | null, nulls: string | null) => fieldsOf(a, by, nulls),
})
fn('subscript(anyarray, int4) -> anyelement', {
  help: 'element, from 1',
  call: (a: Items, i: number) => a[i - 1] ?? null,
})
fn('array_slice(anyarray, int4, int4) -> anyarray', {
  help: 'elements of a range of subscripts',
  call: (a: Items, from: number, to: number) => a.slice(Math.max(0, from - 1), Math.max(0, to)),
})
fn('array_position(anyarray, anyelement) -> int4', {
  help: 'subscript of the first equal element',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, b: Value) =>
      positionOf(element(type!), a, b, 1),
})
fn('array_position(anyarray, anyelement, int4) -> int4', {
  help: 'subscript of the first equal element from a subscript on',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, b: Value, from: number | null) => {
      if (a === null || a.length === 0) return null
      if (from === null) throw new SqlError('null_value_not_allowed', 'initial position must not be null')
      return positionOf(element(type!), a, b, from)
    },
})
fn('array_positions(anyarray, anyelement) -> int4[]', {
  help: 'subscripts of all equal elements',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, b: Value) =>
      a === null ? null : a.flatMap((v, i) => (same(element(type!), v, b) ? [i + 1] : [])),
})
fn('array_remove(anyarray, anyelement) -> anyarray', {
  help: 'without the equal elements',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, b: Value) =>
      a === null ? null : a.filter(v => !same(element(type!), v, b)),
})
fn('array_replace(anyarray, anyelement, anyelement) -> anyarray', {
  help: 'equal elements by another',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, b: Value, c: Value) =>
      a === null ? null : a.map(v => (same(element(type!), v, b) ? c : v)),
})
for (const [operator, help, test] of [
  ['@>', 'contains all elements of', containsAll],
  ['array_contains', 'contains all elements of', containsAll],
  ['<@', 'is contained in', (type: Type, a: Items, b: Items) => containsAll(type, b, a)],
  ['array_contained', 'is contained in', (type: Type, a: Items, b: Items) => containsAll(type, b, a)],
  ['&&', 'has an element in common', overlaps],
  ['array_overlaps', 'has an element in common', overlaps],
  ['array_is_overlap', 'has an element in common', overlaps],
  ['array_is_intersect', 'has an element in common', overlaps],
] as const)
  fn(`${operator}(anyarray, anyarray) -> bool`, {
    help,
    make:
      ([type]) =>
      (a: Items, b: Items) =>
        test(leafOf(type!), flat(type!, a), flat(type!, b)),
  })
const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '<>': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
}
for (const [operator, holds] of Object.entries(ORDERS))
  for (const quantifier of ['any', 'all'] as const)
    fn(`${quantifier}_${operator}(anyarray, anyelement) -> bool`, {
      help: `b ${operator} ${quantifier.toUpperCase()} (a)`,
      strict: false,
      make: ([type]) => {
        const decisive = quantifier === 'any'
        const decides = (v: Value, b: Value) => holds(compareValues(leafOf(type!), b, v)) === decisive
        return (a: Items | null, b: Value) => {
          if (a === null) return null
          const all = flat(type!, a)
          if (all.length === 0) return !decisive
          if (b === null) return null
          if (all.some(v => v !== null && decides(v, b))) return decisive
          return all.includes(null) ? null : !decisive
        }
      },
    })
fn('array_distinct(anyarray) -> anyarray', {
  help: 'each element once, in order of its first place',
  make:
    ([type]) =>
    (a: Items) =>
      distinct(element(type!), a),
})
fn('array_sort(anyarray) -> anyarray', {
  help: 'elements in order, NULLs last',
  make:
    ([type]) =>
    (a: Items) =>
      a.toSorted((x, y) => compareValues(element(type!), x, y)),
})
fn('array_reverse(anyarray) -> anyarray', { help: 'backwards', call: (a: Items) => a.toReversed() })
for (const [name, sign] of [
  ['array_min', -1],
  ['array_max', 1],
] as const)
  fn(`${name}(anyarray) -> anyelement`, {
    help: `${sign < 0 ? 'least' : 'greatest'} element`,
    make:
      ([type]) =>
      (a: Items) =>
        a.reduce(
          (best, v) =>
            v !== null && (best === null || compareValues(element(type!), v, best) * sign > 0) ? v : best,
          null,
        ),
  })
fn('trim_array(anyarray, int4) -> anyarray', {
  help: 'without the last n elements',
  call: (a: Items, n: number) => {
    if (n < 0 || n > a.length)
      throw new SqlError(
        'array_subscript_error',
        `number of elements to trim must be between 0 and ${a.length}`,
      )
    return a.slice(0, a.length - n)
  },
})

function sumOf(result: 'int8' | 'numeric' | 'float4' | 'float8', a: Items): Value {
  const given = a.filter(v => v !== null)
  if (given.length === 0) return null
  switch (result) {
    case 'int8':
      return given.reduce((sum: bigint, v) => sum + BigInt(v as number), 0n)
    case 'numeric':
      return given
        .map(v => (typeof v === 'bigint' ? decimalOf(v) : (v as Decimal)))
        .reduce((sum, v) => addDecimals(sum, v))
    default: {
      const sum = given.reduce((total: number, v) => total + (v as number), 0)
      return result === 'float4' ? Math.fround(sum) : sum
    }
  }
}

/** The elements of all dimensions; structs and maps are arrays as values, and are elements. */
export function flat(type: Type, a: Items): Items {
  return type.element?.name === 'array'
    ? a.flatMap(v => (v === null ? [null] : flat(type.element!, v as Items)))
    : a
}

/** Lengths from outside in; none of an empty array. */
function dimensions(type: Type, a: Items): number[] {
  if (a.length === 0) return []
  const inner = a[0]
  return type.element!.name === 'array' && Array.isArray(inner)
    ? [a.length, ...dimensions(type.element!, inner)]
    : [a.length]
}

/** Plans made before the style of a session went along have none. */
function joined(
  type: Type,
  a: Items,
  by: string,
  nulls: string | null,
  style: TimeStyleText = 'UTC',
): string {
  return flat(type, a)
    .filter(v => v !== null || nulls !== null)
    .map(v => (v === null ? nulls! : formatText(leafOf(type), v, style)))
    .join(by)
}

function positionOf(type: Type, a: Items | null, b: Value, from: number): number | null {
  if (a === null) return null
  for (let i = Math.max(0, from - 1); i < a.length; i++) if (same(type, a[i]!, b)) return i + 1
  return null
}

function containsAll(type: Type, a: Items, b: Items): boolean {
  return b.every(v => v !== null && a.some(w => w !== null && same(type, v, w)))
}

function overlaps(type: Type, a: Items, b: Items): boolean {
  return a.some(v => v !== null && b.some(w => w !== null && same(type, v, w)))
}

function distinct(type: Type, a: Items): Items {
  const seen = new Map<number, Value[]>()
  return a.filter(v => {
    const hash = hashValue(type, v)
    const bucket = seen.get(hash) ?? []
    if (bucket.some(w => same(type, v, w))) return false
    seen.set(hash, [...bucket, v])
    return true
  })
}
