import { notSupported, SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { flat } from './array.ts'
import { ELEMENTS_MAX, tooManyElements } from './array-fill.ts'
import { fn } from './registry.ts'

type Items = readonly Value[]
type Bounds = readonly (number | null)[]

/** A bound of a slice that was left out. */
const OPEN = -2147483648

fn('$array_set(anyarray, int4[], any) -> anyarray', {
  help: 'with another element at a place',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, path: Bounds, value: Value) =>
      withElement(type!, a ?? [], known(path), value),
})
fn('$array_set_slice(anyarray, int4[], anyarray) -> anyarray', {
  help: 'with other elements between the bounds of each dimension',
  strict: false,
  make:
    ([type]) =>
    (a: Items | null, bounds: Bounds, source: Items | null) => {
      const limits = known(bounds)
      if (source === null) return a
      if (limits.includes(OPEN) && (a ?? []).length === 0)
        throw new SqlError('array_subscript_error', 'array slice subscript must provide both boundaries', {
          detail:
            'When assigning to a slice of an empty array value, slice boundaries must be fully specified.',
        })
      return withSlice(type!, a ?? [], limits, flat(type!, source)[Symbol.iterator]())
    },
})

function known(bounds: Bounds): readonly number[] {
  if (bounds.includes(null))
    throw new SqlError('null_value_not_allowed', 'array subscript in assignment must not be null')
  return bounds as readonly number[]
}

function withElement(type: Type, a: Items, [index, ...inner]: readonly number[], value: Value): Items {
  const at = place(index!)
  if (type.element!.name === 'array' && inner.length > 0 && a.length > 0 && at >= a.length) throw outOfRange()
  const copy = filled(a, at)
  const old = (copy[at] ?? []) as Items
  copy[at] = inner.length === 0 ? value : withElement(type.element!, old, inner, value)
  return copy
}

function withSlice(
  type: Type,
  a: Items,
  [low, high, ...inner]: readonly number[],
  source: Iterator<Value>,
): Items {
  const [from, to] = [low === OPEN ? 0 : place(low!), high === OPEN ? a.length - 1 : high! - 1]
  if (to < from) return a
  const nested = type.element!.name === 'array'
  if (nested && a.length > 0 && to >= a.length) throw outOfRange()
  const copy = filled(a, to)
  for (let i = from; i <= to; i++) {
    if (nested) {
      const old = (copy[i] ?? []) as Items
      const limits = inner.length > 0 ? inner : [OPEN, OPEN]
      copy[i] = withSlice(type.element!, old, limits, source)
      continue
    }
    const next = source.next()
    if (next.done === true) throw new SqlError('array_subscript_error', 'source array too small')
    copy[i] = next.value
  }
  return copy
}

function place(index: number): number {
  if (index < 1) throw notSupported('an array whose subscripts do not begin at 1')
  return index - 1
}

/** A copy with NULLs up to a place. */
function filled(a: Items, to: number): Value[] {
  if (to >= ELEMENTS_MAX) throw tooManyElements()
  const copy = [...a]
  while (copy.length <= to) copy.push(null)
  return copy
}

function outOfRange(): SqlError {
  return new SqlError('array_subscript_error', 'array subscript out of range')
}
