import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

type Items = readonly Value[]

fn('cardinality(anyarray) -> int4', { help: 'number of elements', call: (a: Items) => a.length })
fn('array_length(anyarray, int4) -> int4', {
  help: 'length of a dimension',
  call: (a: Items, n: number) => (n === 1 && a.length > 0 ? a.length : null),
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
fn('array_cat(anyarray, anyarray) -> anyarray', {
  help: 'joined',
  strict: false,
  call: (a: Items | null, b: Items | null) => [...(a ?? []), ...(b ?? [])],
})
fn('||(anyarray, anyarray) -> anyarray', { help: 'joined', call: (a: Items, b: Items) => [...a, ...b] })
fn('array_to_string(anyarray, text) -> text', {
  help: 'elements joined, NULLs left out',
  call: (a: Items, by: string) =>
    a
      .filter(v => v !== null)
      .map(String)
      .join(by),
})
fn('subscript(anyarray, int4) -> anyelement', {
  help: 'element, from 1',
  call: (a: Items, i: number) => a[i - 1] ?? null,
})
