import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Chunk } from '../types/chunk.ts'
import type { Schema } from '../types/type.ts'
import { chunkOf } from './chunk-builder.ts'
import { cellValue } from './column-buffer.ts'
import { DeltaTable } from './delta-table.ts'

const SCHEMA: Schema = [
  { name: 'k', type: { name: 'int8' } },
  { name: 'v', type: { name: 'text' } },
]

const change = fc.tuple(fc.bigInt(0n, 3n), fc.constantFrom('a', 'b'), fc.constantFrom(1, 1, 1, -1, 2))
const epochs = fc.array(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 4 }), { maxLength: 5 })

test('the delta of an epoch is the sum of its changes, removals first, whether or not earlier epochs had any', () => {
  fc.assert(
    fc.property(epochs, history => {
      const table = new DeltaTable({
        id: '1/0/rows',
        schema: SCHEMA,
        mode: 'bag',
        key: [],
        shard: [],
        indexes: [],
      })
      for (const chunks of history) {
        const expected = new Map<string, number>()
        for (const rows of chunks) {
          const types = SCHEMA.map(field => field.type)
          table.collect(
            chunkOf(
              types,
              rows.map(([k, v]) => [k, v]),
              rows.map(([, , weight]) => weight),
            ),
          )
          for (const [k, v, weight] of rows) add(expected, `${k} ${v}`, weight)
        }
        const sealed = table.seal()?.chunks ?? []
        const found = new Map<string, number>()
        const signs: number[] = []
        for (const chunk of sealed)
          for (let row = 0; row < chunk.length; row++) {
            add(found, text(chunk, row), chunk.weights[row]!)
            signs.push(Math.sign(chunk.weights[row]!))
          }
        assert.deepEqual([...found].sort(), [...expected].sort())
        assert.deepEqual(
          signs,
          signs.toSorted((a, b) => a - b),
        )
      }
    }),
    { numRuns: 300 },
  )
})

test('a retraction takes back a row that came before it in the epoch', () => {
  const table = new DeltaTable({
    id: '1/0/rows',
    schema: SCHEMA,
    mode: 'keyed',
    key: [0],
    shard: [0],
    indexes: [],
  })
  const types = SCHEMA.map(field => field.type)
  table.collect(chunkOf(types, [[1n, 'a']], [1]))
  table.collect(chunkOf(types, [[1n, 'a']], [-1]))
  assert.equal(table.seal(), undefined)
})

test('large chunks of nobody else are handed on as they are, until rows of the epoch are taken back', () => {
  const table = new DeltaTable({
    id: '1/0/rows',
    schema: SCHEMA.slice(0, 1),
    mode: 'keyed',
    key: [0],
    shard: [0],
    indexes: [],
  })
  const numbers = (from: number, count: number, weight = 1): Chunk => {
    const rows = Array.from({ length: count }, (_, i) => [BigInt(from + i)])
    const { columns, weights, length } = chunkOf(
      [SCHEMA[0]!.type],
      rows,
      rows.map(() => weight),
    )
    return { columns, weights, length, owned: true }
  }
  const sealed = () => table.seal()!.chunks
  const large = numbers(10, 2000)
  for (const chunk of [numbers(0, 10), large, numbers(2010, 5)]) table.collect(chunk)
  assert.equal(table.size, 2015)
  const chunks = sealed()
  assert.deepEqual(
    chunks.flatMap(chunk => Array.from({ length: chunk.length }, (_, row) => text(chunk, row))),
    Array.from({ length: 2015 }, (_, i) => `${i}`),
  )
  assert.equal(chunks[1]!.columns[0]!.data, large.columns[0]!.data)
  table.collect(large)
  table.collect(numbers(10, 1999, -1))
  assert.deepEqual(
    sealed().map(chunk => [chunk.length, text(chunk, 0)]),
    [[1, '2009']],
  )
  assert.equal(table.seal(), undefined)
})

function add(sums: Map<string, number>, row: string, weight: number): void {
  const sum = (sums.get(row) ?? 0) + weight
  if (sum === 0) sums.delete(row)
  else sums.set(row, sum)
}

function text(chunk: Chunk, row: number): string {
  return chunk.columns.map(column => String(cellValue(column, row))).join(' ')
}
