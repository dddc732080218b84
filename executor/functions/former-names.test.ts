import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JSONB, TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { ValuesById } from '../aggregates/contract.ts'
import { createAggregate, resolveAggregate } from '../aggregates/index.ts'
import { functionById, isFoldable } from './index.ts'

test('jobs planned when json was another name of jsonb find the functions of jsonb', () => {
  for (const [former, now] of [
    ['json_typeof(jsonb) -> text', 'jsonb_typeof(jsonb) -> text'],
    [
      'json_each(jsonb) -> setof struct<key text, value jsonb>',
      'jsonb_each(jsonb) -> setof struct<key text, value jsonb>',
    ],
    ['json_build_array(...any) -> jsonb', 'jsonb_build_array(...any) -> jsonb'],
    ['$variadic_json_build_object(anyarray) -> jsonb', '$variadic_jsonb_build_object(anyarray) -> jsonb'],
    [
      'json_populate_record(anyelement, jsonb) -> anyelement',
      'jsonb_populate_record(anyelement, jsonb) -> anyelement',
    ],
    ['to_json(any) -> jsonb', 'to_jsonb(any) -> jsonb'],
    ['row_to_json(any) -> jsonb', 'to_jsonb(any) -> jsonb'],
    ['array_to_json(any) -> jsonb', 'to_jsonb(any) -> jsonb'],
    ['json_object(text[], text[]) -> jsonb', 'jsonb_object(text[], text[]) -> jsonb'],
  ] as const)
    assert.equal(functionById(former), functionById(now))
  assert.equal(isFoldable('json_each(jsonb) -> setof struct<key text, value jsonb>'), false)
  assert.equal(functionById('json_typeof(json) -> text').id, 'json_typeof(json) -> text')
})

/** The value of an aggregate over rows. */
function aggregated(fn: string, types: readonly Type[], rows: readonly (readonly Value[])[]): Value {
  const aggregate = createAggregate(fn, types, false)
  assert.equal(aggregate.kind, 'multiset')
  const table: ValuesById = { valueAt: (id, column) => rows[id]![column]! }
  const ids = rows.map((_, id) => id)
  const columns = types.map((_, i) => i)
  return aggregate.kind === 'multiset'
    ? aggregate.output(
        table,
        columns,
        ids,
        ids.map(() => 1),
      )
    : null
}

test('their aggregates go on making jsonb', () => {
  const rows = [
    ['b', '1'],
    ['a', '[2]'],
  ]
  assert.equal(aggregated('json_object_agg(text, jsonb)', [TEXT, JSONB], rows), '{"a": [2], "b": 1}')
  assert.equal(aggregated('json_agg(jsonb)', [JSONB], [['1'], [null]]), '[1, null]')
  const resolved = resolveAggregate('json_object_agg', [TEXT, JSONB])
  assert('fn' in resolved)
  assert.equal(resolved.type.name, 'json')
  assert.equal(aggregated(resolved.fn, [TEXT, JSONB], rows), '{ "b" : 1, "a" : [2] }')
})
