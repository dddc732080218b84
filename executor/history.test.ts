import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Schema } from '../types/type.ts'
import { History } from './history.ts'

const SCHEMA: Schema = [{ name: 'n', type: { name: 'int4' } }]
const KEPT_MS = 10
const TABLE = 7

const epoch = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(1, -1)), { maxLength: 4 })

test('rows of a time are those of then, and of a time that is not kept an error', () => {
  fc.assert(
    fc.property(fc.array(epoch, { maxLength: 40 }), epochs => {
      const history = new History(0, () => KEPT_MS)
      /** Rows after each millisecond. */
      const rowsAfter: Map<number, number>[] = [new Map()]
      epochs.forEach((changes, i) => {
        const rows = new Map(rowsAfter.at(-1))
        for (const [n, weight] of changes) rows.set(n, (rows.get(n) ?? 0) + weight)
        rowsAfter.push(rows)
        history.add(TABLE, i + 1, [chunk(changes)])
        history.add(TABLE + 1, i + 1, [chunk([[1, 1]])])
      })
      const now = chunk([...rowsAfter.at(-1)!])
      rowsAfter.forEach((rows, timeMs) => {
        const read = () => sums(history.rowsAt(TABLE, timeMs, SCHEMA, [now]))
        if (timeMs < epochs.length - KEPT_MS - 1)
          assert.throws(read, { condition: 'invalid_parameter_value' })
        else assert.deepEqual(read(), sums([chunk([...rows])]))
      })
    }),
  )
})

function chunk(rows: readonly (readonly [number, number])[]): Chunk {
  return chunkOf(
    SCHEMA.map(field => field.type),
    rows.map(([n]) => [n]),
    rows.map(([, weight]) => weight),
  )
}

/** Rows with a weight, in order. */
function sums(chunks: readonly Chunk[]): [number, number][] {
  const found = new Map<number, number>()
  for (const { columns, weights, length } of chunks)
    for (let row = 0; row < length; row++) {
      const n = (columns[0]!.data as Int32Array)[row]!
      found.set(n, (found.get(n) ?? 0) + weights[row]!)
    }
  return [...found].filter(([, weight]) => weight !== 0).sort((a, b) => a[0] - b[0])
}
