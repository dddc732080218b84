import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromJson } from '../../types/json.ts'
import { idsOf } from '../../types/row-id.ts'
import { INT4, type Schema } from '../../types/type.ts'
import { Harness, type Row } from './harness.ts'

const SCHEMA: Schema = [
  { name: 'k', type: INT4 },
  { name: 'v', type: INT4 },
]
const START = Date.UTC(2026, 0, 1)

function changesOf(key: readonly number[]): Harness {
  const h = new Harness({ kind: 'changes', key }, [SCHEMA])
  h.now = START
  return h
}

const rowsOf = (rows: readonly string[]): readonly Row[] =>
  rows.map(row => fromJson(row) as Row).toSorted((a, b) => Number((a[3] as bigint) - (b[3] as bigint)))
const told = (rows: readonly string[]) => rowsOf(rows).map(([k, v, op]) => `${op} ${k} ${v}`)

test('an update is the row before, then the row after; what an epoch takes back is not told', () => {
  const h = changesOf([0])
  h.push(0, [
    [1, 10],
    [2, 20],
  ])
  h.barrier()
  h.push(0, [[1, 10]], [-1])
  h.push(0, [
    [1, 11],
    [3, 30],
  ])
  h.push(
    0,
    [
      [3, 30],
      [2, 20],
    ],
    [-1, -1],
  )
  assert.deepEqual(told(h.barrier()), ['1 1 10', '1 2 20', '4 1 10', '3 1 11', '2 2 20'])
})

test('no change is told twice or lost by a crash, and numbers rise with a clock that goes back', () => {
  const h = changesOf([0])
  h.push(0, [[1, 10]])
  h.barrier()
  h.push(0, [[9, 90]])
  h.crash()
  h.now = START - 5000
  h.push(0, [[2, 20]])
  const rows = rowsOf(h.barrier())
  assert.deepEqual(
    rows.map(([k]) => k),
    [1, 2],
  )
  assert.deepEqual(
    rows.map(row => row[3]),
    [idsOf(START), idsOf(START) + 1n],
  )
  assert.equal(h.stateRows, 1)
})

test('without a key rows come and go', () => {
  const h = changesOf([])
  h.push(0, [[1, 10]], [2])
  h.barrier()
  h.push(
    0,
    [
      [1, 10],
      [1, 11],
    ],
    [-1, 1],
  )
  assert.deepEqual(told(h.barrier()).toSorted(), ['1 1 10', '1 1 10', '1 1 11', '2 1 10'])
})
