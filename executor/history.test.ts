import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Schema } from '../types/type.ts'
import { History, type Pin } from './history.ts'

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
        rowsAfter.push(rows)
        history.add(TABLE, i + 1, [chunk(possible(changes, rows))])
        history.add(TABLE + 1, i + 1, [chunk([[1, 1]])])
      })
      const now = chunk([...rowsAfter.at(-1)!])
      rowsAfter.forEach((rows, timeMs) => {
        const read = () => sums(history.rowsAt(TABLE, { timeMs }, SCHEMA, () => [now]))
        if (timeMs < epochs.length - KEPT_MS - 1)
          assert.throws(read, { condition: 'invalid_parameter_value' })
        else assert.deepEqual(read(), sums([chunk([...rows])]))
      })
    }),
  )
})

test('rows of a pin are those of then, however long ago, until it is released', () => {
  fc.assert(
    fc.property(fc.array(epoch, { maxLength: 40 }), fc.nat(39), (epochs, first) => {
      const history = new History(0, () => KEPT_MS)
      let rows = new Map<number, number>()
      const pins: { readonly pin: Pin; readonly rows: Map<number, number> }[] = []
      epochs.forEach((changes, i) => {
        if (i >= first) pins.push({ pin: history.pin(), rows })
        rows = new Map(rows)
        // All within one millisecond.
        history.add(TABLE, 1, [chunk(possible(changes, rows))])
        history.add(TABLE + 1, 1, [chunk([[1, 1]])])
      })
      const now = chunk([...rows])
      for (const { pin, rows: then } of pins)
        assert.deepEqual(sums(history.rowsAt(TABLE, pin, SCHEMA, () => [now])), sums([chunk([...then])]))
      for (const { pin } of pins) pin.release()
      history.add(TABLE + 1, 2 * KEPT_MS, [chunk([[1, 1]])])
      for (const { pin } of pins)
        assert.throws(() => history.rowsAt(TABLE, pin, SCHEMA, () => [now]), {
          condition: 'snapshot_too_old',
        })
    }),
  )
})

test('a pin reads nothing of a relation whose columns were changed since', () => {
  const history = new History(0, () => KEPT_MS)
  const pin = history.pin()
  history.add(TABLE, 1, [chunk([[1, 1]])])
  assert.equal(history.isChanged(TABLE + 1, pin), false)
  history.cut(TABLE, 1)
  assert.throws(() => history.rowsAt(TABLE, pin, SCHEMA, () => []), { condition: 'snapshot_too_old' })
  assert.deepEqual(sums(history.rowsAt(TABLE + 1, pin, SCHEMA, () => [])), [])
})

/** Those of the changes that can be, done to the rows. */
function possible(changes: readonly (readonly [number, number])[], rows: Map<number, number>) {
  return changes.filter(([n, weight]) => {
    const after = (rows.get(n) ?? 0) + weight
    if (after >= 0) rows.set(n, after)
    return after >= 0
  })
}

function chunk(rows: readonly (readonly [number, number])[]): Chunk {
  return chunkOf(
    SCHEMA.map(field => field.type),
    rows.map(([n]) => [n]),
    rows.map(([, weight]) => weight),
  )
}

/** Rows with a weight, in order. */
function sums(chunks: Iterable<Chunk>): [number, number][] {
  const found = new Map<number, number>()
  for (const { columns, weights, length } of chunks)
    for (let row = 0; row < length; row++) {
      const n = (columns[0]!.data as Int32Array)[row]!
      found.set(n, (found.get(n) ?? 0) + weights[row]!)
    }
  return [...found].filter(([, weight]) => weight !== 0).sort((a, b) => a[0] - b[0])
}
