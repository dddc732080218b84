import assert from 'node:assert/strict'
import { test } from 'node:test'
import { INT4, TEXT } from '../../types/type.ts'
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
