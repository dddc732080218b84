import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { INT4, TEXT } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { chunkOf } from './chunk-builder.ts'
import type { KeyIndex } from './key-index.ts'
import { StateTable } from './state-table.ts'

const types = [INT4, INT4, TEXT]
const schema = ['id', 'k', 's'].map((name, i) => ({ name, type: types[i]! }))
const table = (): StateTable =>
  new StateTable({ id: 't', schema, mode: 'keyed', key: [0], shard: [0], indexes: [] }, false)
const load = (to: StateTable, rows: Value[][], weight = 1): void =>
  to.load([
    chunkOf(
      types,
      rows,
      rows.map(() => weight),
    ),
  ])
const filler = (from: number, to: number): Value[][] =>
  Array.from({ length: to - from }, (_, i) => [from + i, -from - i, 'filler'])

function indexOf(of: StateTable, columns: readonly number[]): KeyIndex {
  assert.equal(of.byKeys.wanted(columns), undefined, 'the first time is none')
  return of.byKeys.wanted(columns)!
}

test('rows are found by an index that was filled in parts while they changed', () => {
  const key = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null })
  const text = fc.option(fc.constantFrom('a', 'b', 'bb'), { nil: null })
  const put = fc.record({ id: fc.integer({ min: 0, max: 60 }), k: key, s: text, gone: fc.boolean() })
  const one = fc.oneof(put, fc.record({ cover: fc.integer({ min: 1, max: 9000 }) }))
  fc.assert(
    fc.property(fc.array(one, { maxLength: 60 }), fc.tuple(key, text), (steps, [k, s]) => {
      const rows = table()
      load(rows, filler(100, 8300))
      const index = indexOf(rows, [1, 2])
      let covered = 0
      for (const step of steps)
        if ('cover' in step) index.cover((covered = Math.min(rows.end, Math.max(covered, step.cover))))
        else load(rows, [[step.id, step.k, step.s]], step.gone ? -1 : 1)
      index.cover(rows.end)
      assert.ok(index.complete)
      load(rows, [[60, k, s]])
      const expected: number[] = []
      rows.forEachRow(id => {
        if (rows.valueAt(id, 1) === k && rows.valueAt(id, 2) === s) expected.push(id)
      })
      const keys = chunkOf(
        [INT4, TEXT],
        [
          [k, s],
          [9, 'none'],
          [k, s],
        ],
      ).columns
      const asked = { columns: [2, 1], keys: keys.toReversed(), count: 3, one: false }
      assert.deepEqual([...rows.byKeys.rowsOf(asked, 1000)!], expected)
      assert.equal(rows.byKeys.rowsOf({ ...asked, one: true }, 1000)!.length, 1)
    }),
    { numRuns: 200 },
  )
})

test('the whole key needs no index; a part of it, or other columns, wait for one that is complete', () => {
  const rows = table()
  load(rows, filler(0, 9000))
  const ids = chunkOf([INT4], [[5], [8999], [12_345], [5]]).columns
  assert.deepEqual([...rows.byKeys.rowsOf({ columns: [0], keys: ids, count: 4, one: false }, 10)!], [5, 8999])
  const asked = { columns: [1], keys: chunkOf([INT4], [[-77], [1]]).columns, count: 2, one: false }
  assert.equal(rows.byKeys.rowsOf(asked, 10), undefined)
  const index = indexOf(rows, [1])
  index.cover(4000)
  assert.equal(rows.byKeys.rowsOf({ ...asked, one: true }, 10), undefined)
  index.cover(rows.end)
  assert.equal(rows.byKeys.rowsOf({ ...asked, one: true }, 10)!.length, 1)
  load(
    rows,
    Array.from({ length: 20 }, (_, i) => [10_000 + i, 1, 'equal']),
  )
  assert.equal(rows.byKeys.rowsOf(asked, 20), undefined, 'more rows than are worth it')
  assert.equal(rows.byKeys.rowsOf(asked, 21)!.length, 21)
})

test('an index that is written again and again and asked no more goes', () => {
  const rows = table()
  load(rows, filler(0, 9000))
  const index = indexOf(rows, [1])
  index.cover(rows.end)
  const asked = { columns: [1], keys: chunkOf([INT4], [[-77], [1]]).columns, count: 2, one: true }
  load(rows, filler(0, 9000))
  assert.equal(rows.byKeys.rowsOf(asked, 10)!.length, 1)
  const kept = filler(0, 9000)
  for (let i = 0; i < 3; i++) load(rows, kept)
  assert.equal(rows.byKeys.rowsOf(asked, 10), undefined)
})
