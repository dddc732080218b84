import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GeneratorSpec } from '../../types/connector.ts'
import { INT4, TEXT, TIMESTAMP, type Type } from '../../types/type.ts'
import { datagen } from './index.ts'

const schema = [
  { name: 'id', type: INT4 },
  { name: 'v', type: INT4 },
  { name: 's', type: TEXT },
]
const options = {
  'fields.id.kind': 'sequence',
  'fields.id.start': '1',
  'fields.id.end': '10',
  'fields.v.min': '5',
  'fields.v.max': '7',
  'fields.s.length': '4',
  'datagen.rows.per.second': '1000',
}
const spec = { connector: 'datagen', options, schema, splits: ['0'] }
const ints = (data: unknown) => [...(data as Int32Array)]

test('a sequence ends the source, and random values stay in their bounds', () => {
  const generator = datagen.generator!(spec, '0', undefined)
  generator.next(1, 0)
  const chunk = generator.next(100, 1000)!
  assert.deepEqual(ints(chunk.columns[0]!.data), [2, 3, 4, 5, 6, 7, 8, 9, 10])
  assert.ok(ints(chunk.columns[1]!.data).every(v => v >= 5 && v <= 7))
  assert.equal(generator.done(), true)
})

test('any offset resumes with the same rows', () => {
  const one = datagen.generator!(spec, '0', '4')
  const two = datagen.generator!(spec, '0', undefined)
  two.next(4, 0)
  one.next(0, 0)
  two.next(3, 1000)
  assert.equal(two.offset(), '4')
  assert.deepEqual(one.next(3, 1000)!.columns, two.next(3, 1000)!.columns)
})

test('fields of structs and elements of arrays have options of their own', () => {
  const struct: Type = { name: 'struct', fields: [{ name: 'a', type: INT4 }] }
  const nested: GeneratorSpec = {
    connector: 'datagen',
    schema: [
      { name: 's', type: struct },
      { name: 'l', type: { name: 'array', element: TEXT } },
      { name: 't', type: TIMESTAMP },
    ],
    splits: ['0'],
    options: {
      'datagen.rows.per.second': '2',
      'fields.s.a.kind': 'sequence',
      'fields.s.a.start': '5',
      'fields.s.a.end': '6',
      'fields.l.length': '2',
      'fields.l._.length': '3',
      'fields.t.max_past': '1 minute',
    },
  }
  const generator = datagen.generator!(nested, '0', undefined)
  generator.next(0, 0)
  const chunk = generator.next(100, 10_000_000)!
  assert.deepEqual(chunk.columns[0]!.data, [[5], [6]])
  const lists = chunk.columns[1]!.data as string[][]
  assert.deepEqual(
    lists.map(list => list.map(text => text.length)),
    [
      [3, 3],
      [3, 3],
    ],
  )
  const times = [...(chunk.columns[2]!.data as BigInt64Array)]
  assert.ok(times.every(time => time <= 10_000_000_000n && time > 9_940_000_000n))
  assert.equal(generator.done(), true)
})
